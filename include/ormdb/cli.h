// The command line as a library, for applications that embed it.
//
//     #include "ormdb/cli.h"
//
//     int main(int argc, char** argv) {
//       if (argc > 1 && std::string_view(argv[1]) == "db") return ormdb::run_cli(argc - 1, argv +
//       1); …the application…
//     }
//
// makes `app db upgrade` do what `ormdb upgrade` does. The program `ormdb` is nothing but this
// call.
//
// An application with models in C++ says run_cli(argc, argv, models) with manage.h.
#pragma once

#include <map>
#include <string>

#include "ormdb/schema.h"

namespace ormdb {

/// Runs one command line; see ormdb(1) for commands, options, output and exit codes.
///
/// `argv[0]` is skipped; `argv[1]` to `argv[argc - 1]` are the words, which need to live only as
/// long as the call. Options are also taken from the environment (ORMDB_CONFIG, ORMDB_DIRECTORY,
/// ORMDB_URL; NO_COLOR, EDITOR, VISUAL), files are found relative to the current directory.
///
/// Results are written to standard output, progress, warnings and errors to standard error. With
/// --json standard output gets exactly one document, whatever happens. Asks questions only when
/// standard input is a terminal.
///
/// Returns the process exit code: 0 done, 1 a check found something, 2 wrong usage, 3 a decision is
/// needed, 4 invalid input, 5 the database refused, 6 conflict, 70 a bug, 75 locked. Never throws,
/// never exits. A result that could not be written (closed pipe, full disk) is never 0.
///
/// SIGPIPE is ignored while it runs, so that a closed standard error cannot kill a migration half
/// way; the former disposition is restored. The log level of the library (-q, -v) stays as set.
int run_cli(int argc, const char* const* argv);

/// Models of a program, by the name of the database in ormdb.yaml that they are for; "default"
/// is that of an ormdb.yaml without `databases:`.
using ProgramModels = std::map<std::string, Schema>;

/// The same with models of the program: what `models:` of ormdb.yaml names comes beside them. A
/// name without a database in ormdb.yaml is an error.
int run_cli(int argc, const char* const* argv, const ProgramModels& models);

}  // namespace ormdb
