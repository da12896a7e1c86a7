#include "support/revision_text.h"

#include <sstream>

namespace ormdb::test {
namespace {

Revision revision_from(const std::string& line) {
  Revision revision;
  std::istringstream in(line);
  std::vector<std::string>* into = &revision.down_revisions;
  std::string word;
  in >> revision.id;
  if (revision.id.back() == ':') revision.id.pop_back();
  while (in >> word) {
    if (word == "~") {
      into = &revision.depends_on;
      continue;
    }
    if (word.front() == '[') {
      into = &revision.branch_labels;
      word.erase(0, 1);
    }
    if (word.back() == ']') word.pop_back();
    into->push_back(word);
  }
  revision.message = "do " + revision.id;
  revision.file = revision.id + ".yaml";
  revision.line = 2;
  revision.down_revision_line = 3;
  revision.depends_on_line = 4;
  return revision;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string plan_text(const Plan& plan) {
  std::vector<std::string> steps;
  for (const PlanStep& step : plan.steps) steps.push_back(step.revision->id);
  if (!plan.steps.empty() && plan.steps.back().rows_after != plan.rows_after) {
    return "the last step's rows are not the plan's";
  }
  return joined(steps) + (steps.empty() ? "=> " : " => ") + joined(plan.rows_after);
}

template <typename Action>
std::string or_error(Action action) {
  try {
    return action();
  } catch (const Error& error) {
    return "!" + std::string(error_kind_name(error.kind()));
  }
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word);
  return result;
}

std::vector<Revision> revisions_from(std::string_view text) {
  std::vector<Revision> revisions;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    if (!words(line).empty()) revisions.push_back(revision_from(line));
  }
  return revisions;
}

RevisionGraph graph_from(std::string_view text) {
  return RevisionGraph::build(revisions_from(text));
}

std::string ids(const std::vector<const Revision*>& revisions) {
  std::vector<std::string> names;
  for (const Revision* revision : revisions) names.push_back(revision->id);
  return joined(names);
}

std::string upgrade(const RevisionGraph& graph, std::string_view target, std::string_view rows) {
  return or_error([&] { return plan_text(graph.plan_upgrade(target, words(rows))); });
}

std::string downgrade(const RevisionGraph& graph, std::string_view target, std::string_view rows) {
  return or_error([&] { return plan_text(graph.plan_downgrade(target, words(rows))); });
}

std::string stamp(const RevisionGraph& graph, std::string_view targets, std::string_view rows,
                  bool purge) {
  return or_error([&] { return plan_text(graph.plan_stamp(words(targets), words(rows), purge)); });
}

std::string history(const RevisionGraph& graph, std::string_view range, std::string_view rows) {
  return or_error([&] { return ids(graph.history(range, words(rows))); });
}

std::string resolve(const RevisionGraph& graph, std::string_view argument, std::string_view rows) {
  return or_error([&] { return ids(graph.resolve(argument, words(rows))); });
}

}  // namespace ormdb::test
