// A key part's text is read from its end: words that order it are peeled off as long as there are
// any; what remains is the column or the expression. An expression keeps its inner words that way
// ("case when a then b end desc").
#include "schema/key_part.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool begins_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool continues_identifier(char c) {
  return begins_identifier(c) || (c >= '0' && c <= '9') || c == '$';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && begins_identifier(text.front()) &&
         std::all_of(text.begin(), text.end(), continues_identifier);
}

std::string quoted(std::string_view name) {
  return '"' + replace_all(std::string(name), "\"", "\"\"") + '"';
}

std::string name_text(std::string_view name) {
  return is_identifier(name) ? std::string(name) : quoted(name);
}

/// The name in `"…"` when the whole text is one quoted name.
std::optional<std::string> unquoted_name(std::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  std::string name;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '"' && (i + 2 >= text.size() || text[++i] != '"')) return std::nullopt;
    name += text[i];
  }
  return name;
}

/// Where the last word (identifier or quoted name) of `text` begins when white space stands before
/// it.
std::optional<std::size_t> last_word(std::string_view text) {
  std::size_t begin = text.size();
  if (!text.empty() && text.back() == '"') {
    for (--begin; begin > 0; --begin) {
      if (text[begin - 1] != '"') continue;
      if (begin < 2 || text[begin - 2] != '"') break;
      --begin;  // a doubled quote
    }
    if (begin == 0) return std::nullopt;
    --begin;
  } else {
    while (begin > 0 && continues_identifier(text[begin - 1])) --begin;
  }
  if (begin == 0 || begin == text.size() || !is_space(text[begin - 1])) return std::nullopt;
  return begin;
}

/// Takes the text apart, one ordering clause at a time.
class Peeler {
 public:
  Peeler(std::string_view text, KeyPart& part) : core_(trim(text)), part_(part) {}

  std::string_view core() {
    while (peel()) {
    }
    return core_;
  }

 private:
  bool peel() {
    const auto begin = last_word(core_);
    if (!begin) return false;
    const std::string_view word = core_.substr(*begin);
    const std::string_view rest = trim(core_.substr(0, *begin));
    if (!ordered_ && (iequals(word, "desc") || iequals(word, "asc"))) {
      ordered_ = true;
      part_.descending = iequals(word, "desc");
      core_ = rest;
      return true;
    }
    return peel_pair(rest, word);
  }

  /// "nulls first", "nulls last", "collate NAME".
  bool peel_pair(std::string_view rest, std::string_view word) {
    const auto begin = last_word(rest);
    if (!begin) return false;
    const std::string_view keyword = rest.substr(*begin);
    if (part_.nulls.empty() && iequals(keyword, "nulls") &&
        (iequals(word, "first") || iequals(word, "last"))) {
      part_.nulls = to_lower(word);
    } else if (part_.collation.empty() && iequals(keyword, "collate")) {
      part_.collation = unquoted_name(word).value_or(std::string(word));
    } else {
      return false;
    }
    core_ = trim(rest.substr(0, *begin));
    return true;
  }

  std::string_view core_;
  KeyPart& part_;
  bool ordered_ = false;
};

/// "title dsc" is a slip, not an expression: two names in a row mean nothing in SQL.
bool find_stray_word(std::string_view core, ParsedKeyPart& parsed) {
  const auto begin = last_word(core);
  if (!begin) return false;
  const std::string word(core.substr(*begin));
  if (!is_identifier(trim(core.substr(0, *begin))) || !is_identifier(word)) return false;
  if (iequals(word, "isnull") || iequals(word, "notnull")) return false;
  parsed.problem = "'" + word + "' after column '" + std::string(trim(core.substr(0, *begin))) +
                   "' is none of desc, asc, nulls first, nulls last, collate";
  const std::string meant = nearest(to_lower(word), {"desc", "asc"});
  parsed.hint = meant.empty() ? "put a name with spaces in double quotes: '" + quoted(core) + "'"
                              : "did you mean '" + meant + "'?";
  return true;
}

}  // namespace

ParsedKeyPart parse_key_part(std::string_view text) {
  ParsedKeyPart parsed;
  const std::string_view core = Peeler(text, parsed.part).core();
  if (core.empty()) {
    parsed.problem = "a key part is empty";
    parsed.hint = "name a column, or write an SQL expression";
  } else if (is_identifier(core)) {
    parsed.part.column = std::string(core);
  } else if (auto name = unquoted_name(core)) {
    parsed.part.column = std::move(*name);
  } else if (!find_stray_word(core, parsed)) {
    parsed.part.expression.common = std::string(core);
  }
  return parsed;
}

std::optional<std::string> render_key_part(const KeyPart& part) {
  std::string text = part.column.empty() ? part.expression.common : name_text(part.column);
  if (!part.collation.empty()) text += " collate " + name_text(part.collation);
  if (part.descending) text += " desc";
  if (!part.nulls.empty()) text += " nulls " + part.nulls;
  const ParsedKeyPart parsed = parse_key_part(text);
  if (!parsed.problem.empty() || parsed.part != part) return std::nullopt;
  return text;
}

namespace {

bool is_plain_name(std::string_view name, bool may_have_dots) {
  if (name.empty() || name.front() == '.' || name.back() == '.') return false;
  return std::none_of(name.begin(), name.end(), [may_have_dots](char c) {
    return is_space(c) || c == '(' || c == ')' || c == ',' || c == '"' || c == '\'' || c == '`' ||
           (c == '.' && !may_have_dots);
  });
}

std::optional<Reference> checked(Reference reference) {
  if (!is_plain_name(reference.table, true)) return std::nullopt;
  for (const std::string& column : reference.columns) {
    if (!is_plain_name(column, false)) return std::nullopt;
  }
  return reference;
}

}  // namespace

std::optional<Reference> parse_reference(std::string_view text) {
  text = trim(text);
  Reference reference;
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos) {
    if (text.back() != ')') return std::nullopt;
    reference.table = std::string(trim(text.substr(0, open)));
    for (const std::string& name : split(text.substr(open + 1, text.size() - open - 2), ',')) {
      reference.columns.emplace_back(trim(name));
    }
    return checked(std::move(reference));
  }
  const std::size_t dot = text.rfind('.');
  reference.table = std::string(text.substr(0, dot));
  if (dot != std::string_view::npos) reference.columns.emplace_back(text.substr(dot + 1));
  return checked(std::move(reference));
}

std::optional<std::string> render_reference(const Reference& reference) {
  std::string text = reference.table;
  if (reference.columns.size() == 1) text += "." + reference.columns.front();
  if (reference.columns.size() > 1) text += "(" + join(reference.columns, ", ") + ")";
  const auto parsed = parse_reference(text);
  if (!parsed || *parsed != reference) return std::nullopt;
  return text;
}

}  // namespace ormdb
