// Completion scripts for shells, from the command table.
#pragma once

#include <string>

namespace ormdb::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace ormdb::cli
