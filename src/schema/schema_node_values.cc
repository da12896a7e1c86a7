// Types, literals, SQL text and options: the leaves of the documents.
#include <algorithm>

#include "base/text.h"
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace schema_node {

const std::vector<std::string>& dialect_names() {
  static const std::vector<std::string> kNames = {"sqlite", "postgresql", "mysql"};
  return kNames;
}

namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

}  // namespace

// The common part of YAML's and JSON's numbers: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_plain_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    at = skip_digits(text, at);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(text, at);
    if (at == exponent) return false;
  }
  return at == text.size();
}

}  // namespace schema_node

namespace {

bool is_known_dialect(std::string_view name) {
  const auto& names = dialect_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The first word of a type, for suggestions.
std::string type_word(std::string_view text) {
  return to_lower(trim(text.substr(0, text.find('('))));
}

/// Words of SQL and of SQLAlchemy, and what ormdb calls them.
std::string portable_word(std::string_view word) {
  static const std::vector<std::pair<std::string, std::string>> kWords = {
      {"int", "integer"},
      {"bigint", "big_integer"},
      {"smallint", "small_integer"},
      {"biginteger", "big_integer"},
      {"smallinteger", "small_integer"},
      {"varchar", "string(n)"},
      {"char", "string(n)"},
      {"str", "string(n)"},
      {"nvarchar", "string(n)"},
      {"bool", "boolean"},
      {"timestamp", "datetime"},
      {"timestamptz", "datetime(tz)"},
      {"blob", "large_binary"},
      {"bytea", "large_binary"},
      {"binary", "large_binary"},
      {"largebinary", "large_binary"},
      {"decimal", "numeric"},
      {"real", "float"},
      {"clob", "text"},
      {"guid", "uuid"},
      {"serial", "integer"}};
  for (const auto& [theirs, ours] : kWords) {
    if (theirs == word) return ours;
  }
  return "";
}

std::string type_hint(std::string_view text) {
  const std::string word = type_word(text);
  const auto& names = type_names();
  if (std::find(names.begin(), names.end(), word) != names.end()) {
    const bool cut = word == "numeric" && text.find('(') != text.npos && !text.ends_with(')');
    if (cut) return "within { } a comma ends a value: put the type in quotes, \"numeric(10,2)\"";
    return "write it like string(20), numeric(10,2), datetime(tz), enum(status), array(text)";
  }
  std::string meant = portable_word(word);
  if (meant.empty()) meant = nearest(word, names);
  if (!meant.empty()) return "did you mean '" + meant + "'?";
  return "types are " + join(names, ", ") + "; write {sqlite: …} for one that only an engine knows";
}

Type read_type_map(const NodeReader& parent, const Node& node) {
  NodeReader reader(node, parent.source(), parent.kind(), "the type of " + parent.what());
  Type type;
  if (reader.has("enum")) {
    type.kind = TypeKind::kEnum;
    type.name = reader.require_text("enum");
  } else if (const Node* element = reader.get("array")) {
    type.kind = TypeKind::kArray;
    type.element.push_back(read_type(parent, *element));
  } else {
    type.kind = TypeKind::kNative;
    for (const std::string& dialect : dialect_names()) {
      if (!reader.has(dialect)) continue;
      const Node* spelling = reader.get(dialect);
      // A column of SQLite may be without a type.
      const bool without =
          dialect == "sqlite" && spelling->kind == Node::Kind::kString && spelling->text.empty();
      type.native[dialect] = without ? "" : reader.require_text(dialect);
    }
  }
  reader.finish();
  if (type.kind == TypeKind::kNative && type.native.empty()) {
    throw parent.error(node, "the type of " + parent.what() + " is empty");
  }
  return type;
}

}  // namespace

Type read_type(const NodeReader& reader, const Node& node) {
  if (node.is_map()) return read_type_map(reader, node);
  if (node.is_list() || node.is_null()) {
    throw reader.error(node, "the type of " + reader.what() + " must be text or a map")
        .hint("write it like string(20), or {sqlite: NVARCHAR(160)}");
  }
  if (auto type = parse_type(node.text)) return *std::move(type);
  const auto& names = type_names();
  const bool known = std::find(names.begin(), names.end(), type_word(node.text)) != names.end();
  throw reader
      .error(node,
             (known ? "malformed type '" : "unknown type '") + node.text + "' for " + reader.what())
      .hint(type_hint(node.text));
}

Node type_to_node(const Type& type) {
  if (type.kind == TypeKind::kNative) {
    Node node = Node::map();
    for (const auto& [dialect, spelling] : type.native) node.set(dialect, spelling);
    return node;
  }
  const std::string text = render_type(type);
  // Only what holds a name or another type can have no text form.
  if (type.kind == TypeKind::kEnum && parse_type(text) != type) {
    return Node::map({{"enum", Node(type.name)}});
  }
  if (type.kind == TypeKind::kArray && !type.element.empty() && parse_type(text) != type) {
    return Node::map({{"array", type_to_node(type.element.front())}});
  }
  return text;
}

SqlText read_sql_text(const NodeReader& reader, const Node& node) {
  SqlText text;
  if (node.is_list() || node.is_null()) {
    throw reader.error(node, "SQL in " + reader.what() + " must be text or a map of dialects")
        .hint("write SQL, or {sqlite: SQL, default: SQL}");
  }
  if (node.is_scalar()) {
    text.common = std::string(trim(node.text));
    return text;
  }
  NodeReader map(node, reader.source(), reader.kind(), "SQL by dialect in " + reader.what());
  text.common = std::string(trim(map.text("default")));
  for (const std::string& dialect : dialect_names()) {
    if (map.has(dialect)) text.by_dialect[dialect] = std::string(trim(map.text(dialect)));
  }
  map.finish();
  return text;
}

Node sql_text_to_node(const SqlText& text) {
  if (text.by_dialect.empty()) return text.common;
  Node node = Node::map();
  for (const auto& [dialect, sql] : text.by_dialect) node.set(dialect, sql);
  node.set_if("default", text.common);
  return node;
}

namespace {

Literal read_number(const NodeReader& reader, const Node& node) {
  const std::string_view text = node.text;
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto is_digit = [text](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  const bool point = sign < text.size() && text[sign] == '.';
  if (!is_digit(sign) && !(point && is_digit(sign + 1))) {
    throw reader.error(node, "'" + node.text + "' in " + reader.what() + " is no number in SQL");
  }
  return Literal::number(node.text);
}

Literal read_literal_map(const NodeReader& parent, const Node& node) {
  NodeReader reader(node, parent.source(), parent.kind(), "a value in " + parent.what());
  Literal literal;
  if (const Node* number = reader.get("number")) {
    literal = read_number(parent, *number);
  } else {
    literal.kind = Literal::Kind::kSql;
    literal.sql = read_sql_text(parent, reader.require("sql"));
  }
  reader.finish();
  if (literal.kind == Literal::Kind::kSql && literal.sql.empty()) {
    throw parent.error(node, "an SQL expression in " + parent.what() + " is empty");
  }
  return literal;
}

}  // namespace

Literal read_literal(const NodeReader& reader, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return Literal::null();
    case Node::Kind::kBoolean:
      return Literal::boolean(node.text == "true");
    case Node::Kind::kInteger:
    case Node::Kind::kFloat:
      return read_number(reader, node);
    case Node::Kind::kString:
      return Literal::string(node.text);
    case Node::Kind::kBinary:
      return Literal::binary(node.text);
    case Node::Kind::kMap:
      return read_literal_map(reader, node);
    case Node::Kind::kList:
      break;
  }
  throw reader.error(node, "a value in " + reader.what() + " is a list")
      .hint("a value is null, true, false, a number, text, !!binary or {sql: EXPRESSION}");
}

Node literal_to_node(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::kNull:
      break;
    case Literal::Kind::kBoolean:
      return literal.text == "true";
    case Literal::Kind::kNumber:
      if (is_plain_number(literal.text)) return Node::number(literal.text);
      return Node::map({{"number", Node(literal.text)}});
    case Literal::Kind::kString:
      return literal.text;
    case Literal::Kind::kBinary:
      return Node::binary(literal.text);
    case Literal::Kind::kSql:
      return Node::map({{"sql", sql_text_to_node(literal.sql)}});
  }
  return {};
}

