#include "revision/graph_errors.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace ormdb {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kMostDescribed = 8;
constexpr std::size_t kMostNearest = 3;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

bool is_reserved(std::string_view name) {
  return name == "head" || name == "heads" || name == "base" || name == "current";
}

// "" or what is wrong with `name`; `forbidden` are characters that it must not have.
std::string fault_of(std::string_view name, std::string_view forbidden) {
  if (name.empty()) return "is empty";
  if (name.size() > kLongestId) return "is longer than 64 characters";
  if (is_reserved(name)) return "is a word with a meaning of its own";
  for (char c : name) {
    if (forbidden.find(c) != std::string_view::npos) return "has a " + quoted({&c, 1});
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return "has white space";
  }
  return "";
}

constexpr std::string_view kForbiddenInId = "@-+:";
// Labels of projects that come from Alembic may have a dash; the others could not be told from
// syntax.
constexpr std::string_view kForbiddenInLabel = "@+:";

Error illegal_id(std::string_view id, const std::string& fault) {
  return Error(ErrorKind::kIllegalId, "the revision id " + quoted(id) + " " + fault)
      .hint("use 1 to 64 letters, digits or '_'; `ormdb revision` without --rev-id makes one up")
      .revision(std::string(id))
      .where("argument");
}

std::string place_of(const Revision& revision) {
  if (revision.file.empty()) return "revision " + quoted(revision.id);
  if (revision.line == 0) return revision.file;
  return revision.file + ":" + std::to_string(revision.line);
}

Error script_error(ErrorKind kind, std::string message, const Revision& revision, int line) {
  return Error(kind, std::move(message))
      .revision(revision.id)
      .where("script")
      .at(revision.file, revision.file.empty() ? 0 : line);
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  std::size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  return n;
}

// Names that `name` may be a slip of: the nearest spelling, else those with the longest common
// beginning.
std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& known) {
  std::string close = nearest(name, known);
  if (!close.empty()) return {close};
  std::size_t longest = 2;
  std::vector<std::string> result;
  for (const std::string& other : known) {
    std::size_t common = common_prefix(name, other);
    if (common > longest) {
      longest = common;
      result.clear();
    }
    if (common > 2 && common == longest && result.size() < kMostNearest) result.push_back(other);
  }
  return result;
}

std::string did_you_mean_one_of(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::vector<std::string> quotes;
  for (const std::string& name : names) quotes.push_back(quoted(name));
  return "did you mean " + join(quotes, " or ") + "? ";
}

std::vector<std::string> known_names(const GraphData& graph) {
  std::set<std::string> names;
  for (const Revision& revision : graph.revisions) {
    names.insert(revision.id);
    names.insert(revision.branch_labels.begin(), revision.branch_labels.end());
  }
  return {names.begin(), names.end()};
}

std::string describe_all(const GraphData& graph, const NodeList& nodes) {
  std::vector<std::string> parts;
  for (NodeIndex node : nodes) {
    if (parts.size() == kMostDescribed) break;
    parts.push_back(describe(graph.revision(node)));
  }
  std::string text = join(parts, ", ");
  if (nodes.size() > parts.size()) {
    text += " and " + std::to_string(nodes.size() - parts.size()) + " more";
  }
  return text;
}

}  // namespace

void validate_revision_id(std::string_view id) {
  std::string fault = fault_of(id, kForbiddenInId);
  if (!fault.empty()) throw illegal_id(id, fault);
}

void check_id_in_script(const Revision& revision) {
  std::string fault = fault_of(revision.id, kForbiddenInId);
  if (fault.empty()) return;
  throw script_error(ErrorKind::kIllegalId, "the revision id " + quoted(revision.id) + " " + fault,
                     revision, revision.line)
      .hint("use 1 to 64 letters, digits or '_', in `revision:` and wherever it is named");
}

void check_label_in_script(const Revision& revision, const std::string& label) {
  std::string fault = fault_of(label, kForbiddenInLabel);
  if (fault.empty()) return;
  throw script_error(ErrorKind::kIllegalId,
                     "the branch label " + quoted(label) + " of " + revision.id + " " + fault,
                     revision, revision.line)
      .hint("use 1 to 64 letters, digits, '_' or '-' in `branch_labels:`");
}

Error duplicate_revision(const Revision& first, const Revision& second) {
  return script_error(ErrorKind::kDuplicateRevision,
                      "the revision " + quoted(first.id) +
                          " is in two scripts: " + place_of(first) + " and " + place_of(second),
                      second, second.line)
      .candidates({first.file, second.file})
      .hint("give one of them another id in `revision:`, or delete the copy");
}

