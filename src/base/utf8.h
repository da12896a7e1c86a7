// UTF-8: decoding and checking. Well-formed is what Unicode's table 3-7 lists: no overlong forms,
// no surrogates, nothing past U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace ormdb {

struct Utf8Char {
  char32_t code = 0;
  std::size_t size = 1;  ///< Bytes; for an ill-formed sequence those to skip (at least 1).
  bool valid = false;
};

/// The character that begins at text[at]; `at` must be below text.size().
Utf8Char decode_utf8(std::string_view text, std::size_t at);

/// The offset of the first ill-formed byte, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// Characters, not bytes; an ill-formed byte counts as one.
std::size_t utf8_length(std::string_view text);

}  // namespace ormdb
