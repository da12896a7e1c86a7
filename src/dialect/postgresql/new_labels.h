// New values of enums across the scripts of a run that is one transaction.
//
// What ALTER TYPE … ADD VALUE adds cannot be used before it is committed ("unsafe use of new
// value"; manual, ALTER TYPE, "Notes"); since 17 it can where the transaction made the type itself.
// Within a script the compiler sees to it and makes the type anew; from script to script it cannot
// know.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

struct NewLabelUse {
  std::string label;
  std::string type;      ///< Qualified.
  std::size_t added_in;  ///< The numbers of the scripts, from 0.
  std::size_t used_in;
};

/// Whether one of the scripts adds a value to an enum.
bool adds_labels(const std::vector<std::vector<Operation>>& scripts);

/// Values that the same script uses come first and outside the transaction, one an operation, where
/// columns hold the type: else the type would have to be made anew, which writes their tables
/// again. `schema` is the one before the script.
void add_used_labels_first(std::vector<Operation>& operations, const Schema& schema);

/// The first use of a value that an earlier script adds. A text uses a value when it has it as a
/// constant and names the type, or a column of it. `schema` is the one before the first script.
std::optional<NewLabelUse> new_label_in_use(const std::vector<std::vector<Operation>>& scripts,
                                            const Schema& schema, int server_version);

}  // namespace ormdb::postgresql