Error label_is_an_id(const Revision& revision, const Revision& owner) {
  return script_error(ErrorKind::kDuplicateLabel,
                      "the branch label " + quoted(owner.id) + " of " + revision.id +
                          " is the id of a revision (" + place_of(owner) + ")",
                      revision, revision.line)
      .candidates({revision.id, owner.id})
      .hint("choose another label in `branch_labels:`");
}

Error duplicate_label(const std::string& label, const Revision& first, const Revision& second) {
  std::string who = first.id == second.id
                        ? "stands twice in revision " + first.id
                        : "belongs to " + first.id + " (" + place_of(first) + ") and " + second.id +
                              " (" + place_of(second) + ")";
  return script_error(ErrorKind::kDuplicateLabel, "the branch label " + quoted(label) + " " + who,
                      second, second.line)
      .candidates({first.id, second.id})
      .hint("keep it in the first revision of the branch: it spreads to all that follow");
}

Error loop_error(ErrorKind kind, const Revision& revision) {
  bool parent = kind == ErrorKind::kLoop;
  return script_error(kind,
                      "the revision " + quoted(revision.id) +
                          (parent ? " names itself as its down_revision" : " depends on itself"),
                      revision, parent ? revision.down_revision_line : revision.depends_on_line)
      .candidates({revision.id})
      .hint(parent ? "name the revision before it in `down_revision:`, or null for a base"
                   : "remove it from `depends_on:`");
}

Error cycle_error(ErrorKind kind, const std::vector<const Revision*>& cycle) {
  std::vector<std::string> ids;
  for (const Revision* revision : cycle) ids.push_back(revision->id);
  bool parents = kind == ErrorKind::kCycle;
  std::string path = join(ids, " -> ") + " -> " + ids.front();
  const Revision& first = *cycle.front();
  return script_error(kind,
                      std::string("the revisions form a cycle ") +
                          (parents ? "by down_revision: " : "by down_revision and depends_on: ") +
                          path,
                      first, parents ? first.down_revision_line : first.depends_on_line)
      .candidates(ids)
      .hint(std::string("change ") + (parents ? "`down_revision:`" : "`depends_on:`") +
            " in one of them");
}

Error missing_revision(const Revision& revision, const std::string& name, std::string_view key,
                       const std::vector<std::string>& known) {
  std::vector<std::string> near = nearest_names(name, known);
  int line = key == "down_revision" ? revision.down_revision_line : revision.depends_on_line;
  return script_error(ErrorKind::kMissingRevision,
                      "no script has the revision " + quoted(name) + ", which " + std::string(key) +
                          " of " + quoted(revision.id) + " names",
                      revision, line)
      .candidates(near)
      .hint(did_you_mean_one_of(near) + "add the missing script, or correct `" + std::string(key) +
            ":`");
}

Error unknown_argument(const GraphData& graph, std::string_view name, std::string_view argument) {
  std::vector<std::string> near = nearest_names(name, known_names(graph));
  std::string within = name == argument ? "" : " in " + quoted(argument);
  return Error(ErrorKind::kUnknownRevision,
               "no script has a revision, prefix or branch label " + quoted(name) + within)
      .revision(std::string(name))
      .where("argument")
      .candidates(near)
      .hint(did_you_mean_one_of(near) + "`ormdb history` lists all revisions");
}

Error unknown_row(const GraphData& graph, const std::string& row) {
  std::vector<std::string> near = nearest_names(row, known_names(graph));
  return Error(ErrorKind::kUnknownRevision,
               "the database is at revision " + quoted(row) + ", which no script has")
      .revision(row)
      .where("database")
      .candidates(near)
      .hint(
          "its script is missing here: check out the branch that has it, or restore the file; if "
          "it "
          "never comes back, `ormdb stamp --purge REVISION` says where the database is");
}

Error ambiguous_prefix(const GraphData& graph, std::string_view prefix,
                       std::vector<std::string> keys) {
  std::vector<std::string> parts;
  for (const std::string& key : keys) {
    if (parts.size() == kMostDescribed) break;
    NodeIndex node = graph.find_id(key);
    parts.push_back(node == kNoNode ? "the label " + quoted(key) : describe(graph.revision(node)));
  }
  std::string list = join(parts, ", ");
  if (keys.size() > parts.size())
    list += " and " + std::to_string(keys.size() - parts.size()) + " more";
  return Error(ErrorKind::kAmbiguousPrefix, quoted(prefix) + " is the beginning of " +
                                                counted(keys.size(), "name") + ": " + list)
      .revision(std::string(prefix))
      .where("argument")
      .hint("write more of it; `ormdb show " + keys.front() + "` shows the first")
      .candidates(std::move(keys));
}

