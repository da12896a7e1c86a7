#include "base/mask.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

constexpr std::string_view kEnds = " \t\r\n\"'`<>";
constexpr std::string_view kHidden = "***";

// In what follows "://"; returns where the rest begins.
std::size_t mask_user_part(std::string_view text, std::size_t begin, std::string& out) {
  const std::size_t end = std::min(text.find_first_of(kEnds, begin), text.size());
  const std::string_view url = text.substr(begin, end - begin);
  const std::size_t at = url.rfind('@');
  const std::size_t colon = url.find(':');
  if (at == url.npos || colon == url.npos || colon > at) return begin;
  out.append(url.substr(0, colon + 1)).append(kHidden);
  return begin + at;
}

}  // namespace

std::string mask_passwords(std::string_view text) {
  constexpr std::string_view kScheme = "://", kOption = "password=";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with(kScheme)) {
      out += kScheme;
      i = mask_user_part(text, i + kScheme.size(), out);
    } else if (rest.size() > kOption.size() && iequals(rest.substr(0, kOption.size()), kOption)) {
      out.append(rest.substr(0, kOption.size())).append(kHidden);
      i = std::min(text.find_first_of(" \t\r\n\"'`<>&", i + kOption.size()), text.size());
    } else {
      out += text[i++];
    }
  }
  return out;
}

}  // namespace ormdb
