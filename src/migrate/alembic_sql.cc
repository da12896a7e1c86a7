// What the revisions of an Alembic project do, as Alembic prints it.
//
// 1. `upgrade --sql heads` prints the SQL of all revisions, each led by "-- Running upgrade A ->
// B".
// 2. At a revision that needs a database (it reads rows, or reflects a table) Alembic stops: that
//    one becomes unavailable, and a further run begins behind it (`F:heads`).
// 3. What is then still missing is asked for one by one (`PARENT:R`).
// 4. Downgrades: `R:base` of the newest revision that is not there yet, until all are.
#include <algorithm>
#include <deque>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "migrate/import.h"
#include "script/script_lines.h"

namespace ormdb {
namespace {

struct Segment {
  std::string id;
  std::string sql;
};

/// The revision of "-- Running upgrade a, b -> c" (c) or "-- Running downgrade c -> a, b" (c); ""
/// for any other line.
std::string running(std::string_view line, Direction direction) {
  const bool up = direction == Direction::kUpgrade;
  const std::string_view lead = up ? "-- Running upgrade " : "-- Running downgrade ";
  const std::size_t arrow = line.find(" -> ");
  if (!line.starts_with(lead)) return "";
  if (up) {
    if (arrow == line.npos) return "";
    const std::string_view to = line.substr(arrow + 4);
    return std::string(trim(to.substr(0, to.find(','))));
  }
  // A base has nothing behind the arrow, and maybe no blank.
  const std::size_t end = arrow != line.npos ? arrow : line.rfind(" ->");
  return end == line.npos ? "" : std::string(trim(line.substr(lead.size(), end - lead.size())));
}

/// Alembic's words for a failure.
std::string reason_of(const CommandOutput& run) {
  std::string reason;
  for (const std::string& raw : split(run.error, '\n')) {
    const std::string line(trim(raw));
    const bool inside = raw.starts_with(' ') || line.starts_with("INFO") ||
                        line.starts_with("[SQL") || line.starts_with("(Background");
    if (!line.empty() && !inside) reason = line;
  }
  for (const std::string& raw : split(run.output, '\n')) {
    const std::string line(trim(raw));
    if (line.starts_with("FAILED:")) reason = line.substr(7);
  }
  return reason.empty() ? "it ended with exit code " + std::to_string(run.exit_code)
                        : std::string(trim(reason));
}

class Renderer {
 public:
  Renderer(const RevisionGraph& graph, std::string_view dialect, const RunAlembic& run)
      : graph_(graph), dialect_(sql_dialect(dialect)), run_(run) {}

  AlembicBodies render() {
    if (graph_.empty()) return {};
    if (render_upgrades()) {
      render_single_upgrades();
      render_downgrades();
    }
    return std::move(bodies_);
  }

 private:
  std::map<std::string, SqlSectionText>& sections() {
    return direction_ == Direction::kUpgrade ? bodies_.upgrade : bodies_.downgrade;
  }

  bool known(const std::string& id) { return sections().count(id) != 0; }

  void unavailable(const std::string& id, const std::string& reason) {
    const std::string what = direction_ == Direction::kUpgrade ? "upgrade" : "downgrade";
    sections()[id].unavailable = "Alembic cannot print its SQL: " + reason;
    bodies_.warnings.push_back("revision " + id + ": Alembic cannot print the SQL of its " + what +
                               ": " + reason);
  }

  // False when Alembic does not work here at all.
  bool render_upgrades() {
    for (std::string start; true;) {
      const CommandOutput run = ask("upgrade", start.empty() ? "heads" : start + ":heads");
      const std::string failed = take(run);
      if (start.empty() && sections().empty() && failed.empty()) {
        give_up(run.exit_code == 0 ? "it prints none" : reason_of(run));
        return false;
      }
      if (failed.empty() || known(failed)) return true;
      unavailable(failed, reason_of(run));
      start = failed;
    }
  }

  void render_single_upgrades() {
    for (const Revision* revision : graph_.all()) {
      std::vector<std::string> starts;
      for (const std::string& parent : revision->down_revisions) starts.push_back(parent + ":");
      if (starts.empty()) starts.emplace_back();
      std::string reason = "it prints none";
      for (const std::string& start : starts) {
        if (known(revision->id)) break;
        const CommandOutput run = ask("upgrade", start + revision->id);
        take(run);
        if (run.exit_code != 0) reason = reason_of(run);
      }
      if (!known(revision->id)) unavailable(revision->id, reason);
    }
  }

  void render_downgrades() {
    direction_ = Direction::kDowngrade;
    const auto& all = graph_.all();
    for (auto each = all.rbegin(); each != all.rend(); ++each) {
      const std::string& id = (*each)->id;
      if (known(id)) continue;
      const CommandOutput run = ask("downgrade", id + ":base");
      const std::string failed = take(run);
      if (!failed.empty() && !known(failed)) unavailable(failed, reason_of(run));
      if (!known(id)) unavailable(id, run.exit_code == 0 ? "it prints none" : reason_of(run));
    }
  }

