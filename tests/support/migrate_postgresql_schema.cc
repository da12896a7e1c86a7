#include "support/migrate_postgresql_schema.h"

#include <algorithm>

#include "base/text.h"
#include "ormdb/dialect.h"
#include "support/migrate_postgresql_builder.h"

namespace ormdb::test {
namespace {

constexpr int kNullsNotDistinct = 15;  ///< The first version that has them.
constexpr int kVirtual = 18;           ///< The same for columns that are not stored, NOT ENFORCED.

const std::vector<std::string> kTableNames = {"users", "Order Line", "log", "t\"4"};
const std::vector<std::string> kColumnNames = {"title", "qty", "Full Name", "état", "order"};

KeyPart part_of(const std::string& column) {
  KeyPart part;
  part.column = column;
  return part;
}

std::vector<const Column*> comparable_columns(const Table& table, bool generated) {
  std::vector<const Column*> columns;
  for (const Column& column : table.columns) {
    const TypeSample* sample = sample_of(column.type);
    if (sample == nullptr || !sample->comparable || (column.generated && !generated)) continue;
    if (column.generated && !column.generated->stored) continue;
    columns.push_back(&column);
  }
  return columns;
}

void set(Options& options, const std::string& key, const std::string& value = "true") {
  options["postgresql"][key] = value;
}

std::string for_column(const char* text, const std::string& column) {
  return replace_all(text, "$", quoted_name(column));
}

bool takes_text(const Type& type) {
  return type.kind == TypeKind::kText || type.kind == TypeKind::kString;
}

}  // namespace

std::string quoted_name(const std::string& name) {
  return "\"" + replace_all(name, "\"", "\"\"") + "\"";
}

std::string quoted_relation(const Table& table) {
  return (table.schema.empty() ? "" : quoted_name(table.schema) + ".") + quoted_name(table.name);
}

const TypeSample* sample_of(const Type& type) {
  for (const TypeSample& sample : type_samples()) {
    const std::string text = sample.type;
    if (type.kind == TypeKind::kEnum && text == "mood") return &sample;
    if (type.kind == TypeKind::kNative && text.starts_with("native:")) {
      const std::string& native = type.native.at("postgresql");
      if (native == text.substr(7) || native.ends_with("." + text.substr(7))) return &sample;
    }
    if (parse_type(text) == type) return &sample;
  }
  return nullptr;
}

std::string PostgresqlSchemaBuilder::comment(const std::string& gene) {
  static const std::vector<std::string> texts = {"", "", "", "it's", "two\nlines"};
  return genes_.pick(gene + ".comment", texts);
}

std::string PostgresqlSchemaBuilder::place(const std::string& gene) {
  const bool exists = chance("extra", 60);
  return exists && chance(gene + ".place", 15) ? "extra" : "";
}

// Columns --------------------------------------------------------------------------------------

const TypeSample& PostgresqlSchemaBuilder::sample_for(const std::string& gene) {
  const TypeSample& sample = genes_.pick(gene + ".type", type_samples());
  const std::string needs = sample.needs;
  const bool known = needs.empty() || (needs == "mood" && !mood_.name.empty()) ||
                     (needs == "price" && !price_.empty()) || (needs == "pair" && !pair_.empty()) ||
                     (needs == "word" && !word_.empty());
  return known ? sample : type_samples().front();
}

Type PostgresqlSchemaBuilder::type_of(const TypeSample& sample) const {
  const std::string text = sample.type;
  if (text == "mood") return mood_;
  if (text == "native:price") return Type::native_of("postgresql", price_);
  if (text == "native:pair") return Type::native_of("postgresql", pair_);
  if (text == "native:word") return Type::native_of("postgresql", word_);
  if (text.starts_with("native:")) return Type::native_of("postgresql", text.substr(7));
  return *parse_type(text);
}

Column PostgresqlSchemaBuilder::column(const std::string& gene, const std::string& name) {
  const TypeSample& sample = sample_for(gene);
  Column column;
  column.name = name;
  column.type = type_of(sample);
  column.nullable = !chance(gene + ".not_null", 40);
  const bool may_default = !sample.defaults.empty();
  if (may_default && (!column.nullable || chance(gene + ".has_default", 40))) {
    column.default_value = genes_.pick(gene + ".default", sample.defaults);
  }
  if (!column.default_value) column.nullable = true;  // so that tables with rows take the column
  if (takes_text(column.type) && chance(gene + ".collated", 20)) {
    column.collation = collation_.empty() || chance(gene + ".c", 50) ? "C" : collation_;
  }
  if (takes_text(column.type) && chance(gene + ".storage", 10)) {
    set(column.options, "storage", "external");
  }
  if (chance(gene + ".statistics", 10)) set(column.options, "statistics", "50");
  column.comment = comment(gene);
  return column;
}

void PostgresqlSchemaBuilder::add_columns(Table& table, const std::string& gene) {
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) {
    const std::string own = gene + "." + std::to_string(i);
    if (i > 0 && !chance(own, 55)) continue;
    table.columns.push_back(column(own, kColumnNames[i]));
  }
  const Column& source = table.columns.back();
  const TypeSample* sample = sample_of(source.type);
  if (!chance(gene + ".generated", 30) || sample == nullptr || *sample->generated == '\0') return;
  Column column;
  column.name = "made";
  column.type = source.type;
  column.nullable = true;
  column.collation = source.collation;
  column.generated = Generated{};
  column.generated->stored = version_ < kVirtual || chance(gene + ".stored", 50);
  column.generated->expression.common = chance(gene + ".other_text", 30)
                                            ? quoted_name(source.name)
                                            : for_column(sample->generated, source.name);
  table.columns.push_back(std::move(column));
}

