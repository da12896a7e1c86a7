#include "dialect/postgresql/plain_constants.h"

#include <algorithm>
#include <initializer_list>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/expression.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/type_change.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {

namespace {

using Tokens = std::vector<SqlToken>;

bool is_any_word(const SqlToken& token, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return token.is_word(word); });
}

bool is_operator(const SqlToken& token) {
  if (token.kind != SqlToken::Kind::kSymbol) return false;
  return token.text.find_first_of("()[],;.:") == std::string_view::npos;
}

/// Takes the casts away from left to right.
class PlainText {
 public:
  PlainText(std::string_view sql, std::string_view column, const Type& type, const Schema& schema)
      : sql_(sql),
        tokens_(scan_sql_tokens(sql, SqlDialect::kPostgresql)),
        column_(column),
        numbers_(type_family(type) == TypeFamily::kNumber),
        type_(type_without_modifiers(type, &schema)) {}

  std::string text() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Cast cast = cast_at(i);
      const bool free =
          cast.after > i && (numbers_ ? is_free_number(i, cast) : is_beside_column(i, cast));
      if (free) i = replace(i, cast.after, constant(cast));
      if (is_column(i)) i = replace_list(i);
    }
    return plain_ += sql_.substr(copied_);
  }

  /// (a)::integer of an integer, or of a domain over it, is a.
  std::string without_own_casts() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (!is_column(i)) continue;
      std::size_t begin = i;
      while (begin > 1 && is_symbol(begin - 1, ".")) begin -= 2;
      const bool wrapped = begin > 0 && is_symbol(begin - 1, "(") && is_symbol(i + 1, ")");
      if (wrapped && is_call(begin - 1)) continue;
      const std::size_t after = after_type(i + (wrapped ? 2 : 1), type_);
      if (after == 0 || is_symbol(after, "[")) continue;
      i = replace(begin - (wrapped ? 1 : 0), after, constant({begin, i, after}));
    }
    return plain_ += sql_.substr(copied_);
  }

 private:
  /// A constant with a cast; none when `after` is where it was looked for.
  struct Cast {
    std::size_t first, last;  // of the constant itself
    std::size_t after;
  };

  std::string constant(const Cast& cast) const {
    const std::size_t begin = tokens_[cast.first].begin;
    return std::string(sql_.substr(begin, tokens_[cast.last].end - begin));
  }

  // Writes `text` in the place of the tokens from `begin` to `end`; the last of them.
  std::size_t replace(std::size_t begin, std::size_t end, const std::string& text) {
    plain_ += sql_.substr(copied_, tokens_[begin].begin - copied_);
    plain_ += text;
    copied_ = tokens_[end - 1].end;
    return end - 1;
  }

  // a = ANY (ARRAY['x'::mood, 'y'::mood]): without casts the array would be one of texts; in a
  // list, which is what it was most likely made of, each constant is read as the column is.
  std::size_t replace_list(std::size_t column) {
    const bool any = is_symbol(column + 1, "=") && is_word(column + 2, "any");
    const bool all = is_symbol(column + 1, "<>") && is_word(column + 2, "all");
    if ((!any && !all) || !is_symbol(column + 3, "(") || !is_word(column + 4, "array") ||
        !is_symbol(column + 5, "[")) {
      return column;
    }
    std::vector<std::string> constants;
    std::size_t at = column + 5;
    do {
      Cast cast = cast_at(at + 1);
      if (numbers_ && cast.after == at + 1)
        cast = {at + 1, after_number(at + 1) - 1, after_number(at + 1)};
      if (cast.after <= at + 1) return column;
      constants.push_back(constant(cast));
      at = cast.after;
    } while (is_symbol(at, ","));
    if (!is_symbol(at, "]") || !is_symbol(at + 1, ")")) return column;
    return replace(column + 1, at + 2, (any ? "IN (" : "NOT IN (") + join(constants, ", ") + ")");
  }

  bool is_word(std::size_t i, std::string_view word) const {
    return i < tokens_.size() && tokens_[i].is_word(word);
  }
  bool is_symbol(std::size_t i, std::string_view symbol) const {
    return i < tokens_.size() && tokens_[i].is_symbol(symbol);
  }
  bool is_operator_at(std::size_t i) const { return i < tokens_.size() && is_operator(tokens_[i]); }

  // The end of the type's name after `::`; 0 when another one stands there.
  std::size_t after_type(std::size_t i, std::string_view type) const {
    if (!is_symbol(i, "::") || i + 1 >= tokens_.size()) return 0;
    const std::size_t begin = tokens_[i + 1].begin;
    if (sql_.substr(begin, type.size()) != type) return 0;
    std::size_t end = i + 1;
    while (end < tokens_.size() && tokens_[end].end <= begin + type.size()) ++end;
    if (tokens_[end - 1].end != begin + type.size()) return 0;
    return is_symbol(end, "(") || is_symbol(end, ".") ? 0 : end;
  }

  // 1, '-1'::integer, ARRAY[1, '-1'::integer]; the token after it, `i` when it is none.
  std::size_t after_number(std::size_t i) const {
    if (i >= tokens_.size()) return i;
    if (tokens_[i].kind == SqlToken::Kind::kNumber) return i + 1;
    if (tokens_[i].kind == SqlToken::Kind::kString) {
      for (const char* type : {"integer", "bigint", "smallint"}) {
        if (const std::size_t end = after_type(i + 1, type)) return end;
      }
      return i;
    }
    if (!tokens_[i].is_word("array") || !is_symbol(i + 1, "[")) return i;
    for (std::size_t at = i + 2;; ++at) {
      const std::size_t end = after_number(at);
      if (end == at) return i;
      if (is_symbol(end, "]")) return end + 1;
      if (!is_symbol(end, ",")) return i;
      at = end;
    }
  }

  // Whether the parenthesis has arguments in it.
  bool is_call(std::size_t i) const {
    return i > 0 && tokens_[i - 1].end == tokens_[i].begin &&
           (tokens_[i - 1].can_be_name() || is_symbol(i - 1, ")"));
  }

  Cast cast_at(std::size_t i) const {
    if (i >= tokens_.size()) return {i, i, i};
    return numbers_ ? number_at(i) : string_at(i);
  }

  // (1)::numeric or 1::numeric, but not that of f(1)::numeric.
  Cast number_at(std::size_t i) const {
    if (!is_symbol(i, "(")) return with_number_type(i, after_number(i), 0);
    const std::size_t end = after_number(i + 1);
    if (is_call(i) || !is_symbol(end, ")")) return {i, i, i};
    return with_number_type(i, end, 1);
  }

  // `end` is where the constant ends, in as many parentheses.
  Cast with_number_type(std::size_t i, std::size_t end, std::size_t parentheses) const {
    if (end <= i + parentheses) return {i, i, i};
    for (const char* type : {"numeric", "double precision", "real", "bigint", "smallint"}) {
      std::size_t after = after_type(end + parentheses, type);
      if (after == 0) continue;
      if (is_symbol(after, "[") && is_symbol(after + 1, "]")) after += 2;
      return {i + parentheses, end - 1, after};
    }
    return {i, i, i};
  }

  Cast string_at(std::size_t i) const {
    if (tokens_[i].kind != SqlToken::Kind::kString) return {i, i, i};
    const std::size_t after = after_type(i + 1, type_);
    return after == 0 || is_symbol(after, "[") ? Cast{i, i, i} : Cast{i, i, after};
  }

  bool begins_constant(std::size_t i) const {
    return i < tokens_.size() && (after_number(i) != i || number_at(i).after != i);
  }
  bool ends_constant(std::size_t i) const {
    for (std::size_t begin = i + 1; begin-- > 0;) {
      if (is_operator(tokens_[begin])) return false;
      if (after_number(begin) == i + 1 || number_at(begin).after == i + 1) return true;
    }
    return false;
  }

  // Where two constants meet, their casts are all that says what comes of them: 1 / 2.
  bool is_free_number(std::size_t i, const Cast& cast) const {
    const bool left = i > 1 && is_operator(tokens_[i - 1]);
    const bool right = is_operator_at(cast.after);
    if (left && ends_constant(i - 2)) return false;
    if (right && begins_constant(cast.after + 1)) return false;
    return left || right || is_in_list(i);
  }

  // ARRAY[…], ANY (…), COALESCE(…)
  bool is_in_list(std::size_t i) const {
    int depth = 0;
    for (std::size_t at = i; at-- > 0;) {
      if (is_symbol(at, ")") || is_symbol(at, "]")) ++depth;
      if (!is_symbol(at, "(") && !is_symbol(at, "[")) continue;
      if (depth-- > 0) continue;
      return at > 0 && is_any_word(tokens_[at - 1], {"array", "any", "all", "in", "coalesce",
                                                     "greatest", "least", "nullif"});
    }
    return false;
  }

  bool is_column(std::size_t i) const {
    if (i >= tokens_.size() || !tokens_[i].can_be_name()) return false;
    if (tokens_[i].kind == SqlToken::Kind::kString) return false;
    const std::string name = tokens_[i].kind == SqlToken::Kind::kWord ? to_lower(tokens_[i].text)
                                                                      : tokens_[i].unquoted();
    return name == column_;
  }

  bool is_beside_column(std::size_t i, const Cast& cast) const {
    if (is_operator_at(cast.after)) {
      std::size_t other = cast.after + 1;
      while (is_symbol(other + 1, ".")) other += 2;
      if (is_column(other) && !is_symbol(other + 1, "::")) return true;
    }
    return i > 1 && is_operator(tokens_[i - 1]) && is_column(i - 2);
  }

  std::string_view sql_;
  Tokens tokens_;
  std::string column_;
  bool numbers_;
  std::string type_;
  std::string plain_;
  std::size_t copied_ = 0;  // Up to here the text is in plain_.
};

