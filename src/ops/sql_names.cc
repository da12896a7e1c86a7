#include "ops/sql_names.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ops/find.h"

namespace ormdb {
namespace {

/// Words that are syntax wherever they stand unquoted in an expression or query.
bool is_syntax(std::string_view word) {
  static const std::set<std::string, std::less<>> words = {
      "all",  "and",    "as",     "asc",    "between", "by",    "case",    "cast",   "collate",
      "desc", "else",   "end",    "exists", "from",    "glob",  "group",   "having", "in",
      "is",   "isnull", "join",   "like",   "limit",   "not",   "notnull", "null",   "on",
      "or",   "order",  "select", "set",    "then",    "union", "values",  "when",   "where"};
  return words.contains(to_lower(word));
}

bool is_plain_identifier(std::string_view name) {
  const auto is_start = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_start(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_start(c) || (c >= '0' && c <= '9'); }) &&
         !is_sql_keyword(name);
}

std::string spelled(std::string_view name, const SqlToken& like, SqlDialect dialect) {
  if (like.kind == SqlToken::Kind::kWord && is_plain_identifier(name)) return std::string(name);
  const std::string_view quote = dialect == SqlDialect::kMysql ? "`" : "\"";
  std::string result(quote);
  for (const char c : name) {
    if (c == quote.front()) result += c;
    result += c;
  }
  return result.append(quote);
}

/// A text's tokens, with what stands beside each of them.
class Scan {
 public:
  Scan(std::string_view sql, SqlDialect dialect, const SchemaRules& rules)
      : sql_(sql), dialect_(dialect), rules_(rules), tokens_(scan_sql_tokens(sql, dialect)) {}

  std::size_t size() const { return tokens_.size(); }
  bool symbol(std::size_t i, std::string_view text) const {
    return i < size() && tokens_[i].is_symbol(text);
  }
  bool word(std::size_t i, std::string_view text) const {
    return i < size() && tokens_[i].is_word(text);
  }
  bool is_identifier(std::size_t i) const {
    if (i >= size()) return false;
    const SqlToken& token = tokens_[i];
    if (token.kind == SqlToken::Kind::kQuoted) return true;
    return token.kind == SqlToken::Kind::kWord && !is_syntax(token.text) && !symbol(i + 1, "(");
  }
  /// Like is_identifier, but `INTO post(id)` is one too.
  bool names(std::size_t i, std::string_view name) const {
    if (i >= size()) return false;
    const SqlToken& token = tokens_[i];
    const bool possible = token.kind == SqlToken::Kind::kQuoted ||
                          (token.kind == SqlToken::Kind::kWord && !is_syntax(token.text));
    return possible && same_name(token.unquoted(), name, rules_);
  }
  std::string folded(std::size_t i) const { return rules_.fold(tokens_[i].unquoted()); }
  bool qualified(std::size_t i) const { return i >= 2 && symbol(i - 1, "."); }

  /// The text with `name` in place of every token for which `chosen` says so, and the former name
  /// behind it where `aliased` does.
  std::string renamed(
      std::string_view name, const std::function<bool(std::size_t)>& chosen,
      const std::function<bool(std::size_t)>& aliased = [](std::size_t) { return false; }) const {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (!chosen(i)) continue;
      result.append(sql_.substr(copied, tokens_[i].begin - copied));
      result.append(spelled(name, tokens_[i], dialect_));
      if (aliased(i)) result.append(" AS ").append(tokens_[i].text);
      copied = tokens_[i].end;
    }
    return result.append(sql_.substr(copied));
  }

 private:
  std::string_view sql_;
  SqlDialect dialect_;
  const SchemaRules& rules_;
  std::vector<SqlToken> tokens_;
};

/// Runs `edit` over the common text and each dialect's own.
void edit_texts(SqlText& text, const SchemaRules& rules,
                const std::function<std::string(const Scan&)>& edit) {
  if (!text.common.empty()) {
    text.common = edit(Scan(text.common, sql_dialect(rules.dialect()), rules));
  }
  for (auto& [dialect, sql] : text.by_dialect) sql = edit(Scan(sql, sql_dialect(dialect), rules));
}

