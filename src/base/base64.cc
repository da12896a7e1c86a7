#include "base/base64.h"

#include <cstdint>

namespace ormdb {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group <<= 8;
      if (i + k < bytes.size()) group |= static_cast<unsigned char>(bytes[i + k]);
    }
    const std::size_t given = bytes.size() - i < 3 ? bytes.size() - i : 3;
    for (std::size_t k = 0; k < 4; ++k) {
      result += k <= given ? kAlphabet[(group >> (18 - 6 * k)) & 63U] : '=';
    }
  }
  return result;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string result;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  bool padded = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c == '=') {
      padded = true;
      continue;
    }
    const std::size_t digit = kAlphabet.find(c);
    if (digit == kAlphabet.npos || padded) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    if (++digits % 4 != 1) {
      const std::size_t unused = 6 - 2 * ((digits - 1) % 4);
      result += static_cast<char>((bits >> unused) & 0xFFU);
    }
  }
  if (digits % 4 == 1) return std::nullopt;
  return result;
}

}  // namespace ormdb