namespace {

// Settings that are on or off, and those whose value is what a conflict does.
struct SqliteOptions {
  std::vector<std::string> flags, actions;
};

SqliteOptions sqlite_options(OptionsOf of) {
  switch (of) {
    case OptionsOf::kTable:
      return {{"strict", "without_rowid"}, {}};
    case OptionsOf::kColumn:
      return {{}, {"not_null_on_conflict"}};
    case OptionsOf::kPrimaryKey:
      return {{"inline_desc"}, {"on_conflict"}};
    case OptionsOf::kUnique:
    case OptionsOf::kCheck:
      return {{}, {"on_conflict"}};
    case OptionsOf::kOther:
      break;
  }
  return {};
}

void check_sqlite_options(const NodeReader& parent, const Node& node, OptionsOf of) {
  static const std::vector<std::string> kActions = {"rollback", "abort", "fail", "ignore",
                                                    "replace"};
  NodeReader reader(node, parent.source(), parent.kind(),
                    "the options 'sqlite' of " + parent.what());
  const SqliteOptions known = sqlite_options(of);
  for (const std::string& key : known.flags) {
    const Node* value = reader.get(key);
    if (value == nullptr || value->text == "true" || value->text == "false") continue;
    throw reader.error_at_key(key, "'" + key + "' in " + reader.what() +
                                       " must be true or false, not '" + value->text + "'");
  }
  for (const std::string& key : known.actions) {
    const Node* value = reader.get(key);
    if (value == nullptr) continue;
    const std::string action = to_lower(value->text);
    if (std::find(kActions.begin(), kActions.end(), action) != kActions.end()) continue;
    throw reader
        .error_at_key(key, "'" + value->text + "' is no value for '" + key + "' in " +
                               reader.what() + did_you_mean(action, kActions))
        .hint("one of: " + join(kActions, ", "));
  }
  reader.finish();
}

}  // namespace

