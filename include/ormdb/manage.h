// A command line of its own for an application with models in C++: `manage migrate -m …`.
//
//     #include "ormdb/manage.h"
//     #include "models.h"
//
//     int main(int argc, char** argv) { return ormdb::run_cli(argc, argv, models()); }
//
// is the whole program. It has every command of ormdb(1), reads the same ormdb.yaml, and takes the
// models of the application where `ormdb` reads those files that `models:` names; what stands in
// such files (views, triggers, …) comes beside them. Both write the same scripts for the same
// models.
#pragma once

#include "ormdb/cli.h"
#include "ormdb/model.h"

namespace ormdb {

/// run_cli() of cli.h with the application's models. Those with t.bind("analytics") are for the
/// database of that name under `databases:`, all others for "default".
inline int run_cli(int argc, const char* const* argv, const Metadata& models) {
  return run_cli(argc, argv, models.schemas());
}

}  // namespace ormdb