// Keys and constraints -------------------------------------------------------------------------

void PostgresqlSchemaBuilder::add_key(Table& table, const std::string& gene) {
  enum Kind : std::size_t { kPlain, kNone, kAlways, kSerial, kText, kPair, kUuid, kOwn, kKinds };
  const std::size_t kind = choose(gene + ".key", kKinds);
  if (kind == kNone) return;
  Column id;
  id.name = "id";
  id.type = Type::of(chance(gene + ".big", 30) ? TypeKind::kBigInteger : TypeKind::kInteger);
  if (kind == kAlways) {
    set(id.options, "identity", chance(gene + ".by_default", 30) ? "by_default" : "always");
    if (chance(gene + ".start", 50)) set(id.options, "identity_start", "100");
    if (chance(gene + ".step", 30)) set(id.options, "identity_increment", "10");
    if (chance(gene + ".cycle", 30)) set(id.options, "identity_cycle");
    if (chance(gene + ".said", 20)) set(id.options, "identity_comment", "numbers");
  } else if (kind == kSerial) {
    set(id.options, "serial");
  } else if (kind == kText) {
    id.type = Type::of(TypeKind::kText);
  } else if (kind == kUuid) {
    id.type = Type::of(TypeKind::kUuid);
    id.default_value = Literal::expression("gen_random_uuid()");
  } else if (kind == kOwn) {
    set(id.options, "identity", "none");
  }
  table.columns.insert(table.columns.begin(), id);
  PrimaryKey key;
  key.columns.push_back(part_of("id"));
  if (chance(gene + ".key_name", 30)) key.name = table.name + " pk";
  if (kind == kPair) {
    Column part = id;
    part.name = "part";
    part.default_value = Literal::number("1");
    table.columns.insert(table.columns.begin() + 1, part);
    key.columns.push_back(part_of("part"));
  }
  if (chance(gene + ".key_deferrable", 5)) key.deferrable = Deferrable::kDeferred;
  table.primary_key = key;
}

void PostgresqlSchemaBuilder::add_check(Table& table, const std::string& gene,
                                        const Column& column) {
  const TypeSample* sample = sample_of(column.type);
  if (sample == nullptr || sample->checks.empty()) return;
  Check check;
  check.expression.common = for_column(genes_.pick(gene + ".text", sample->checks), column.name);
  if (chance(gene + ".function", 15) && !twice_.empty() && std::string(sample->type) == "integer") {
    check.expression.common = twice_ + "(" + quoted_name(column.name) + ") >= 0";
  }
  if (chance(gene + ".named", 50)) check.name = "ck_" + gene;
  if (chance(gene + ".no_inherit", 10)) set(check.options, "no_inherit");
  if (chance(gene + ".not_valid", 10)) set(check.options, "not_valid");
  if (version_ >= kVirtual && chance(gene + ".not_enforced", 15)) {
    check.options["postgresql"].erase("not_valid");
    set(check.options, "not_enforced");
  }
  if (chance(gene + ".said", 10)) set(check.options, "comment", "a check");
  table.checks.push_back(std::move(check));
}

