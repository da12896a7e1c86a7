// ormdb.yaml from a text, for tests and fuzzing; programs use load_config.
#pragma once

#include "base/node.h"
#include "base/variables.h"
#include "ormdb/config.h"

namespace ormdb {

/// What load_config does, from a text; `dotenv` are the variables for those that the environment
/// does not set. Paths are relative to the directory of source.file. No error, in its text or
/// source line, holds a password.
Config parse_config(const Source& source, const ConfigOverrides& overrides,
                    const Variables& dotenv = {});

}  // namespace ormdb