  void give_up(const std::string& reason) {
    bodies_.warnings.push_back("Alembic cannot print the SQL of the revisions: " + reason);
    for (const Revision* revision : graph_.all()) {
      SqlSectionText section;
      section.unavailable = "Alembic cannot print its SQL: " + reason;
      bodies_.upgrade[revision->id] = bodies_.downgrade[revision->id] = section;
    }
  }

  CommandOutput ask(const std::string& command, const std::string& range) {
    return run_(command + " --sql " + shell_quoted(range));
  }

  // Keeps the whole sections that were printed; returns the revision at which Alembic stopped.
  std::string take(const CommandOutput& run) {
    std::string preamble;
    std::vector<Segment> segments;
    LineReader lines(run.output);
    TextLine line;
    while (lines.next(line)) {
      const std::string id = running(line.text, direction_);
      if (!id.empty()) {
        segments.push_back({id, ""});
      } else {
        std::string& text = segments.empty() ? preamble : segments.back().sql;
        text += std::string(line.text) + "\n";
      }
    }
    find_version_table(preamble);
    std::string failed;
    if (run.exit_code != 0 && !segments.empty()) {
      failed = segments.back().id;
      segments.pop_back();
    }
    for (const Segment& segment : segments) {
      if (graph_.find(segment.id) != nullptr && !known(segment.id)) {
        sections()[segment.id] = section_of(segment);
      }
    }
    return graph_.find(failed) != nullptr ? failed : "";
  }

  // Before the first step from base, Alembic makes its table, whose name env.py may set.
  void find_version_table(const std::string& preamble) {
    for (const SqlStatement& statement : split_sql(preamble, dialect_)) {
      const std::vector<SqlToken> tokens = scan_sql_tokens(statement.text, dialect_);
      const bool makes_it = std::any_of(tokens.begin(), tokens.end(), [](const SqlToken& token) {
        return token.unquoted() == "version_num";
      });
      if (!makes_it || tokens.size() < 3 || !tokens[0].is_word("create")) continue;
      for (std::size_t i = 2; i < tokens.size() && !tokens[i].is_symbol("("); ++i) {
        version_table_ = tokens[i].unquoted();
      }
    }
  }

  bool keeps_versions(const std::string& statement) const {
    const std::vector<SqlToken> tokens = scan_sql_tokens(statement, dialect_);
    static const std::vector<std::string> kVerbs = {"insert", "update", "delete", "drop", "create"};
    const auto is_verb = [&](const std::string& verb) { return tokens.front().is_word(verb); };
    if (tokens.empty() || std::none_of(kVerbs.begin(), kVerbs.end(), is_verb)) return false;
    std::size_t at = tokens.front().is_word("update") ? 1 : 2;
    if (at + 2 < tokens.size() && tokens[at + 1].is_symbol(".")) at += 2;
    return at < tokens.size() && tokens[at].unquoted() == version_table_;
  }

  bool is_bracket(const std::string& statement) const {
    const std::vector<SqlToken> tokens = scan_sql_tokens(statement, dialect_);
    return tokens.size() == 1 && (tokens[0].is_word("begin") || tokens[0].is_word("commit"));
  }

  SqlSectionText section_of(const Segment& segment) {
    std::deque<SqlStatement> statements;
    for (SqlStatement& each : split_sql(segment.sql, dialect_)) {
      statements.push_back(std::move(each));
    }
    const auto outside = [&](const SqlStatement& each) {
      return is_bracket(each.text) || keeps_versions(each.text);
    };
    while (!statements.empty() && outside(statements.back())) statements.pop_back();
    while (!statements.empty() && outside(statements.front())) statements.pop_front();
    SqlSectionText section;
    std::vector<SqlStep> steps;
    bool reads = false;
    for (const SqlStatement& each : statements) {
      // An autocommit block: what Alembic runs outside its transaction.
      if (is_bracket(each.text)) {
        section.transaction = false;
        continue;
      }
      reads = reads || scan_sql_tokens(each.text, dialect_).front().is_word("select");
      steps.push_back({each.text});
    }
    warn(segment.id, section.transaction, reads);
    section.sql = render_sql_statements(steps);
    return section;
  }

  void warn(const std::string& id, bool transaction, bool reads) {
    if (!transaction) {
      bodies_.warnings.push_back("revision " + id +
                                 ": it has an autocommit block, so the whole section runs outside "
                                 "a transaction");
    }
    if (reads) {
      bodies_.warnings.push_back("revision " + id +
                                 ": it reads rows, so what Alembic prints may not be all that it "
                                 "does; look at its script");
    }
  }

  const RevisionGraph& graph_;
  SqlDialect dialect_;
  const RunAlembic& run_;
  Direction direction_ = Direction::kUpgrade;
  std::string version_table_ = "alembic_version";
  AlembicBodies bodies_;
};

}  // namespace

AlembicBodies render_alembic(const RevisionGraph& graph, std::string_view dialect,
                             const RunAlembic& run) {
  return Renderer(graph, dialect, run).render();
}

}  // namespace ormdb
