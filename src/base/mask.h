// Passwords in texts that nobody has parsed: a line of a file that is no YAML, an argument that
// stands where none belongs.
#pragma once

#include <string>
#include <string_view>

namespace ormdb {

/// The text with *** for what stands between "://user:" and the last '@' before a blank or a quote,
/// and behind "password=". Text that is masked already stays as it is.
std::string mask_passwords(std::string_view text);

}  // namespace ormdb
