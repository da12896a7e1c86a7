#include "base/utf8.h"

namespace ormdb {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

// What the first byte says: how many follow, and the range of the second one.
struct Lead {
  std::size_t following = 0;
  unsigned low = 0x80, high = 0xBF;
  char32_t bits = 0;
};

Lead lead_of(unsigned byte) {
  Lead lead;
  if (byte >= 0xC2 && byte <= 0xDF) lead = {1, 0x80, 0xBF, byte & 0x1FU};
  if (byte >= 0xE0 && byte <= 0xEF) lead = {2, 0x80, 0xBF, byte & 0x0FU};
  if (byte >= 0xF0 && byte <= 0xF4) lead = {3, 0x80, 0xBF, byte & 0x07U};
  if (byte == 0xE0) lead.low = 0xA0;
  if (byte == 0xED) lead.high = 0x9F;
  if (byte == 0xF0) lead.low = 0x90;
  if (byte == 0xF4) lead.high = 0x8F;
  return lead;
}

}  // namespace

Utf8Char decode_utf8(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.following == 0) return {};
  char32_t code = lead.bits;
  for (std::size_t i = 1; i <= lead.following; ++i) {
    const unsigned byte = byte_at(text, at + i);
    const unsigned low = i == 1 ? lead.low : 0x80;
    const unsigned high = i == 1 ? lead.high : 0xBF;
    if (byte < low || byte > high) return {0, i, false};
    code = (code << 6) | (byte & 0x3FU);
  }
  return {code, lead.following + 1, true};
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid) return at;
    at += c.size;
  }
  return text.npos;
}

std::size_t utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

}  // namespace ormdb
