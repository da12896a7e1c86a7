// --help, from the command table.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/print.h"

namespace ormdb::cli {

std::string program_help(const Style& style);
std::string command_help(const Command& command, const Style& style);

/// "ormdb upgrade [OPTIONS] [REV]"
std::string usage_line(const Command& command);

}  // namespace ormdb::cli
