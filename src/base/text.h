// Small text helpers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);  ///< ASCII only.
std::string to_upper(std::string_view text);  ///< ASCII only.
bool iequals(std::string_view a, std::string_view b);
bool starts_with_icase(std::string_view text, std::string_view prefix);
std::vector<std::string> split(std::string_view text, char separator);
void append(std::vector<std::string>& to, const std::vector<std::string>& more);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view what, std::string_view with);
/// CRLF and CR become LF; a UTF-8 byte order mark at the start is dropped.
std::string normalize_newlines(std::string_view text);

/// The candidate within a small edit distance of `word` (a third of its length, at least 1), or "".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// " (did you mean 'x'?)" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// Whether `text` matches a glob of * ? [a-z].
bool glob_match(std::string_view pattern, std::string_view text);

/// "3 tables", "1 table".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace ormdb