Options read_options(NodeReader& reader, OptionsOf of) {
  Options options;
  for (const std::string& dialect : dialect_names()) {
    const Node* node = reader.get(dialect);
    if (node == nullptr || node->is_null()) continue;
    if (!node->is_map()) {
      throw reader.error_at_key(
          dialect, "the options '" + dialect + "' of " + reader.what() + " must be a map");
    }
    if (dialect == "sqlite") check_sqlite_options(reader, *node, of);
    for (const auto& [key, value] : node->entries) {
      if (key == "inherits" && value.is_list()) {
        std::vector<std::string> parents;
        for (const Node& item : value.items) parents.push_back(item.text);
        options[dialect][key] = join(parents, ", ");
        continue;
      }
      if (!value.is_scalar() || value.is_null()) {
        throw reader.error(value, "the option " + dialect + "." + key + " of " + reader.what() +
                                      " must be a scalar");
      }
      if (value.kind == Node::Kind::kBoolean && value.text == "false") continue;
      options[dialect][key] = value.text;
    }
  }
  return options;
}

Node options_to_node(const Options& options) {
  Node node = Node::map();
  append_options(node, options);
  return node;
}

void schema_node::append_options(Node& node, const Options& options) {
  for (const auto& [dialect, values] : options) {
    if (values.empty() || !is_known_dialect(dialect)) continue;
    Node map = Node::map();
    for (const auto& [key, value] : values) {
      if (value == "true") {
        map.set(key, true);
      } else {
        map.set(key, is_plain_number(value) ? Node::number(value) : Node(value));
      }
    }
    node.set(dialect, std::move(map));
  }
}

}  // namespace ormdb
