#include "ops/order_dependencies.h"

#include <map>
#include <set>
#include <string>

#include "base/sql_scanner.h"
#include "ops/heirs.h"
#include "ops/topological.h"
#include "schema/object_kind.h"

namespace ormdb {

bool is_key(const Constraint& constraint) {
  return std::holds_alternative<PrimaryKey>(constraint) ||
         std::holds_alternative<Unique>(constraint);
}

namespace {

using Names = std::set<std::string>;

/// The last part of a qualified name: what texts that leave the schema out mention.
std::string bare(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

/// Collects the identifiers of texts. Names are compared without their schema and without case:
/// a mention too many costs nothing but a constraint on the order.
class Mentions {
 public:
  explicit Mentions(const SchemaRules& rules)
      : rules_(rules), dialect_(sql_dialect(rules.dialect())) {}

  void name(const std::string& qualified) {
    if (!qualified.empty()) names_.insert(lower(bare(qualified)));
  }
  void text(const std::string& sql) {
    for (const SqlToken& token : scan_sql_tokens(sql, dialect_)) {
      if (token.kind == SqlToken::Kind::kString) {
        literal(token.unquoted());
      } else {
        word(token.unquoted());
      }
    }
  }
  void text(const SqlText& sql) { text(sql.for_dialect(rules_.dialect())); }
  void type(const Type& type) {
    if (type.kind == TypeKind::kEnum) name(type.name);
    const auto native = type.native.find(std::string(rules_.dialect()));
    if (native != type.native.end()) text(native->second);
    for (const Type& element : type.element) this->type(element);
  }
  void parts(const std::vector<KeyPart>& parts) {
    for (const KeyPart& part : parts) {
      text(part.expression);
      name(part.collation);
      text(part.operator_class);
    }
  }
  void options(const Options& options) {
    const auto own = options.find(std::string(rules_.dialect()));
    if (own == options.end()) return;
    for (const auto& [key, value] : own->second) {
      key == "partition_of" ? name(value) : text(value);
    }
  }
  Names take() { return std::move(names_); }

  static std::string lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

 private:
  /// A name in quotes may have dots of its own.
  void word(const std::string& unquoted) {
    names_.insert(lower(unquoted));
    if (unquoted.find('.') != std::string::npos) names_.insert(lower(bare(unquoted)));
  }

  /// 'film_id_seq'::regclass, 'app."Film id"'::regclass
  void literal(const std::string& value) {
    if (value.size() > 130) return;
    if (value.find('"') != std::string::npos) {
      for (const SqlToken& token : scan_sql_tokens(value, dialect_)) word(token.unquoted());
    } else if (value.find(' ') == std::string::npos) {
      names_.insert(lower(bare(value)));
    }
  }

  const SchemaRules& rules_;
  SqlDialect dialect_;
  Names names_;
};

void mention(const Column& column, Mentions& mentions) {
  mentions.type(column.type);
  if (column.default_value) mentions.text(column.default_value->sql);
  if (column.generated) mentions.text(column.generated->expression);
  mentions.name(column.collation);
}

struct ConstraintMentions {
  Mentions& mentions;
  void operator()(const PrimaryKey& key) const { mentions.parts(key.columns); }
  void operator()(const Unique& unique) const { mentions.parts(unique.columns); }
  void operator()(const ForeignKey& key) const { mentions.name(key.referenced_table); }
  void operator()(const Check& check) const { mentions.text(check.expression); }
  void operator()(const Exclude& exclude) const {
    for (const Exclude::Element& element : exclude.elements) {
      mentions.parts({element.part});
      mentions.text(element.operator_name);
    }
    mentions.text(exclude.where);
  }
};

void mention(const Index& index, Mentions& mentions) {
  mentions.parts(index.columns);
  mentions.text(index.where);
}

void mention(const Table& table, Mentions& mentions) {
  mentions.name(table.schema);
  for (const Column& column : table.columns) mention(column, mentions);
  const ConstraintMentions visitor{mentions};
  if (table.primary_key) visitor(*table.primary_key);
  for (const Unique& unique : table.uniques) visitor(unique);
  for (const Check& check : table.checks) visitor(check);
  for (const Exclude& exclude : table.excludes) visitor(exclude);
  for (const ForeignKey& key : table.foreign_keys) visitor(key);
  for (const Index& index : table.indexes) mention(index, mentions);
  mentions.options(table.options);
}

void mention(const View& view, Mentions& mentions) {
  mentions.name(view.schema);
  mentions.text(view.query);
  for (const Index& index : view.indexes) mention(index, mentions);
}

void mention(const Trigger& trigger, Mentions& mentions) {
  mentions.name(trigger.table);
  mentions.text(trigger.function);
  mentions.text(trigger.when);
}

struct PropertyMentions {
  Mentions& mentions;
  const PropertyRule& rule;

  void operator()(const SqlText& text) const {
    if (rule.shape == PropertyShape::kText) mentions.name(text.common);  // blanks stand in names
    if (rule.shape != PropertyShape::kBody || rule.name == "action") mentions.text(text);
  }
  void operator()(const std::vector<std::string>& list) const {
    for (const std::string& text : list) mentions.text(text);
  }
  void operator()(const std::vector<NamedText>& entries) const {
    for (const NamedText& entry : entries) mentions.text(entry.text);
  }
};

/// Not what a sequence belongs to: it is there before its table, and gets its owner afterwards.
bool binds_late(const DatabaseObject& object, std::string_view property) {
  return (object.kind == "sequence" && property == "owned_by") ||
         (object.kind == "operator" && (property == "commutator" || property == "negator")) ||
         property == "set" || property.ends_with("comments");
}

void mention(const DatabaseObject& object, Mentions& mentions) {
  mentions.name(object.schema);
  mentions.name(object.table);
  mentions.text(object.signature);
  for (const auto& [name, value] : object.properties) {
    const PropertyRule* rule = find_property(kind_of(object), name);
    if (rule == nullptr || binds_late(object, name)) continue;
    std::visit(PropertyMentions{mentions, *rule}, value);
  }
}

/// What one operation does to names.
struct Footprint {
  Names makes, takes;     ///< Names that are there afterwards, or no longer.
  Names needs, releases;  ///< Names that its new and its old definitions mention.
  std::string table;      ///< The table that it works on, without its schema.
  std::string relation;   ///< The same with it: a table of that name may be elsewhere.
  std::string makes_relation, takes_relation;
  /// What comes and what goes as a whole, with the schema: mood and extra.mood can both be there.
  std::string comes, goes;
  std::string makes_column, takes_column, alters_column;
  bool changes_column = false;
  bool adds_part = false, drops_part = false;  ///< A constraint or an index of the table.
  Names made_heir_of, taken_heir_of;           ///< The tables that have its columns' say.
  /// The table, with its schema, that becomes logged, or unlogged.
  std::string logged, unlogged;
  /// Both ends of foreign keys that come, and of those that go: "table.column", "table." for any
  /// column of it, "table" for its keys and "table/" for how it is stored, with the schema.
  Names bound, unbound;
  /// What they stand on: a column that comes or gets another type, a key that comes; what goes.
  Names readied, unreadied;
};

std::string column_of(const std::string& table, const std::string& column) {
  return Mentions::lower(table) + "." + Mentions::lower(column);
}

/// A change of one column: of this one, and of any.
Names column_changes(const std::string& table, const std::string& column) {
  return {column_of(table, column), column_of(table, "")};
}

/// A foreign key of a logged table cannot reference an unlogged one.
std::string storage_of(const std::string& table) { return Mentions::lower(table) + "/"; }

bool is_unlogged(const AlterTable::Settings& settings) {
  const auto own = settings.options.find("postgresql");
  if (own == settings.options.end()) return false;
  const auto found = own->second.find("unlogged");
  return found != own->second.end() && found->second == "true";
}

void add_ends(const std::string& table, const ForeignKey& key, Names& ends) {
  ends.insert({storage_of(table), storage_of(key.referenced_table)});
  for (const std::string& column : key.columns) ends.insert(column_of(table, column));
  for (const std::string& column : key.referenced_columns) {
    ends.insert(column_of(key.referenced_table, column));
  }
  if (key.referenced_columns.empty()) ends.insert(column_of(key.referenced_table, ""));
  if (Mentions::lower(key.referenced_table) != Mentions::lower(table)) {
    ends.insert(Mentions::lower(key.referenced_table));
  }
}

void add_ends(const Table& table, Names& ends) {
  for (const ForeignKey& key : table.foreign_keys) add_ends(qualified_name(table), key, ends);
}

void add_ends(const std::string& table, const Constraint& constraint, Names& ends) {
  if (const auto* key = std::get_if<ForeignKey>(&constraint)) add_ends(table, *key, ends);
}

class Footprints {
 public:
  explicit Footprints(const SchemaRules& rules) : rules_(rules) {}

  Footprint operator()(const CreateTable& op) const {
    Footprint result = created(op.table);
    result.makes_relation = Mentions::lower(qualified_name(op.table));
    for (const std::string& name : parents_of(op.table)) result.made_heir_of.insert(lower(name));
    add_ends(op.table, result.bound);
    return result;
  }
  Footprint operator()(const DropTable& op) const {
    Footprint result = dropped(op.table);
    result.takes_relation = Mentions::lower(qualified_name(op.table));
    for (const std::string& name : parents_of(op.table)) result.taken_heir_of.insert(lower(name));
    add_ends(op.table, result.unbound);
    return result;
  }
  Footprint operator()(const RenameTable& op) const {
    Footprint result = of_names({lower(op.to)}, {lower(op.from)}, {lower(op.from)}, {});
    result.makes_relation = result.comes = Mentions::lower(op.to);
    result.takes_relation = result.goes = Mentions::lower(op.from);
    return result;
  }
  Footprint operator()(const AlterTable& op) const {
    Footprint result = on(op.table);
    result.needs.merge(of([&](Mentions& m) { m.options(op.to.options); }));
    result.releases.merge(of([&](Mentions& m) { m.options(op.from.options); }));
    if (attaches(op.from.options, op.to.options)) {
      result.made_heir_of = {lower(partitioned_table(op.to.options))};
    }
    if (detaches(op.from.options, op.to.options)) {
      result.taken_heir_of = {lower(partitioned_table(op.from.options))};
    }
    if (is_unlogged(op.from) != is_unlogged(op.to)) {
      result.readied = result.unreadied = {storage_of(op.table)};
      (is_unlogged(op.to) ? result.unlogged : result.logged) = result.relation;
    }
    return result;
  }
  Footprint operator()(const AddColumn& op) const { return added(op.table, op.column); }
  Footprint operator()(const DropColumn& op) const { return removed(op.table, op.column); }
  Footprint operator()(const AlterColumn& op) const {
    Footprint result = on(op.table);
    result.changes_column = true;
    result.alters_column = Mentions::lower(op.to.name);
    result.needs.merge(mentioned(op.to));
    result.releases.merge(mentioned(op.from));
    if (op.from.type != op.to.type) {
      result.readied = result.unreadied = column_changes(op.table, op.to.name);
    }
    return result;
  }
  Footprint operator()(const RenameColumn& op) const { return on(op.table); }
  Footprint operator()(const AddConstraint& op) const {
    Footprint result = on(op.table);
    result.adds_part = true;
    result.needs.merge(of([&](Mentions& m) { std::visit(ConstraintMentions{m}, op.constraint); }));
    add_ends(op.table, op.constraint, result.bound);
    if (is_key(op.constraint)) result.readied = {Mentions::lower(op.table)};
    return result;
  }
  Footprint operator()(const DropConstraint& op) const {
    Footprint result = on(op.table);
    result.drops_part = true;
    result.releases.merge(
        of([&](Mentions& m) { std::visit(ConstraintMentions{m}, op.constraint); }));
    add_ends(op.table, op.constraint, result.unbound);
    if (is_key(op.constraint)) result.unreadied = {Mentions::lower(op.table)};
    return result;
  }
  Footprint operator()(const CreateIndex& op) const {
    Footprint result = on(op.table);
    result.adds_part = true;
    result.needs.merge(mentioned(op.index));
    return result;
  }
  Footprint operator()(const DropIndex& op) const {
    Footprint result = on(op.table);
    result.drops_part = true;
    result.releases.merge(mentioned(op.index));
    return result;
  }
  Footprint operator()(const CreateView& op) const { return created(op.view); }
  Footprint operator()(const DropView& op) const { return dropped(op.view); }
  Footprint operator()(const ReplaceView& op) const {
    return of_names({}, {}, mentioned(op.to), mentioned(op.from));
  }
  Footprint operator()(const CreateTrigger& op) const {
    return of_names({}, {}, mentioned(op.trigger), {});
  }
  Footprint operator()(const DropTrigger& op) const {
    return of_names({}, {}, {}, mentioned(op.trigger));
  }
  Footprint operator()(const ReplaceTrigger& op) const {
    return of_names({}, {}, mentioned(op.to), mentioned(op.from));
  }
  Footprint operator()(const CreateVirtualTable&) const { return {}; }
  Footprint operator()(const DropVirtualTable&) const { return {}; }
  Footprint operator()(const CreateEnum& op) const {
    Footprint result = of_names({lower(op.value.name)}, {}, {lower(op.value.schema)}, {});
    result.comes = place_of(op.value);
    return result;
  }
  Footprint operator()(const DropEnum& op) const {
    Footprint result = of_names({}, {lower(op.value.name)}, {}, {lower(op.value.schema)});
    result.goes = place_of(op.value);
    return result;
  }
  Footprint operator()(const AlterEnum& op) const {
    return of_names({lower(op.to.name)}, {}, {}, {});
  }
  Footprint operator()(const CreateObject& op) const { return created(op.object); }
  Footprint operator()(const DropObject& op) const { return dropped(op.object); }
  Footprint operator()(const AlterObject& op) const {
    return of_names({}, {}, mentioned(op.to), mentioned(op.from));
  }
  Footprint operator()(const InsertRows& op) const { return on(op.table); }
  Footprint operator()(const UpdateRows& op) const { return on(op.table); }
  Footprint operator()(const DeleteRows& op) const { return on(op.table); }
  Footprint operator()(const Execute&) const { return {}; }

 private:
  static std::string lower(const std::string& name) { return Mentions::lower(bare(name)); }

  template <typename Collect>
  Names of(const Collect& collect) const {
    Mentions mentions(rules_);
    collect(mentions);
    return mentions.take();
  }
  template <typename Object>
  Names mentioned(const Object& object) const {
    return of([&](Mentions& m) { mention(object, m); });
  }
  /// Without a signature: a function's name is its callers' whatever it takes.
  template <typename Object>
  static std::string place_of(const Object& object) {
    return Mentions::lower(object.schema.empty() ? object.name : object.schema + "." + object.name);
  }
  template <typename Object>
  Footprint created(const Object& object) const {
    Footprint result = of_names({lower(object.name)}, {}, mentioned(object), {});
    result.comes = place_of(object);
    return result;
  }
  template <typename Object>
  Footprint dropped(const Object& object) const {
    Footprint result = of_names({}, {lower(object.name)}, {}, mentioned(object));
    result.goes = place_of(object);
    return result;
  }
  static Footprint of_names(Names makes, Names takes, Names needs, Names releases) {
    Footprint result;
    result.makes = std::move(makes);
    result.takes = std::move(takes);
    result.needs = std::move(needs);
    result.releases = std::move(releases);
    return result;
  }
  static Footprint on(const std::string& table) {
    Footprint result;
    result.table = lower(table);
    result.relation = Mentions::lower(table);
    return result;
  }
  Footprint added(const std::string& table, const Column& column) const {
    Footprint result = on(table);
    result.changes_column = true;
    result.makes_column = Mentions::lower(column.name);
    result.readied = column_changes(table, column.name);
    result.needs.merge(mentioned(column));
    return result;
  }
  Footprint removed(const std::string& table, const Column& column) const {
    Footprint result = on(table);
    result.changes_column = true;
    result.takes_column = Mentions::lower(column.name);
    result.unreadied = column_changes(table, column.name);
    result.releases.merge(mentioned(column));
    return result;
  }

  const SchemaRules& rules_;
};

using NameIndex = std::map<std::string, std::vector<std::size_t>>;

/// Who makes what, who takes what away, whose old definition mentions what.
class Register {
 public:
  Register(const std::vector<Footprint>& footprints, const Ancestors& ancestors,
           const References& references)
      : footprints_(footprints) {
    for (const auto& [table, names] : references) {
      for (const std::string& name : names) {
        if (name == table) continue;
        referenced_[Mentions::lower(table)].insert(Mentions::lower(name));
        referencing_[Mentions::lower(name)].insert(Mentions::lower(table));
      }
    }
    for (const auto& [table, names] : ancestors) {
      for (const std::string& name : names) {
        ancestors_[Mentions::lower(bare(table))].insert(Mentions::lower(bare(name)));
      }
    }
    for (std::size_t i = 0; i < footprints.size(); ++i) {
      const Footprint& footprint = footprints[i];
      for (const std::string& name : footprint.makes) makers_[name].push_back(i);
      if (!footprint.goes.empty()) leavers_[footprint.goes].push_back(i);
      if (!footprint.logged.empty()) loggers_[footprint.logged].push_back(i);
      if (!footprint.unlogged.empty()) unloggers_[footprint.unlogged].push_back(i);
      if (!footprint.relation.empty()) relation_users_[footprint.relation].push_back(i);
      if (!footprint.makes_relation.empty()) {
        relation_makers_[footprint.makes_relation].push_back(i);
      }
      for (const std::string& name : footprint.releases) releasers_[name].push_back(i);
      for (const std::string& name : footprint.readied) readiers_[name].push_back(i);
      for (const std::string& name : footprint.unbound) unbinders_[name].push_back(i);
      if (!footprint.makes_column.empty()) column_makers_[footprint.makes_column].push_back(i);
      if (footprint.changes_column) column_changers_[footprint.table].push_back(i);
      if (footprint.drops_part) {
        part_droppers_[footprint.table].push_back(i);
        add_heir_drop(footprint.table, i);
      }
      for (const std::string& name : with_ancestors(footprint.taken_heir_of)) {
        heir_takers_[name].push_back(i);
      }
    }
  }

  /// The operations that have to stand before `node`.
  std::set<std::size_t> before(std::size_t node) const {
    const Footprint& footprint = footprints_[node];
    std::set<std::size_t> result;
    add(footprint.needs, makers_, result);
    add({footprint.relation}, relation_makers_, result);
    add({footprint.takes_relation}, relation_users_, result);
    add(footprint.takes, releasers_, result);
    add({footprint.comes}, leavers_, result);
    add(footprint.bound, readiers_, result);
    add(footprint.unreadied, unbinders_, result);
    add_new_columns(footprint, result);
    add_altered_columns(footprint, result);
    add_users_of_column(footprint, result);
    add_linked(footprint.logged, referenced_, loggers_, result);
    add_linked(footprint.unlogged, referencing_, unloggers_, result);
    // A partition, or a child, has the columns that its table has: it goes before they change, and
    // comes afterwards.
    const Names parents = with_ancestors(footprint.made_heir_of);
    add(parents, column_changers_, result);
    add(parents, part_droppers_, result);
    if (footprint.changes_column || footprint.adds_part) {
      add({footprint.table}, heir_takers_, result);
    }
    // So it is with what stands on columns that are the parent's. An index of a partitioned table
    // adopts those of partitions that are like it, so they go before it comes, too.
    if (footprint.changes_column || footprint.adds_part) {
      add({footprint.table}, heir_drops_, result);
    }
    const auto ancestors = ancestors_.find(footprint.table);
    if (footprint.adds_part && ancestors != ancestors_.end()) {
      add(ancestors->second, column_changers_, result);
      add(ancestors->second, part_droppers_, result);
    }
    return result;
  }

 private:
  static void add(const Names& names, const NameIndex& index, std::set<std::size_t>& result) {
    for (const std::string& name : names) {
      const auto found = index.find(name);
      if (found == index.end()) continue;
      result.insert(found->second.begin(), found->second.end());
    }
  }
  /// No logged table may reference an unlogged one at any time.
  static void add_linked(const std::string& table, const References& links, const NameIndex& index,
                         std::set<std::size_t>& result) {
    const auto found = links.find(table);
    if (!table.empty() && found != links.end()) add(found->second, index, result);
  }
  Names with_ancestors(Names tables) const {
    for (const std::string& table : Names(tables)) {
      const auto found = ancestors_.find(table);
      if (found != ancestors_.end()) tables.insert(found->second.begin(), found->second.end());
    }
    return tables;
  }
  void add_heir_drop(const std::string& table, std::size_t node) {
    const auto ancestors = ancestors_.find(table);
    if (ancestors == ancestors_.end()) return;
    for (const std::string& name : ancestors->second) heir_drops_[name].push_back(node);
  }
  /// A text means a new column when it mentions the column's table, too.
  void add_new_columns(const Footprint& footprint, std::set<std::size_t>& result) const {
    for (const std::string& name : footprint.needs) {
      const auto found = column_makers_.find(name);
      if (found == column_makers_.end()) continue;
      for (const std::size_t maker : found->second) {
        const std::string& table = footprints_[maker].table;
        if (footprint.table == table || footprint.needs.contains(table)) result.insert(maker);
      }
    }
  }
  /// What a table gets stands on its columns as they will be, and what goes stood on them as they
  /// were.
  void add_altered_columns(const Footprint& footprint, std::set<std::size_t>& result) const {
    const auto add_if = [&](const NameIndex& index, const auto& wanted) {
      const auto found = index.find(footprint.table);
      if (found == index.end()) return;
      for (const std::size_t node : found->second) {
        if (wanted(footprints_[node])) result.insert(node);
      }
    };
    if (footprint.adds_part) {
      add_if(column_changers_, [&](const Footprint& change) {
        return footprint.needs.contains(change.alters_column);
      });
    }
    if (!footprint.alters_column.empty()) {
      add_if(part_droppers_, [&](const Footprint& drop) {
        return drop.releases.contains(footprint.alters_column);
      });
    }
  }
  void add_users_of_column(const Footprint& footprint, std::set<std::size_t>& result) const {
    const auto found = releasers_.find(footprint.takes_column);
    if (footprint.takes_column.empty() || found == releasers_.end()) return;
    for (const std::size_t user : found->second) {
      const Footprint& other = footprints_[user];
      if (other.table == footprint.table || other.releases.contains(footprint.table)) {
        result.insert(user);
      }
    }
  }

  const std::vector<Footprint>& footprints_;
  NameIndex makers_, leavers_, releasers_, column_makers_, column_changers_, heir_takers_;
  NameIndex part_droppers_, relation_makers_, relation_users_, readiers_, unbinders_;
  NameIndex heir_drops_;  ///< Of a table: drops of parts of tables that have its columns.
  NameIndex loggers_, unloggers_;
  std::map<std::string, Names> ancestors_;
  References referenced_, referencing_;
};

}  // namespace

void collect_references(const Schema& schema, References& references) {
  for (const Table& table : schema.tables) {
    for (const ForeignKey& key : table.foreign_keys) {
      references[qualified_name(table)].insert(key.referenced_table);
    }
  }
}

std::vector<Operation> in_order_of_dependency(std::vector<Operation> operations,
                                              const SchemaRules& rules, const Ancestors& ancestors,
                                              const References& references) {
  std::vector<Footprint> footprints;
  footprints.reserve(operations.size());
  const Footprints footprint_of(rules);
  for (const Operation& operation : operations) {
    footprints.push_back(operation.visit(footprint_of));
  }
  const Register names(footprints, ancestors, references);
  std::vector<std::set<std::size_t>> before;
  before.reserve(operations.size());
  for (std::size_t i = 0; i < operations.size(); ++i) before.push_back(names.before(i));
  std::vector<Operation> result;
  result.reserve(operations.size());
  for (const std::size_t i : topological_order(before)) result.push_back(std::move(operations[i]));
  return result;
}

}  // namespace ormdb