/// The positions at which tables are named.
std::vector<bool> table_positions(const Scan& scan) {
  std::vector<bool> result(scan.size() + 1, false);
  std::vector<bool> in_from_list = {false};  // a level of parentheses each
  for (std::size_t i = 0; i < scan.size(); ++i) {
    const bool opens_list = scan.word(i, "from") || scan.word(i, "join");
    if (scan.symbol(i, "(")) {
      const bool query = scan.word(i + 1, "select") || scan.word(i + 1, "with");
      in_from_list.push_back(result[i] && !query);  // FROM (a JOIN b ON …)
      result[i + 1] = in_from_list.back();
    }
    if (scan.symbol(i, ")") && in_from_list.size() > 1) in_from_list.pop_back();
    if (opens_list) in_from_list.back() = true;
    for (const char* word : {"where", "group", "order", "having", "limit", "union", "on", "using",
                             "set", "intersect", "except", "window"}) {
      if (scan.word(i, word)) in_from_list.back() = false;
    }
    if (scan.symbol(i, ";")) in_from_list.back() = false;
    if (opens_list || scan.word(i, "into") || scan.word(i, "update") ||
        (scan.symbol(i, ",") && in_from_list.back())) {
      result[i + 1] = true;
    }
  }
  // "schema.table": the table is what follows.
  for (std::size_t i = 0; i + 2 < scan.size(); ++i) {
    if (result[i] && scan.symbol(i + 1, ".")) result[i + 2] = true;
  }
  return result;
}

/// The positions at which an item of a list behind SELECT begins.
std::vector<bool> output_positions(const Scan& scan) {
  std::vector<bool> result(scan.size() + 1, false);
  std::vector<bool> in_list = {false};  // a level of parentheses each
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (scan.symbol(i, "(")) in_list.push_back(false);
    if (scan.symbol(i, ")") && in_list.size() > 1) in_list.pop_back();
    if (scan.word(i, "select")) in_list.back() = true;
    for (const char* word : {"from", "where", "union", "intersect", "except", "order", "group"}) {
      if (scan.word(i, word)) in_list.back() = false;
    }
    const bool before_item = scan.word(i, "select") || scan.word(i, "distinct") ||
                             scan.word(i, "all") || scan.symbol(i, ",");
    if (in_list.back() && before_item) result[i + 1] = true;
  }
  return result;
}

bool ends_item(const Scan& scan, std::size_t i) {
  if (i >= scan.size() || scan.symbol(i, ",") || scan.symbol(i, ")")) return true;
  for (const char* word : {"from", "where", "union", "intersect", "except", "order", "group"}) {
    if (scan.word(i, word)) return true;
  }
  return false;
}

/// The names by which a text speaks of the table: its own, and aliases ("post p", "post AS p").
std::set<std::string> names_of_table(const Scan& scan, const std::vector<bool>& positions,
                                     std::string_view table, const SchemaRules& rules) {
  std::set<std::string> result;
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (!positions[i] || !scan.names(i, table)) continue;
    result.insert(rules.fold(table));
    const std::size_t alias = scan.word(i + 1, "as") ? i + 2 : i + 1;
    if (scan.is_identifier(alias) && !scan.symbol(alias + 1, ".")) {
      result.insert(scan.folded(alias));
    }
  }
  return result;
}

}  // namespace

std::string_view unqualified(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::set<std::string> mentioned_names(const SqlText& text, const SchemaRules& rules) {
  const Scan scan(text.for_dialect(rules.dialect()), sql_dialect(rules.dialect()), rules);
  std::set<std::string> result;
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (scan.is_identifier(i)) result.insert(scan.folded(i));
  }
  return result;
}

bool intersect(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& name) { return b.contains(name); });
}

bool mentions_name(const SqlText& text, std::string_view name, const SchemaRules& rules) {
  const Scan scan(text.for_dialect(rules.dialect()), sql_dialect(rules.dialect()), rules);
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (scan.is_identifier(i) && scan.names(i, name)) return true;
  }
  return false;
}

