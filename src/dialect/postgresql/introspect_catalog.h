// What the readers of the catalogs share: the connection, names of places, comments, and the schema
// as far as it is read. introspect_parts.h lists the readers.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dialect/postgresql/introspect_row.h"
#include "ormdb/dialect.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The system catalogs by their oids, which are the same in all versions (the CATALOG lines of
/// src/include/catalog/pg_*.h); what pg_description and pg_depend call an object's class.
enum class CatalogClass : Oid {
  kType = 1247,
  kProcedure = 1255,
  kRelation = 1259,
  kConstraint = 2606,
  kNamespace = 2615,
  kOperator = 2617,
  kRewrite = 2618,
  kTrigger = 2620,
  kPolicy = 3256,
  kStatistics = 3381,
  kCollation = 3456,
  kEventTrigger = 3466,
};

/// A column of a relation, for those that name it by number.
struct Attribute {
  std::string name;  ///< "" for one that was dropped.
  Oid type = 0;
  Oid collation = 0;
};

/// A table or view, and where it is in the schema that is built.
struct Relation {
  enum class Kind { kTable, kView, kLeftOut };
  Kind kind = Kind::kLeftOut;
  std::string qualified;  ///< As qualified_name() of the table or view.
  std::string name;
  std::string schema;
  std::size_t position = 0;           ///< In Schema::tables or views.
  std::vector<Attribute> attributes;  ///< By number, which begins at 1.

  const std::string& column(std::int64_t number) const;  ///< "" when there is none.
};

/// A sequence and the column that owns it.
struct OwnedSequence {
  DatabaseObject object;
  std::string regclass;   ///< As in nextval('…'::regclass).
  std::string data_type;  ///< "integer", …
  bool plain = false;     ///< Parameters are the defaults, and there is no comment.
};

/// What is set on a column of an index.
struct IndexColumn {
  std::vector<std::string> parameters;  ///< Of its operator class: "siglen=32".
  std::string statistics;
};

using ColumnKey = std::pair<Oid, std::int64_t>;  // relation, number of the column

/// What is built, with what one reader leaves for the next.
struct Draft {
  Schema schema;
  std::unordered_map<Oid, Relation> relations;
  std::unordered_map<Oid, std::string> enums;       ///< Enum type → qualified name.
  std::unordered_map<Oid, Oid> enum_arrays;         ///< Array type → its enum.
  std::unordered_map<Oid, std::string> collations;  ///< As Column::collation spells them.
  std::map<ColumnKey, OwnedSequence> identities;
  std::multimap<ColumnKey, OwnedSequence> owned_sequences;  ///< A column may own several.
  std::map<ColumnKey, IndexColumn> index_columns;

  /// nullptr for what is left out or is something else.
  Table* table(Oid relation);
  View* view(Oid relation);
  /// A table or view that is not left out; nullptr if it is.
  const Relation* relation(Oid relation) const;
};

class Catalog {
 public:
  /// Reads the places and the comments.
  Catalog(Connection& connection, const IntrospectOptions& options, std::string default_schema,
          int version);

  int version() const { return version_; }  ///< 13 … 18.

  using ReadRow = std::function<void(CatalogRow&)>;
  void each_row(const std::string& sql, const ReadRow& read) const;

  /// "c.relnamespace = ANY (…)": in one of the schemas chosen.
  std::string in_schemas(std::string_view column) const;
  /// "NOT EXISTS (…)": no extension owns it.
  static std::string not_of_extension(CatalogClass of_class, std::string_view oid);
  /// The function's name with its schema unless the search path finds it; NULL for none. regproc
  /// would spell the default schema where a name is overloaded.
  static std::string function_name(std::string_view oid);
  /// The types of an oidvector of pg_proc: "integer, text".
  static std::string input_types(std::string_view column);
  /// `text` from `version` on, else `otherwise`.
  std::string_view since(int version, std::string_view text, std::string_view otherwise) const {
    return version_ >= version ? text : otherwise;
  }

  bool is_chosen(Oid name_space) const { return chosen_.count(name_space) != 0; }
  bool chooses_all() const { return options_.schemas.empty(); }
  const std::vector<Oid>& chosen() const { return chosen_in_order_; }
  const std::string& default_schema() const { return default_schema_; }
  /// The schema's name; "" for the default schema.
  const std::string& schema_name(Oid name_space) const;
  /// "schema.name", or the name alone in the default schema.
  std::string qualified(Oid name_space, std::string_view name) const;
  bool is_ignored(const std::string& schema, const std::string& name) const;
  bool extension_owns_schema(Oid name_space) const { return of_extensions_.count(name_space) != 0; }

  /// "" when there is none.
  const std::string& comment(CatalogClass of_class, Oid oid, std::int64_t column = 0) const;

 private:
  void read_namespaces();
  void read_comments();

  Connection& connection_;
  const IntrospectOptions& options_;
  std::string default_schema_;
  int version_;
  std::unordered_set<std::string> ignored_;
  std::unordered_map<Oid, std::string> namespaces_;
  std::unordered_set<Oid> chosen_;
  std::vector<Oid> chosen_in_order_;
  std::unordered_set<Oid> of_extensions_;
  using ObjectKey = std::pair<Oid, std::int64_t>;  // oid, column
  std::map<std::pair<Oid, ObjectKey>, std::string> comments_;
};

/// Sets a property unless it is empty.
void put(DatabaseObject& object, const std::string& property, std::string text);
void put(DatabaseObject& object, const std::string& property, std::vector<std::string> list);
void put(DatabaseObject& object, const std::string& property, std::vector<NamedText> entries);
/// "true", or nothing.
void put_flag(DatabaseObject& object, const std::string& property, bool set);

/// The same for options of PostgreSQL.
void put(Options& options, const std::string& key, std::string text);
void put_flag(Options& options, const std::string& key, bool set);
/// Storage parameters ("fillfactor=70"), each under its own name.
void put_parameters(Options& options, const std::vector<std::string>& parameters,
                    std::string_view prefix = {});

/// The word for a letter of the catalogs; "" for one that is not in the list, which is where the
/// default belongs.
using LetterWord = std::pair<char, std::string_view>;
std::string word_of(char letter, std::initializer_list<LetterWord> words);

}  // namespace ormdb::postgresql
