// Shared by the parts of validate(): names looked up under the dialect's fold, problems collected.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/validate.h"

namespace ormdb {

using SchemaPath = std::vector<std::string>;

/// A table with its columns by folded name.
struct KnownTable {
  const Table* table = nullptr;
  std::map<std::string, const Column*> columns;
};

class ValidationContext {
 public:
  ValidationContext(const Schema& schema, const ValidateOptions& options);

  std::string fold(std::string_view name) const;
  const KnownTable* table(std::string_view name) const;  ///< nullptr when there is none.
  /// Whether a view or a virtual table has the name: things nothing more is known of.
  bool has_other_relation(std::string_view name) const;
  bool has_enum(std::string_view name) const;
  std::vector<std::string> table_names() const;

  void problem(SchemaPath path, std::string message, std::string hint = "") {
    problems.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  /// Reports an identifier that is longer than the engine takes, or empty.
  void check_name(const SchemaPath& path, std::string_view what, const std::string& name);

  const Schema& schema;
  const ValidateOptions& options;
  std::vector<SchemaProblem> problems;

 private:
  std::map<std::string, KnownTable> tables_;
  std::map<std::string, bool> other_relations_;
  std::map<std::string, bool> enums_;
};

std::vector<std::string> column_names(const Table& table);

void validate_table(ValidationContext& context, const Table& table);
void validate_foreign_key(ValidationContext& context, const Table& table, const ForeignKey& key);

}  // namespace ormdb
