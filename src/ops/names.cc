#include <algorithm>
#include <set>

#include "base/sha256.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/diff.h"

namespace ormdb {
namespace {

/// What the placeholders of a template stand for.
struct Words {
  std::string table;
  std::string columns;
  std::string referenced;
  std::string number;
};

std::string expand(const std::string& pattern, const Words& words) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      result += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 't':
        result += words.table;
        break;
      case 'c':
        result += words.columns;
        break;
      case 'r':
        result += words.referenced;
        break;
      case 'n':
        result += words.number;
        break;
      case '%':
        result += '%';
        break;
      default:
        result.append({'%', pattern[i]});
    }
  }
  return result;
}

/// At most `max_length` bytes: the beginning, and 8 hex digits of a hash of the whole.
std::string cut(const std::string& name, int max_length) {
  constexpr std::size_t kSuffix = 9;
  const auto limit = static_cast<std::size_t>(std::max(max_length, 0));
  if (limit <= kSuffix || name.size() <= limit) return name;
  std::size_t end = limit - kSuffix;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end) + "_" + sha256_hex(name).substr(0, kSuffix - 1);
}

std::string column_words(const std::vector<KeyPart>& parts) {
  std::vector<std::string> names;
  for (const KeyPart& part : parts) {
    names.push_back(part.column.empty() ? "expr" : part.column);
  }
  return join(names, "_");
}

/// The one column of the table that a check mentions; "" when there are none or several.
std::string only_column(const Check& check, const Table& table) {
  const std::string& sql = check.expression.common.empty() && !check.expression.by_dialect.empty()
                               ? check.expression.by_dialect.begin()->second
                               : check.expression.common;
  std::set<std::string> found;
  for (const SqlToken& token : scan_sql_tokens(sql, SqlDialect::kSqlite)) {
    if (token.kind != SqlToken::Kind::kWord && token.kind != SqlToken::Kind::kQuoted) continue;
    for (const Column& column : table.columns) {
      if (iequals(column.name, token.unquoted())) found.insert(column.name);
    }
  }
  return found.size() == 1 ? *found.begin() : "";
}

/// NamingConvention has no pattern of its own for them.
constexpr const char* kExcludePattern = "ex_%t_%c";

class Namer {
 public:
  Namer(Table& table, const NamingConvention& convention, int max_length)
      : table_(table), convention_(convention), max_length_(max_length) {
    if (table.primary_key) note(table.primary_key->name);
    for (const Unique& unique : table.uniques) note(unique.name);
    for (const ForeignKey& key : table.foreign_keys) note(key.name);
    for (const Check& check : table.checks) note(check.name);
    for (const Exclude& exclude : table.excludes) note(exclude.name);
    for (const Index& index : table.indexes) note(index.name);
  }

  void run() {
    if (table_.primary_key) {
      name(table_.primary_key->name, convention_.primary_key,
           column_words(table_.primary_key->columns));
    }
    for (Unique& unique : table_.uniques) {
      name(unique.name, convention_.unique, column_words(unique.columns));
    }
    for (ForeignKey& key : table_.foreign_keys) {
      name(key.name, convention_.foreign_key, join(key.columns, "_"),
           replace_all(key.referenced_table, ".", "_"));
    }
    int number = 0;
    for (Check& check : table_.checks) {
      if (!check.name.empty()) continue;
      ++number;
      const std::string column = only_column(check, table_);
      name(check.name, convention_.check, column, "",
           column.empty() ? std::to_string(number) : column);
    }
    for (Exclude& exclude : table_.excludes) {
      std::vector<KeyPart> parts;
      for (const Exclude::Element& element : exclude.elements) parts.push_back(element.part);
      name(exclude.name, kExcludePattern, column_words(parts));
    }
    for (Index& index : table_.indexes) {
      name(index.name, convention_.index, column_words(index.columns));
    }
  }

 private:
  void note(const std::string& name) { taken_.insert(to_lower(name)); }

  void name(std::string& target, const std::string& pattern, const std::string& columns,
            const std::string& referenced = "", const std::string& number = "") {
    if (!target.empty() || pattern.empty()) return;
    const std::string wanted = expand(pattern, {table_.name, columns, referenced, number});
    target = cut(wanted, max_length_);
    for (int i = 2; taken_.contains(to_lower(target)); ++i) {
      target = cut(wanted + "_" + std::to_string(i), max_length_);
    }
    note(target);
  }

  Table& table_;
  const NamingConvention& convention_;
  int max_length_;
  std::set<std::string> taken_;
};

}  // namespace

void give_names(Table& table, const NamingConvention& convention, int max_length) {
  Namer(table, convention, max_length).run();
}

}  // namespace ormdb