Error multiple_heads(const GraphData& graph, std::string_view argument, const NodeList& heads) {
  std::vector<std::string> labels = labels_of_node(graph, heads.front());
  const std::string& branch = labels.empty() ? graph.id(heads.front()) : labels.front();
  return Error(ErrorKind::kMultipleHeads, quoted(argument) + " is ambiguous, there are " +
                                              counted(heads.size(), "head") + ": " +
                                              describe_all(graph, heads))
      .where("argument")
      .candidates(as_ids(graph, heads))
      .hint(
          "join them with `ormdb merge`, or name all with `heads`, or one with `<branch>@head`, "
          "e.g. `" +
          branch + "@head`; `ormdb heads` lists them");
}

Error not_in_branch(const GraphData& graph, NodeIndex node, std::string_view branch) {
  return Error(ErrorKind::kNotInBranch, "the revision " + describe(graph.revision(node)) +
                                            " is not in the branch of " + quoted(branch))
      .revision(graph.id(node))
      .where("argument")
      .candidates(labels_of_node(graph, node))
      .hint("name it without the branch: `" + graph.id(node) + "`");
}

Error overlap(const GraphData& graph, NodeIndex lower, NodeIndex upper, std::string_view where) {
  bool rows = where == "database";
  const std::string& low = graph.id(lower);
  const std::string& high = graph.id(upper);
  return Error(ErrorKind::kOverlap,
               (rows ? "the version table has both " : "the argument means both ") + low + " and " +
                   high + ", but " + low + " is an ancestor of " + high)
      .revision(low)
      .where(std::string(where))
      .candidates({low, high})
      .hint(rows ? "`ormdb stamp " + high + "` leaves the later one"
                 : "name the later one only: " + high);
}

Error ambiguous_walk(const GraphData& graph, std::string_view argument, const std::string& why,
                     const NodeList& nodes) {
  std::size_t sign = argument.find_last_of("+-");
  std::string branch = graph.id(nodes.front()) + "@" + std::string(argument.substr(sign));
  return Error(ErrorKind::kAmbiguousWalk,
               quoted(argument) + " is ambiguous: " + why + " " + describe_all(graph, nodes))
      .where("argument")
      .candidates(as_ids(graph, nodes))
      .hint("name one of them with the steps, e.g. `" + branch + "`, or the revision to stop at");
}

Error duplicate_heads(const Revision& revision, const std::string& argument) {
  return Error(ErrorKind::kDuplicateHeads,
               "the parent " + describe(revision) + " is named twice" +
                   (argument == revision.id ? "" : ", also by " + quoted(argument)))
      .revision(revision.id)
      .where("argument")
      .candidates({revision.id})
      .hint("name each head once; `ormdb merge heads` takes them all");
}

Error not_a_head(const GraphData& graph, NodeIndex node) {
  NodeList heads = graph.heads;
  NodeMarks above = mark_descendants(graph, {node}, graph.parents);
  std::erase_if(heads, [&](NodeIndex head) { return !is_marked(above, head); });
  return Error(ErrorKind::kNotAHead, "the revision " + describe(graph.revision(node)) +
                                         " is not a head: " + describe_all(graph, heads) +
                                         " follows it")
      .revision(graph.id(node))
      .where("argument")
      .candidates(as_ids(graph, heads))
      .hint("`--head " + graph.id(heads.front()) +
            "` goes on from there; --splice starts a new branch here");
}

Error out_of_range(std::string_view argument, const std::string& why, const std::string& hint) {
  return Error(ErrorKind::kRelativeOutOfRange, quoted(argument) + " leads nowhere: " + why)
      .where("argument")
      .hint(hint);
}

std::string describe(const Revision& revision) {
  std::vector<std::string> facts;
  std::string title(trim(revision.message.substr(0, revision.message.find('\n'))));
  if (!title.empty()) facts.push_back(title);
  if (!revision.created.empty()) facts.push_back(revision.created);
  return facts.empty() ? revision.id : revision.id + " (" + join(facts, ", ") + ")";
}

}  // namespace ormdb