bool has_subquery(const SqlText& text, const SchemaRules& rules) {
  const Scan scan(text.for_dialect(rules.dialect()), sql_dialect(rules.dialect()), rules);
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (scan.symbol(i, "(") && (scan.word(i + 1, "select") || scan.word(i + 1, "with")))
      return true;
  }
  return false;
}

void rename_column_in_expression(SqlText& text, const ColumnRename& rename,
                                 const SchemaRules& rules) {
  const std::string_view table = unqualified(rename.table);
  edit_texts(text, rules, [&](const Scan& scan) {
    return scan.renamed(rename.to, [&](std::size_t i) {
      const bool output = i > 0 && scan.word(i - 1, "as");
      if (output || !scan.is_identifier(i) || !scan.names(i, rename.from) ||
          scan.symbol(i + 1, ".")) {
        return false;
      }
      return !scan.qualified(i) || scan.names(i - 2, table);
    });
  });
}

namespace {

void rename_column(SqlText& text, const ColumnRename& rename, bool owned, bool keeps_outputs,
                   const SchemaRules& rules) {
  edit_texts(text, rules, [&](const Scan& scan) {
    const std::vector<bool> positions = table_positions(scan);
    const std::set<std::string> speakers =
        names_of_table(scan, positions, unqualified(rename.table), rules);
    const auto speaks_of_table = [&](std::size_t i) {
      return speakers.contains(scan.folded(i)) ||
             (owned && (scan.word(i, "new") || scan.word(i, "old")));
    };
    const auto chosen = [&](std::size_t i) {
      if (!scan.is_identifier(i) || !scan.names(i, rename.from) || scan.symbol(i + 1, ".")) {
        return false;
      }
      if (scan.qualified(i)) return speaks_of_table(i - 2);
      return !speakers.empty() && !(i > 0 && scan.word(i - 1, "as")) && !positions[i];
    };
    if (!keeps_outputs) return scan.renamed(rename.to, chosen);
    const std::vector<bool> outputs = output_positions(scan);
    return scan.renamed(rename.to, chosen, [&](std::size_t i) {
      std::size_t begin = i;
      while (scan.qualified(begin)) begin -= 2;
      return outputs[begin] && ends_item(scan, i + 1);
    });
  });
}

}  // namespace

void rename_column_in_statement(SqlText& text, const ColumnRename& rename, bool owned,
                                const SchemaRules& rules) {
  rename_column(text, rename, owned, false, rules);
}

void rename_column_in_parsed(SqlText& text, const ColumnRename& rename, bool owned,
                             const SchemaRules& rules) {
  rename_column(text, rename, owned, true, rules);
}

void rename_type_in_sql(SqlText& text, std::string_view from, std::string_view to,
                        const SchemaRules& rules) {
  const std::string_view old_name = unqualified(from);
  const std::string_view schema =
      old_name.size() == from.size() ? "" : from.substr(0, from.size() - old_name.size() - 1);
  edit_texts(text, rules, [&](const Scan& scan) {
    return scan.renamed(unqualified(to), [&](std::size_t i) {
      if (!scan.names(i, old_name) || scan.qualified(i) == schema.empty()) return false;
      if (!schema.empty() && !scan.names(i - 2, schema)) return false;
      const std::size_t next = i + 1;
      for (const char* end : {",", ")", "[", "="}) {
        if (scan.symbol(next, end)) return true;
      }
      return next == scan.size() || scan.word(next, "default") || scan.word(next, "collate");
    });
  });
}

void rename_table_in_sql(SqlText& text, std::string_view from, std::string_view to,
                         const SchemaRules& rules) {
  const std::string_view old_name = unqualified(from);
  edit_texts(text, rules, [&](const Scan& scan) {
    const std::vector<bool> positions = table_positions(scan);
    return scan.renamed(unqualified(to), [&](std::size_t i) {
      if (!scan.names(i, old_name)) return false;
      return positions[i] || (scan.symbol(i + 1, ".") && !scan.qualified(i));
    });
  });
}

}  // namespace ormdb
