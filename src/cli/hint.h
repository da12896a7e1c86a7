// What a hint says, said in the words of the command line that was given.
#pragma once

#include "cli/command.h"
#include "cli/option_set.h"
#include "ormdb/error.h"

namespace ormdb::cli {

/// The error with a hint that fits the command: where the hint runs `ormdb migrate` again, with the
/// options that were given; an option that the command does not take by its key in ormdb.yaml.
Error with_fitting_hint(Error error, const Command& command, const OptionSet& options);

}  // namespace ormdb::cli