void PostgresqlSchemaBuilder::add_unique(Table& table, const std::string& gene) {
  const std::vector<const Column*> columns = comparable_columns(table, true);
  if (columns.empty()) return;
  Unique unique;
  const std::size_t first = choose(gene + ".first", columns.size());
  const std::size_t second = choose(gene + ".second", columns.size());
  unique.columns.push_back(part_of(columns[first]->name));
  if (second != first) unique.columns.push_back(part_of(columns[second]->name));
  if (chance(gene + ".named", 50)) unique.name = "uq_" + gene;
  unique.deferrable = static_cast<Deferrable>(choose(gene + ".deferrable", 6) % 3);
  if (chance(gene + ".nulls", 20) && version_ >= kNullsNotDistinct) {
    set(unique.options, "nulls_not_distinct");
  }
  if (chance(gene + ".include", 15) && second == first && table.find_column("id") != nullptr) {
    set(unique.options, "include", "id");
  }
  if (chance(gene + ".said", 10)) set(unique.options, "comment", "one of a kind");
  table.uniques.push_back(std::move(unique));
}

void PostgresqlSchemaBuilder::add_exclude(Table& table, const std::string& gene) {
  const std::vector<const Column*> columns = comparable_columns(table, true);
  if (columns.empty()) return;
  const Column& column = *columns[choose(gene + ".column", columns.size())];
  const std::string type = sample_of(column.type)->type;
  if (type == "native:word") return;  // a domain over an enum has no operators of its own
  Exclude exclude;
  const bool range = type == "native:int4range";
  exclude.method = range ? "gist" : "btree";
  exclude.elements.push_back({part_of(column.name), range ? "&&" : "="});
  if (chance(gene + ".where", 40)) {
    exclude.where.common = quoted_name(column.name) + " IS NOT NULL";
  }
  if (chance(gene + ".named", 50)) exclude.name = "ex_" + gene;
  exclude.deferrable = chance(gene + ".deferrable", 20) ? Deferrable::kImmediate : Deferrable::kNo;
  table.excludes.push_back(std::move(exclude));
}

void PostgresqlSchemaBuilder::add_foreign_key(Table& table, const std::string& gene,
                                              const Table& parent) {
  if (!parent.primary_key || parent.primary_key->deferrable != Deferrable::kNo) return;
  ForeignKey key;
  key.referenced_table = qualified_name(parent);
  for (const KeyPart& part : parent.primary_key->columns) {
    Column own;
    own.name = "ref_" + gene.substr(gene.rfind('.') + 1) + "_" + part.column;
    own.type = parent.find_column(part.column)->type;
    own.nullable = true;
    key.columns.push_back(own.name);
    if (!chance(gene + ".implied", 20)) key.referenced_columns.push_back(part.column);
    table.columns.push_back(std::move(own));
  }
  if (key.referenced_columns.size() < key.columns.size()) key.referenced_columns.clear();
  key.on_delete = static_cast<ForeignKeyAction>(choose(gene + ".on_delete", 5));
  key.on_update = static_cast<ForeignKeyAction>(choose(gene + ".on_update", 10) % 5);
  key.deferrable = static_cast<Deferrable>(choose(gene + ".deferrable", 6) % 3);
  if (chance(gene + ".match", 15)) key.match = "full";
  if (chance(gene + ".not_valid", 10)) set(key.options, "not_valid");
  if (version_ >= kVirtual && chance(gene + ".not_enforced", 15)) {
    key.options["postgresql"].erase("not_valid");
    set(key.options, "not_enforced");
  }
  if (chance(gene + ".named", 50)) key.name = "fk_" + gene;
  if (chance(gene + ".columns", 20) && key.on_delete == ForeignKeyAction::kSetNull &&
      version_ >= kNullsNotDistinct && key.match.empty()) {
    set(key.options, "delete_columns", key.columns.front());
  }
  table.foreign_keys.push_back(std::move(key));
}

// Indexes --------------------------------------------------------------------------------------

