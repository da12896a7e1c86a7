// The command line, as data.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"

namespace ormdb::cli {
namespace {

using Arguments = std::span<const ArgumentSpec>;
using Options = std::span<const OptionSpec>;

constexpr OptionSpec kGlobalOptions[] = {
    {"config", 'c', "FILE", "configuration (default: ormdb.yaml; ORMDB_CONFIG)"},
    {"directory", 'd', "DIR", "directory with the scripts (ORMDB_DIRECTORY)"},
    {"database", 0, "NAME", "only this one of the configured databases"},
    {"url", 0, "URL", "work on this database (ORMDB_URL)"},
    {"", 'x', "KEY=VALUE", "a value for ${x.KEY} in ormdb.yaml", true},
    {"wait", 0, "SECONDS", "wait for a server that is starting"},
    {"json", 0, "", "print one JSON document"},
    {"quiet", 'q', "", "print only what was asked for, and errors"},
    {"verbose", 'v', "", "say more"},
    {"color", 0, "auto|always|never", "colour in the output (NO_COLOR is honoured)"},
    {"version", 0, "", "print the version"},
    {"help", 'h', "", "print this help"},
};

// Options that several commands share.
constexpr OptionSpec kSql = {"sql", 0, "", "print the SQL instead of running it"};
constexpr OptionSpec kTag = {"tag", 0,   "TEXT", "a word for the head of --sql (-- tag: TEXT)",
                             false, true};
constexpr OptionSpec kMessage = {"message", 'm', "TEXT", "what the script does", false, true};
constexpr OptionSpec kFormat = {"format", 0, "yaml|sql", "write the script as YAML or SQL"};
constexpr OptionSpec kBranchLabel = {"branch-label", 0, "LABEL", "a branch label for the script"};
constexpr OptionSpec kRevId = {"rev-id", 0, "ID", "the script's revision id"};
constexpr OptionSpec kSplice = {"splice", 0, "", "allow a parent that is not a head"};
constexpr OptionSpec kHead = {"head", 0, "REV", "the parent of the script (default: the head)",
                              true};
constexpr OptionSpec kDependsOn = {"depends-on", 0, "REV", "a revision it depends on", true};
constexpr OptionSpec kVersionPath = {"version-path", 0, "DIR", "directory for the script"};
constexpr OptionSpec kDryRunScript = {"dry-run", 0, "", "print the script, write nothing"};
constexpr OptionSpec kFromHistory = {"from-history", 0, "",
                                     "compare with the replayed scripts, not with the database"};
constexpr OptionSpec kRename = {"rename", 0, "TABLE.OLD=NEW", "it is a rename (a table: OLD=NEW)",
                                true};
constexpr OptionSpec kNoRename = {"no-rename", 0, "TABLE.COLUMN",
                                  "it is a drop and an add (a table: TABLE)", true};
constexpr OptionSpec kFill = {"fill", 0, "TABLE.COLUMN=VALUE",
                              "value of a new NOT NULL column in existing rows (sql:EXPRESSION)",
                              true};
constexpr OptionSpec kUsing = {"using", 0, "TABLE.COLUMN=EXPRESSION",
                               "how a changed column's old values become new ones", true};

constexpr OptionSpec kInitOptions[] = {
    {"template", 't', "generic|multidb", "kind of project (default: generic)"},
    {"from-database", 0, "", "take the models from the database, which becomes the baseline"},
};
constexpr OptionSpec kMigrateOptions[] = {
    kMessage, kFromHistory, kDryRunScript, kFormat,      kRename,      kNoRename, kFill,
    kUsing,   kHead,        kSplice,       kBranchLabel, kVersionPath, kRevId,    kDependsOn,
};
constexpr OptionSpec kRevisionOptions[] = {
    kMessage,
    {"autogenerate", 0, "", "fill it with the difference of models and database (see migrate)"},
    {"sql", 0, "", "the same as --format sql"},
    kFormat,
    kHead,
    kSplice,
    kBranchLabel,
    kVersionPath,
    kRevId,
    kDependsOn,
    kRename,
    kNoRename,
    kFill,
    kUsing,
};
constexpr OptionSpec kMergeOptions[] = {
    kMessage,     {"auto", 0, "", "only if the heads provably commute (else exit 3)"},
    kBranchLabel, kRevId,
    kSplice,      kFormat,
};
constexpr OptionSpec kRunOptions[] = {
    kSql,
    kTag,
    {"plan", 0, "", "print the steps and their SQL, run nothing"},
    {"dry-run", 0, "", "run in a transaction and roll back"},
    {"lock-timeout", 0, "SECONDS", "how long to wait for a table (default: 5)"},
    {"run-lock-timeout", 0, "SECONDS", "how long to wait for another run (default: 600)"},
    {"statement-timeout", 0, "SECONDS", "how long a statement may take (default: no limit)"},
    {"no-wait", 0, "", "wait for no lock"},
    {"allow-edited", 0, "", "run although an applied script was edited"},
    {"step-done", 0, "N", "statement N of a half-applied script was done"},
    {"step-redo", 0, "N", "statement N of a half-applied script is to be run again"},
};
constexpr OptionSpec kCurrentOptions[] = {
    {"check-heads", 0, "", "exit 1 unless the database is at all heads"},
};
constexpr OptionSpec kHistoryOptions[] = {
    {"rev-range", 'r', "A:B", "only this range"},
    {"indicate-current", 'i', "", "mark what the database is at"},
    {"graph", 0, "", "draw the graph"},
};
constexpr OptionSpec kHeadsOptions[] = {
    {"resolve-dependencies", 0, "", "leave out heads that another revision depends on"},
};
constexpr OptionSpec kStampOptions[] = {
    kSql,
    kTag,
    {"purge", 0, "", "forget the present rows first"},
    {"from-table", 0, "NAME", "stamp what another tool's version table says"},
};
constexpr OptionSpec kCheckOptions[] = {
    {"from-history", 0, "", "compare models and scripts, without a database"},
    {"unmanaged", 0, "", "list also what ormdb.yaml excludes"},
};
constexpr OptionSpec kEnsureVersionOptions[] = {kSql};
constexpr OptionSpec kInspectOptions[] = {
    {"format", 0, "yaml|sql|json", "how to print it (default: yaml)"},
    {"table", 0, "GLOB", "only these tables", true},
    {"schema", 0, "NAME", "only these schemas", true},
};
constexpr OptionSpec kDiffOptions[] = {
    {"format", 0, "text|sql", "operations, or the SQL that does them (default: text)"},
};
constexpr OptionSpec kImportOptions[] = {
    {"alembic", 0, "COMMAND", "the command that prints Alembic's SQL (\"\": read the graph only)",
     false, true},
};
constexpr OptionSpec kDropDbOptions[] = {
    {"yes", 'y', "", "do not ask"},
};

constexpr ArgumentSpec kInitArguments[] = {{"DIR", "where (default: here)"}};
constexpr ArgumentSpec kUpgradeArguments[] = {{"REV", "how far (default: head)"}};
constexpr ArgumentSpec kDowngradeArguments[] = {{"REV", "how far (default: -1)"}};
constexpr ArgumentSpec kMergeArguments[] = {
    {"REV", "what to merge (default: all heads)", false, true}};
constexpr ArgumentSpec kStampArguments[] = {{"REV", "the new rows (default: heads)", false, true}};
constexpr ArgumentSpec kShowArguments[] = {{"REV", "which (default: head)"}};
constexpr ArgumentSpec kDiffArguments[] = {
    {"FROM", "models, database, a URL, a models file, or a revision", true},
    {"TO", "the same", true},
};
constexpr ArgumentSpec kImportArguments[] = {
    {"alembic|dbmate|goose|flyway", "the tool", true},
    {"DIR", "its project", true},
};
constexpr ArgumentSpec kCompletionArguments[] = {{"bash|zsh|fish", "the shell", true}};
constexpr ArgumentSpec kCompleteArguments[] = {{"revisions|databases", "what to list", true}};

constexpr Command kCommands[] = {
    {"init", "make the files of a project, where they are missing", Need::kNothing, kInitArguments,
     kInitOptions, run_init},
    {"migrate", "write a script with what differs between models and database", Need::kScripts,
     Arguments(), kMigrateOptions, run_migrate},
    {"revision", "write an empty script", Need::kScripts, Arguments(), kRevisionOptions,
     run_revision},
    {"merge", "write a script that merges heads", Need::kScripts, kMergeArguments, kMergeOptions,
     run_merge},
    {"upgrade", "run scripts up to a revision", Need::kDatabase, kUpgradeArguments, kRunOptions,
     run_upgrade},
    {"downgrade", "revert scripts down to a revision", Need::kDatabase, kDowngradeArguments,
     kRunOptions, run_downgrade},
    {"current", "print the revisions that the database is at", Need::kDatabase, Arguments(),
     kCurrentOptions, run_current},
    {"status", "print what is applied, pending, edited, missing, half-applied, locked",
     Need::kDatabase, Arguments(), Options(), run_status},
    {"history", "list the scripts, newest first", Need::kScripts, Arguments(), kHistoryOptions,
     run_history},
    {"heads", "list the heads of the scripts", Need::kScripts, Arguments(), kHeadsOptions,
     run_heads},
    {"branches", "list the branch points of the scripts", Need::kScripts, Arguments(), Options(),
     run_branches},
    {"show", "print all about a revision", Need::kScripts, kShowArguments, Options(), run_show},
    {"edit", "open a script in $EDITOR", Need::kScripts, kShowArguments, Options(), run_edit},
    {"stamp", "set the version rows, running nothing", Need::kDatabase, kStampArguments,
     kStampOptions, run_stamp},
    {"check", "exit 1 if models, scripts and database do not agree", Need::kScripts, Arguments(),
     kCheckOptions, run_check},
    {"ensure-version", "create the version table only", Need::kDatabase, Arguments(),
     kEnsureVersionOptions, run_ensure_version},
    {"inspect", "print the database as models", Need::kDatabase, Arguments(), kInspectOptions,
     run_inspect},
    {"diff", "print what turns FROM into TO", Need::kScripts, kDiffArguments, kDiffOptions,
     run_diff},
    {"import", "turn another tool's migrations into scripts", Need::kScripts, kImportArguments,
     kImportOptions, run_import},
    {"create-db", "create the database", Need::kScripts, Arguments(), Options(), run_create_db},
    {"drop-db", "drop the database, with all that is in it", Need::kScripts, Arguments(),
     kDropDbOptions, run_drop_db},
    {"list-templates", "list the kinds of projects that init makes", Need::kNothing, Arguments(),
     Options(), run_list_templates},
    {"completion", "print a completion script for a shell", Need::kNothing, kCompletionArguments,
     Options(), run_completion},
    {"__complete", "list words for the completion scripts", Need::kNothing, kCompleteArguments,
     Options(), run_complete, true},
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

std::span<const OptionSpec> global_options() { return kGlobalOptions; }

const Command* find_command(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                         [&](const Command& row) { return row.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

std::vector<std::string> choices_of(std::string_view value) {
  if (value.find('|') == std::string_view::npos) return {};
  return split(value, '|');
}

}  // namespace ormdb::cli