/// The texts of elements.
class Rewriter {
 public:
  Rewriter(Schema& schema, const AlterColumn& change, bool of_domain)
      : schema_(schema), change_(change), of_domain_(of_domain) {}

  void rewrite(const Element& element) {
    if (element.kind == Element::Kind::kView) return rewrite_view(element.name);
    if (element.kind == Element::Kind::kTrigger) return rewrite_trigger(element);
    if (element.kind == Element::Kind::kObject) return rewrite_object(element.object);
    if (Table* table = schema_.find_table(element.table)) rewrite_part(element, *table);
  }

 private:
  void rewrite_part(const Element& element, Table& table) {
    types_ = column_types(table, schema_);
    for (Check& check : table.checks) {
      if (is(element, Element::Kind::kCheck, check.name)) expression(check.expression);
    }
    for (Column& column : table.columns) {
      if (column.generated && is(element, Element::Kind::kGenerated, column.name)) {
        expression(column.generated->expression);
      }
    }
    for (Exclude& exclude : table.excludes) {
      if (!is(element, Element::Kind::kExclude, exclude.name)) continue;
      for (Exclude::Element& part : exclude.elements) expression(part.part.expression);
      expression(exclude.where);
    }
    for (Index& index : table.indexes) {
      if (!is(element, Element::Kind::kIndex, index.name)) continue;
      for (KeyPart& part : index.columns) expression(part.expression);
      expression(index.where);
    }
  }
  static bool is(const Element& element, Element::Kind kind, const std::string& name) {
    return element.kind == kind && element.name == name;
  }

