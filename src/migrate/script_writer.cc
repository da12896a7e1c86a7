#include "migrate/script_writer.h"

#include <algorithm>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/process.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "migrate/section.h"

namespace ormdb {

namespace {

std::vector<Operation> operations_of(const std::vector<ScriptStep>& steps) {
  std::vector<Operation> operations;
  for (const ScriptStep& step : steps) operations.push_back(step.operation);
  return operations;
}

// The section's statements, each led by the operations that it completes, so that the SQL form can
// be replayed as the YAML form can.
std::vector<SqlStep> sql_section(const Dialect& dialect, const std::vector<Operation>& operations,
                                 Schema schema) {
  std::vector<SqlStep> steps;
  if (operations.empty()) return steps;
  const CompiledSection section = dialect.compile(operations, schema);
  if (!section.before.empty()) {
    throw Error(ErrorKind::kUnsupported,
                "--format sql cannot hold this change: it rebuilds a table that others reference, "
                "for which the keys must be off from before the transaction")
        .hint("write it with --format yaml");
  }
  std::size_t told = 0;
  for (std::size_t i = 0; i < section.statements.size(); ++i) {
    const Statement& statement = section.statements[i];
    const bool last = i + 1 == section.statements.size();
    const std::size_t upto =
        last ? operations.size() : static_cast<std::size_t>(statement.operation);
    std::vector<Operation> effects;
    for (; told < upto; ++told) effects.push_back(operations[told]);
    const bool data = is_data_statement(statement.sql, sql_dialect(dialect.name()));
    const bool plain = data && effects.size() <= 1 && !needs_schema(effects);
    steps.push_back({statement.sql});
    if (!plain) steps.back().effects = std::move(effects);
  }
  return steps;
}

std::string template_path(const Workspace& workspace) {
  return path_join(workspace.database().migrations, "template.yaml");
}

std::string render(const Workspace& workspace, const MigrateOptions& options,
                   const Revision& revision, const TwoWays& ways, const Schema& before) {
  if (options.sql_format) {
    const Dialect& dialect = workspace.dialect();
    Schema after = before;
    apply(ways.upgrade, after, dialect.rules());
    return render_sql_script(revision, sql_section(dialect, ways.upgrade, before),
                             sql_section(dialect, ways.downgrade, after));
  }
  const std::string own = template_path(workspace);
  if (const auto text = read_file_if_exists(own)) {
    return apply_template(*text, revision, render_operations(ways.upgrade),
                          render_operations(ways.downgrade), display_path(own));
  }
  return render_yaml_script(revision, ways.upgrade, ways.downgrade);
}

// Operations of its own that a template has stand before and after those of the script.
bool holds(const std::vector<ScriptStep>& steps, const std::vector<Operation>& wanted,
           bool templated) {
  const std::vector<Operation> read = operations_of(steps);
  if (!templated) return read == wanted;
  return std::search(read.begin(), read.end(), wanted.begin(), wanted.end()) != read.end() ||
         wanted.empty();
}

// What cannot be read back must not be written. A template may word the message as it likes; what
// the graph stands on must be in it.
void prove_readable(const Workspace& workspace, const MigrateOptions& options,
                    const Revision& revision, const TwoWays& ways, const Source& source) {
  const std::string own = template_path(workspace);
  const bool templated = !options.sql_format && file_exists(own);
  const Revision header = scan_header(source);
  const bool same_graph =
      header.id == revision.id && header.down_revisions == revision.down_revisions &&
      header.depends_on == revision.depends_on && header.branch_labels == revision.branch_labels;
  const bool same_header = same_graph && (templated || header.message == revision.message);
  const ScriptBody body = parse_body(source, workspace.dialect().name());
  const bool same_body = options.sql_format || (holds(body.upgrade, ways.upgrade, templated) &&
                                                holds(body.downgrade, ways.downgrade, templated));
  if (same_header && same_body) return;
  if (templated) {
    throw Error(ErrorKind::kConfig, std::string("the template loses ") +
                                        (same_header ? "operations" : "a part of the header") +
                                        " of the script")
        .at(display_path(own))
        .hint(
            "it must hold all of ${revision}, ${down_revision}, ${depends_on}, "
            "${branch_labels}, ${upgrade} and ${downgrade} that a script uses");
  }
  throw Error(ErrorKind::kInternal, "the script does not read back as what was to be written")
      .at(source.file)
      .hint("nothing was written; please report this with your models");
}

bool is_below(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

std::string whole_path(const std::string& path) {
  std::string absolute = absolute_path(path);
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

// A directory whose scripts are not read would make the new one vanish.
void require_scanned(const Workspace& workspace, const std::string& directory) {
  const std::string path = whole_path(directory);
  std::vector<std::string> known;
  for (const std::string& each : workspace.database().versions) {
    const std::string version = whole_path(each);
    if (path == version) return;
    if (workspace.config().recursive_versions && is_below(path, version)) return;
    known.push_back(display_path(each));
  }
  throw Error(ErrorKind::kUsage, "--version-path " + directory +
                                     " is not among the directories that scripts are read from")
      .candidates(known)
      .hint("add it to `versions:` in ormdb.yaml");
}

// --version-path, else the version directory of the parent, as a branch with a directory of its own
// goes on there, else the first one.
std::string directory_for(Workspace& workspace, const MigrateOptions& options,
                          const Revision& revision) {
  if (!options.version_path.empty()) {
    require_scanned(workspace, options.version_path);
    return options.version_path;
  }
  const std::vector<std::string>& versions = workspace.database().versions;
  std::string best;
  for (const std::string& parent : revision.down_revisions) {
    const Revision* found = workspace.graph().find(parent);
    for (const std::string& version : versions) {
      const bool nearer = version.size() > best.size();
      if (found != nullptr && nearer && is_below(found->file, version)) best = version;
    }
    if (!best.empty()) break;
  }
  return best.empty() ? versions.front() : best;
}

void require_readable_place(const Config& config, const std::string& name) {
  if (config.recursive_versions || name.find('/') == std::string::npos) return;
  throw Error(ErrorKind::kConfig,
              "file_template puts scripts into directories below those that are read: " + name)
      .hint("set `recursive_versions: true` in ormdb.yaml too");
}

// Nothing could be read any more with a script whose name or label is another's.
void require_free_names(const RevisionGraph& graph, const Revision& revision) {
  const auto taken = [&](const std::string& what, const Revision& owner, bool by_label) {
    return Error(ErrorKind::kDuplicateLabel,
                 what + (by_label ? " is a branch label of revision " + owner.id
                                  : " is the id of a revision"))
        .where("argument")
        .at(display_path(owner.file), owner.line)
        .candidates({owner.id});
  };
  const std::vector<std::string>& labels = revision.branch_labels;
  for (const Revision* other : graph.all()) {
    for (const std::string& label : other->branch_labels) {
      if (label == revision.id) throw taken("--rev-id " + label, *other, true);
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) continue;
      throw taken("--branch-label " + label, *other, true)
          .hint("choose another one; a label spreads to all that follow the revision that has it");
    }
  }
  for (const std::string& label : labels) {
    const Revision* owner = label == revision.id ? &revision : graph.find(label);
    if (owner != nullptr) throw taken("--branch-label " + label, *owner, false);
  }
  if (labels.empty()) return;
  try {
    Revision alone;
    alone.id = revision.id;
    alone.branch_labels = labels;
    RevisionGraph::build({alone});
  } catch (const Error& error) {
    throw Error(error.kind(), error.message())
        .where("argument")
        .hint("use 1 to 64 letters, digits, '_' or '-' in --branch-label");
  }
}

// Runs one after_write hook; its failure is a warning with what it printed, as the script is
// written.
void run_hook(const std::string& command, const std::string& file,
              std::vector<std::string>& warnings) {
  const std::string hook = "hook '" + command + "'";
  try {
    const CommandOutput done = run_command(replace_all(command, "{file}", shell_quoted(file)), ".");
    if (done.exit_code == 0) return;
    const std::string printed(trim(done.output + done.error));
    warnings.push_back(hook + " failed with exit code " + std::to_string(done.exit_code) +
                       (printed.empty() ? "" : ": " + printed));
  } catch (const Error& error) {
    warnings.push_back(hook + ": " + error.message());
  }
}

}  // namespace

Revision new_revision(Workspace& workspace, const MigrateOptions& options,
                      const std::vector<std::string>& parent_arguments,
                      const std::vector<std::string>& rows) {
  const RevisionGraph& graph = workspace.graph();
  Revision revision;
  revision.id = options.rev_id.empty() ? new_revision_id() : options.rev_id;
  validate_revision_id(revision.id);
  if (const Revision* taken = graph.find(revision.id)) {
    throw Error(ErrorKind::kDuplicateRevision, "revision " + revision.id + " exists already")
        .revision(revision.id)
        .where("argument")
        .at(display_path(taken->file), taken->line)
        .hint("choose another --rev-id");
  }
  revision.message = options.message;
  revision.created = now_in(workspace.config().timezone);
  revision.down_revisions = graph.parents_for_new(parent_arguments, options.splice, rows);
  revision.depends_on = graph.dependencies_for_new(options.depends_on, rows);
  if (!options.branch_label.empty()) revision.branch_labels = {options.branch_label};
  require_free_names(graph, revision);
  return revision;
}

void write_script(Workspace& workspace, const MigrateOptions& options, Revision revision,
                  const TwoWays& ways, const Schema& before, DiffResult& result) {
  const std::string directory = directory_for(workspace, options, revision);
  const ScriptFormat format = options.sql_format ? ScriptFormat::kSql : ScriptFormat::kYaml;
  const Config& config = workspace.config();
  const std::string name = script_file_name(config.file_template, revision, revision.created,
                                            config.slug_length, format);
  require_readable_place(config, name);
  const std::string path = path_join(directory, name);
  revision.file = path;
  const Source source{display_path(path), render(workspace, options, revision, ways, before)};
  prove_readable(workspace, options, revision, ways, source);
  result.text = source.text;
  if (!options.dry_run) {
    make_directories(parent_directory(path));
    write_file(path, source.text, false);
    result.file = source.file;
    for (const std::string& hook : config.after_write_hooks) run_hook(hook, path, result.warnings);
  }
  result.revision = std::move(revision);
}

}  // namespace ormdb
