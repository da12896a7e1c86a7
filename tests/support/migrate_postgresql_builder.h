// The parts of postgresql_schema() (migrate_postgresql_schema.h).
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"
#include "support/migrate_genes.h"
#include "support/migrate_postgresql_types.h"

namespace ormdb::test {

class PostgresqlSchemaBuilder {
 public:
  PostgresqlSchemaBuilder(Genes& genes, int version) : genes_(genes), version_(version) {}

  Schema build();

 private:
  bool chance(const std::string& name, int percent) { return genes_.chance(name, percent); }
  std::size_t choose(const std::string& name, std::size_t limit) {
    return genes_.choose(name, limit);
  }
  /// "" where the gene says that there is none.
  std::string comment(const std::string& gene);
  std::string place(const std::string& gene);  ///< A schema: the default one, or "extra".

  // migrate_postgresql_objects.cc
  void add_types();
  void add_word();
  void add_sequence();
  void add_routines();
  void add_operators();
  DatabaseObject& add_object(std::string kind, std::string name, std::string signature = "");
  void add_views();
  void add_view(const std::string& gene, const std::string& name, bool materialized);
  std::string query_of(const std::string& gene, const Table& table);
  void add_triggers(const Table& table, const std::string& gene);
  void add_table_objects(const Table& table, const std::string& gene);

  // migrate_postgresql_schema.cc
  void add_tables();
  void fill_table(Table& table, const std::string& gene);
  void add_key(Table& table, const std::string& gene);
  void add_columns(Table& table, const std::string& gene);
  Column column(const std::string& gene, const std::string& name);
  const TypeSample& sample_for(const std::string& gene);
  Type type_of(const TypeSample& sample) const;
  void add_check(Table& table, const std::string& gene, const Column& column);
  void add_unique(Table& table, const std::string& gene);
  void add_exclude(Table& table, const std::string& gene);
  void add_index(std::vector<Index>& indexes, const Table& table, const std::string& gene,
                 const std::string& name);
  void add_foreign_key(Table& table, const std::string& gene, const Table& parent);
  void add_partitions();
  void add_children();

  Genes& genes_;
  int version_;
  Schema schema_;
  Type mood_;             ///< Of the enum, where there is one.
  std::string price_;     ///< The domain's qualified name; "" for none.
  std::string word_;      ///< Another domain's, which may be over the enum.
  std::string pair_;      ///< The composite type's.
  std::string collation_; ///< The collation's.
  std::string touch_;     ///< The trigger function's.
  std::string twice_;     ///< An immutable function of an integer.
};

/// The column's type as of one of the samples; nullptr for others.
const TypeSample* sample_of(const Type& type);

/// Double quotes around a name, those in it doubled.
std::string quoted_name(const std::string& name);
/// The same for a relation: "schema"."name".
std::string quoted_relation(const Table& table);

}  // namespace ormdb::test