  void rewrite_view(const std::string& name) {
    for (View& view : schema_.views) {
      if (qualified_name(view) == name) statement(view.query);
    }
  }
  void rewrite_trigger(const Element& element) {
    for (Trigger& trigger : schema_.triggers) {
      if (trigger.table == element.table && trigger.name == element.name) statement(trigger.when);
    }
  }
  void rewrite_object(const DatabaseObject& identity) {
    if (identity.kind != "policy" && identity.kind != "rule") return;
    for (DatabaseObject& object : schema_.objects) {
      if (object_element(object).object != identity) continue;
      if (const Table* table = schema_.find_table(object.table)) {
        types_ = column_types(*table, schema_);
      }
      for (auto& [name, value] : object.properties) {
        auto* text = std::get_if<SqlText>(&value);
        if (text != nullptr) object.kind == "policy" ? expression(*text) : statement(*text);
      }
    }
  }

  // Over the columns of one table, so that casts of the column itself can go as well.
  void expression(SqlText& text) {
    const std::string sql = postgresql_text(text);
    if (mentions_word(sql, change_.to.name)) put(text, canonical_expression(sql, types_));
  }
  void statement(SqlText& text) {
    const std::string sql = postgresql_text(text);
    if (mentions_word(sql, change_.to.name)) put(text, sql);
  }
  void put(SqlText& text, const std::string& sql) {
    const std::string& column = change_.to.name;
    const Type& type = change_.from.type;
    const std::string bare = of_domain_ ? without_own_casts(sql, column, type, schema_) : sql;
    const std::string plain = with_plain_constants(bare, column, type, schema_);
    if (plain != postgresql_text(text)) text = {plain, {}};
  }

  Schema& schema_;
  const AlterColumn& change_;
  bool of_domain_;
  ColumnTypes types_;
};

}  // namespace

std::string with_plain_constants(std::string_view sql, std::string_view column, const Type& type,
                                 const Schema& schema) {
  return PlainText(sql, column, type, schema).text();
}

std::string without_own_casts(std::string_view sql, std::string_view column, const Type& type,
                              const Schema& schema) {
  return PlainText(sql, column, type, schema).without_own_casts();
}

void write_plain_constants(Schema& schema, const AlterColumn& change,
                           const std::vector<Element>& elements, bool of_domain) {
  Rewriter rewriter(schema, change, of_domain);
  for (const Element& element : elements) rewriter.rewrite(element);
}

}  // namespace ormdb::postgresql
