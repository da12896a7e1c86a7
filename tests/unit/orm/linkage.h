// Two files with a model of one name, local to each: what each of them says of its own.
#pragma once

#include <string>

namespace linkage {

/// Writes and reads the file's own model, as "columns; filtered; title; joined; updated".
std::string first();
std::string second();

}  // namespace linkage