void PostgresqlSchemaBuilder::add_index(std::vector<Index>& indexes, const Table& table,
                                        const std::string& gene, const std::string& name) {
  const std::vector<const Column*> columns = comparable_columns(table, true);
  if (columns.empty()) return;
  const Column& column = *columns[choose(gene + ".column", columns.size())];
  const TypeSample& sample = *sample_of(column.type);
  Index index;
  index.name = name;
  index.comment = comment(gene);
  KeyPart part = part_of(column.name);
  if (chance(gene + ".where", 30)) {
    index.where.common = quoted_name(column.name) + " IS NOT NULL";
    if (!sample.checks.empty() && chance(gene + ".where_text", 50) &&
        column.type.kind != TypeKind::kDatetime && std::string(sample.type) != "native:word") {
      index.where.common = for_column(sample.checks.front(), column.name);
    }
  }
  if (*sample.method != '\0' && chance(gene + ".method", 30)) {
    index.method = sample.method;
    index.columns.push_back(std::move(part));
    indexes.push_back(std::move(index));
    return;
  }
  if (takes_text(column.type) && chance(gene + ".expression", 30)) {
    part.expression.common = "lower(" + quoted_name(column.name) + ")";
    part.column.clear();
  } else if (*sample.operators != '\0' && chance(gene + ".class", 30)) {
    part.operator_class = sample.operators;
  }
  part.descending = chance(gene + ".desc", 20);
  if (chance(gene + ".nulls", 20)) part.nulls = chance(gene + ".first", 50) ? "first" : "last";
  if (takes_text(column.type) && chance(gene + ".collated", 10)) part.collation = "C";
  index.columns.push_back(std::move(part));
  const Column& other = *columns[choose(gene + ".other", columns.size())];
  if (chance(gene + ".two", 30) && &other != &column) index.columns.push_back(part_of(other.name));
  if (chance(gene + ".include", 20) && &other != &column) index.include = {other.name};
  index.unique = chance(gene + ".unique", 20);
  if (index.unique && chance(gene + ".distinct", 20) && version_ >= kNullsNotDistinct) {
    set(index.options, "nulls_not_distinct");
  }
  if (chance(gene + ".fill", 10)) set(index.options, "fillfactor", "70");
  indexes.push_back(std::move(index));
}

// Tables ---------------------------------------------------------------------------------------

void PostgresqlSchemaBuilder::fill_table(Table& table, const std::string& gene) {
  table.schema = place(gene);
  table.comment = comment(gene);
  add_columns(table, gene);
  add_key(table, gene);
  if (chance(gene + ".unlogged", 8)) set(table.options, "unlogged");
  if (chance(gene + ".fill", 10)) set(table.options, "fillfactor", "80");
  if (chance(gene + ".vacuum", 10)) set(table.options, "autovacuum_enabled", "false");
  if (chance(gene + ".security", 15)) set(table.options, "row_security");
  if (chance(gene + ".identity", 8)) set(table.options, "replica_identity", "full");
  for (const Column& column : std::vector<Column>(table.columns)) {
    const std::string own = gene + "." + column.name;
    if (chance(own + ".check", 20)) add_check(table, own, column);
  }
  if (chance(gene + ".unique", 35)) add_unique(table, gene + ".uq");
  if (chance(gene + ".exclude", 15)) add_exclude(table, gene + ".ex");
  for (int i = 0; i < 3; ++i) {
    const std::string own = gene + ".ix" + std::to_string(i);
    if (chance(own, 35)) add_index(table.indexes, table, own, "ix" + std::to_string(i) + gene);
  }
}

void PostgresqlSchemaBuilder::add_tables() {
  for (std::size_t i = 0; i < kTableNames.size(); ++i) {
    const std::string gene = "t" + std::to_string(i);
    if (i > 0 && !chance(gene, 60)) continue;
    Table table;
    table.name = kTableNames[i];
    fill_table(table, gene);
    schema_.tables.push_back(std::move(table));
  }
  // Keys last: they may go in cycles. An unlogged table may be referenced by such ones only.
  const std::vector<Table> parents = schema_.tables;
  for (Table& table : schema_.tables) {
    for (int i = 0; i < 2; ++i) {
      const std::string gene = "fk." + table.name + "." + std::to_string(i);
      if (!chance(gene, 40)) continue;
      const Table& parent = parents[choose(gene + ".parent", parents.size())];
      const bool unlogged = parent.options.contains("postgresql") &&
                            parent.options.at("postgresql").contains("unlogged");
      const bool same = table.options == parent.options;
      if (!unlogged || same) add_foreign_key(table, gene, parent);
    }
  }
}

