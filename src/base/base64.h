// Base64 (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ormdb {

/// On one line, with padding.
std::string encode_base64(std::string_view bytes);

/// White space is skipped; missing padding is accepted. Empty when the text is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ormdb
