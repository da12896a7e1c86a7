// Parts of reading ormdb.yaml.
#pragma once

#include "base/node.h"
#include "base/variables.h"
#include "ormdb/config.h"

namespace ormdb {

/// What load_config does, from a text, for tests and fuzzing; `dotenv` are the variables for those
/// that the environment does not set. Paths are relative to the directory of source.file. No error,
/// in its text or source line, holds a password.
Config parse_config(const Source& source, const ConfigOverrides& overrides,
                    const Variables& dotenv = {});

/// `url` with a relative SQLite path put under `directory`. Throws kConfig for a bad URL.
std::string url_in_directory(const std::string& url, const std::string& directory);

/// The keys under `databases:` of an ormdb.yaml, which may have other faults; none when there is no
/// such key. Throws kIo, kConfig for a text that is no YAML.
std::vector<std::string> configured_databases(const std::string& path);

}  // namespace ormdb