void PostgresqlSchemaBuilder::add_partitions() {
  if (!chance("parts", 35)) return;
  static const std::vector<std::string> kinds = {"RANGE (day)", "LIST (grp)", "HASH (id)"};
  const std::size_t kind = choose("parts.kind", 2 + (chance("parts.hash", 20) ? 1 : 0));
  Table parent;
  parent.name = std::vector<std::string>{"measure", "measure list", "measure hash"}[kind];
  for (const auto& [name, type] : {std::pair{"id", "integer"}, {"day", "date"}, {"grp", "text"}}) {
    Column column;
    column.name = name;
    column.type = *parse_type(type);
    parent.columns.push_back(std::move(column));
  }
  if (chance("parts.value", 50)) parent.columns.push_back(column("parts.value", "value"));
  set(parent.options, "partition_by", kinds[kind]);
  if (chance("parts.key", 50)) {
    PrimaryKey key;
    for (const char* name : {"id", "day", "grp"}) key.columns.push_back(part_of(name));
    parent.primary_key = key;
  }
  if (chance("parts.index", 50)) add_index(parent.indexes, parent, "parts.ix", "ix_measure");
  for (Index& index : parent.indexes) index.unique = false, index.options.clear();
  if (chance("parts.check", 30)) add_check(parent, "parts.ck", parent.columns.front());
  std::erase_if(parent.checks, [](const Check& check) { return !check.options.empty(); });
  static const std::vector<std::vector<std::string>> bounds = {
      {"FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')",
       "for values from ('2020-02-01') to (maxvalue)", "DEFAULT"},
      {"FOR VALUES IN ('a')", "FOR VALUES IN ('b', 'c')", "DEFAULT"},
      {"FOR VALUES WITH (modulus 3, remainder 0)", "FOR VALUES WITH (MODULUS 3, REMAINDER 1)",
       "FOR VALUES WITH (modulus 3, remainder 2)"}};
  schema_.tables.push_back(parent);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string gene = "parts." + std::to_string(i);
    if (!chance(gene, 60)) continue;
    Table table;
    table.name = parent.name + std::to_string(i);
    table.columns = parent.columns;
    for (Column& column : table.columns) set(column.options, "inherited");
    for (Column& column : table.columns) column.comment.clear();
    set(table.options, "partition_of", parent.name);
    set(table.options, "partition_bound", bounds[kind][i]);
    if (chance(gene + ".index", 30)) {
      add_index(table.indexes, table, gene + ".ix", "ix_part" + std::to_string(i));
    }
    table.comment = comment(gene);
    schema_.tables.push_back(std::move(table));
  }
}

void PostgresqlSchemaBuilder::add_children() {
  if (!chance("base", 30)) return;
  Table base;
  base.name = "base";
  base.columns = {column("base.0", "a"), column("base.1", "b")};
  if (chance("base.check", 40)) add_check(base, "base.ck", base.columns.front());
  std::erase_if(base.checks, [](const Check& check) { return !check.options.empty(); });
  schema_.tables.push_back(base);
  for (const char* name : {"child", "child two"}) {
    const std::string gene = std::string("base.") + name;
    if (!chance(gene, 60)) continue;
    Table child;
    child.name = name;
    for (Column inherited : base.columns) {
      set(inherited.options, "inherited");
      inherited.comment.clear();
      child.columns.push_back(std::move(inherited));
    }
    if (chance(gene + ".own", 60)) child.columns.push_back(column(gene + ".own", "c"));
    set(child.options, "inherits", "base");
    if (chance(gene + ".index", 30)) {
      add_index(child.indexes, child, gene + ".ix", "ix_" + child.name);
    }
    schema_.tables.push_back(std::move(child));
  }
}

Schema PostgresqlSchemaBuilder::build() {
  if (chance("extra", 60)) add_object("schema", "extra").comment = comment("extra");
  add_types();
  add_sequence();
  add_routines();
  add_operators();
  add_tables();
  add_partitions();
  add_children();
  add_views();
  const std::vector<Table> tables = schema_.tables;
  for (const Table& table : tables) {
    const auto own = table.options.find("postgresql");
    const bool partitioned = own != table.options.end() && own->second.contains("partition_by");
    if (partitioned || sample_of(table.columns.back().type) == nullptr) continue;
    const std::string gene = "on." + table.name;
    add_triggers(table, gene);
    add_table_objects(table, gene);
  }
  return std::move(schema_);
}

Schema postgresql_schema(Genes& genes, int version) {
  return PostgresqlSchemaBuilder(genes, version).build();
}

Schema postgresql_models(Genes& genes, int version) {
  const Dialect& dialect = dialect_for("postgresql");
  Schema models = dialect.rules().expressible(postgresql_schema(genes, version));
  for (Table& table : models.tables) give_names(table, {}, dialect.max_identifier_length());
  return models;
}

GenePair postgresql_pair(std::uint64_t seed, int version) {
  Genes from(seed);
  postgresql_schema(from, version);
  return gene_pair(seed, std::move(from));
}

}  // namespace ormdb::test
