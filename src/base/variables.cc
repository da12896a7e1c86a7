#include "base/variables.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

constexpr int kMaxNesting = 20;

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == text.npos;
}

Error bad_variable(const std::string& what) {
  return Error(ErrorKind::kConfig, what)
      .hint("variables are written ${NAME} or ${NAME:-default}; a literal $ is $$");
}

// The offset of the } that closes the ${ before `begin`, or npos.
std::size_t closing_brace(std::string_view text, std::size_t begin) {
  int open = 1;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text.substr(at, 2) == "${") ++open;
    if (text[at] == '}' && --open == 0) return at;
  }
  return text.npos;
}

class Expander {
 public:
  Expander(const VariableLookup& lookup, const UnsetVariable& unset)
      : lookup_(lookup), unset_(unset) {}

  std::string expand(std::string_view text, int nesting) const {
    if (nesting > kMaxNesting) throw bad_variable("variables are nested too deeply");
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text.substr(at, 2) == "$$") {
        result += '$';
        ++at;
      } else if (text.substr(at, 2) == "${") {
        const std::size_t end = closing_brace(text, at + 2);
        if (end == text.npos) throw bad_variable("a '${' is not closed");
        result += value_of(text.substr(at + 2, end - at - 2), nesting);
        at = end;
      } else {
        result += text[at];
      }
    }
    return result;
  }

 private:
  std::string value_of(std::string_view inside, int nesting) const {
    const std::size_t mark = std::min(inside.find(":-"), inside.size());
    const std::string name(inside.substr(0, mark));
    if (!is_name(name)) throw bad_variable("what stands in '${…}' is no variable name");
    const std::optional<std::string> value = lookup_(name);
    const bool has_default = mark < inside.size();
    if (value && !(has_default && value->empty())) return *value;
    return has_default ? expand(inside.substr(mark + 2), nesting + 1) : unset_(name);
  }

  const VariableLookup& lookup_;
  const UnsetVariable& unset_;
};

// Reads a .env file from front to back.
class DotenvReader {
 public:
  explicit DotenvReader(std::string_view text) : rest_(text) {}

  Variables read() {
    while (!rest_.empty()) read_line();
    return std::move(variables_);
  }

 private:
  void read_line() {
    const std::size_t line_end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, line_end);
    const std::size_t equals = line.find('=');
    std::string_view name = trim(line.substr(0, std::min(equals, line.size())));
    if (name.starts_with("export ")) name = trim(name.substr(7));
    if (equals == line.npos || !is_name(name)) {
      skip(line_end + 1);
      return;
    }
    skip(equals + 1);
    variables_[std::string(name)] = read_value();
  }

  std::string read_value() {
    skip(rest_.find_first_not_of(" \t"));
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? closing_quote(quote) : rest_.npos;
    if (end == rest_.npos) return expand(plain_value());
    const std::string_view inside = rest_.substr(1, end - 1);
    std::string value = quote == '\'' ? std::string(inside) : expand(unescaped(inside));
    skip(end);
    skip(std::min(rest_.find('\n'), rest_.size()) + 1);
    return value;
  }

  std::string plain_value() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view value = rest_.substr(0, end);
    if (value.starts_with('#')) value = "";
    for (const std::string_view comment : {" #", "\t#"}) {
      value = value.substr(0, std::min(value.find(comment), value.size()));
    }
    std::string result(trim(value));
    skip(end + 1);
    return result;
  }

  std::size_t closing_quote(char quote) const {
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == quote) return at;
      if (rest_[at] == '\\' && quote == '"') ++at;
    }
    return rest_.npos;
  }

  // \$ becomes $$, which expand() makes a $.
  static std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '\\' || at + 1 == text.size()) {
        result += text[at];
        continue;
      }
      const char next = text[++at];
      if (next == 'n') {
        result += '\n';
      } else if (next == 't') {
        result += '\t';
      } else if (next == '$') {
        result += "$$";
      } else {
        if (next != '"' && next != '\\') result += '\\';
        result += next;
      }
    }
    return result;
  }

  std::string expand(const std::string& text) const {
    const auto lookup = [this](const std::string& name) -> std::optional<std::string> {
      if (auto value = environment_variable(name)) return value;
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    try {
      return expand_variables(text, lookup, [](const std::string&) { return std::string(); });
    } catch (const Error&) {
      return text;  // "${" that is no variable here: the value is meant as it stands.
    }
  }

  void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

  std::string_view rest_;
  Variables variables_;
};

}  // namespace

std::string expand_variables(std::string_view text, const VariableLookup& lookup,
                             const UnsetVariable& unset) {
  if (text.find('$') == text.npos) return std::string(text);
  return Expander(lookup, unset).expand(text, 0);
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Variables parse_dotenv(std::string_view text) {
  const std::string normalized = normalize_newlines(text);
  return DotenvReader(normalized).read();
}

}  // namespace ormdb
