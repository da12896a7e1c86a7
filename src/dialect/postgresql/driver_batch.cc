#include "dialect/postgresql/driver_batch.h"

#include "dialect/postgresql/driver_copy.h"
#include "dialect/postgresql/driver_types.h"
#include "dialect/postgresql/literal.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

constexpr std::size_t kMaxPlans = 512;
constexpr std::size_t kRowsOfBatch = 16384;
// Fewer rows are not worth the round trips of a COPY.
constexpr std::size_t kLeastRowsOfCopy = 100;
constexpr std::size_t kRowsOfCopy = 65536;
constexpr std::size_t kBytesOfPiece = std::size_t{256} << 10;
// A message to the server may have 1 GB.
constexpr std::size_t kBytesOfBatch = std::size_t{64} << 20;

bool is_string(Oid type) {
  return type == type::kText || type == type::kVarchar || type == type::kBpchar;
}

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

std::vector<std::string> names_of(const std::vector<PlanColumn>& columns) {
  std::vector<std::string> names;
  for (const PlanColumn& column : columns) names.push_back(quote(column.name));
  return names;
}

std::string mark(std::size_t number) { return "$" + std::to_string(number); }

// "a = $1, b = $2", from `number` on.
std::string marked(const std::vector<PlanColumn>& columns, std::string_view separator,
                   std::size_t number) {
  std::vector<std::string> items = names_of(columns);
  for (std::string& item : items) item += " = " + mark(number++);
  return joined(items, separator);
}

std::string insert_one_text(const InsertPlan& plan) {
  std::string sql = "INSERT INTO " + plan.table;
  std::vector<std::string> marks;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) marks.push_back(mark(i + 1));
  if (marks.empty()) {
    sql += " DEFAULT VALUES";
  } else {
    sql += " (" + joined(names_of(plan.columns), ", ") + ") VALUES (" + joined(marks, ", ") + ")";
  }
  std::vector<std::string> returning;
  for (const std::string& column : plan.returning) returning.push_back(quote(column));
  if (!plan.generated_key.empty()) returning.push_back(quote(plan.generated_key));
  if (!returning.empty()) sql += " RETURNING " + joined(returning, ", ");
  return sql;
}

// unnest($1::int8[], $2::text[]) WITH ORDINALITY AS src(c0, c1, ord)
std::string unnested(const std::vector<PlanColumn>& columns) {
  std::vector<std::string> arrays, names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    arrays.push_back(mark(i + 1) + "::" + element_type(columns[i].kind).name + "[]");
    names.push_back("c" + std::to_string(i));
  }
  names.emplace_back("ord");
  return "unnest(" + joined(arrays, ", ") + ") WITH ORDINALITY AS src(" + joined(names, ", ") + ")";
}

std::vector<PlanColumn> both(const std::vector<PlanColumn>& set,
                             const std::vector<PlanColumn>& key) {
  std::vector<PlanColumn> columns = set;
  columns.insert(columns.end(), key.begin(), key.end());
  return columns;
}

// Rows [first, …) as many as one statement takes; the index behind them.
std::size_t gather(RowSource& rows, std::size_t first, ArrayRows& arrays) {
  arrays.clear();
  const std::size_t end = std::min(rows.size(), first + kRowsOfBatch);
  std::size_t row = first;
  while (row < end && arrays.bytes() < kBytesOfBatch) rows.put(row++, arrays);
  return row;
}

void put_arrays(ArrayRows& arrays, Statement& statement) {
  for (ArrayValue& array : arrays.arrays()) statement.put_column(array);
}

}  // namespace

BatchWriter::Plan& BatchWriter::plan_of(std::uint64_t id) {
  if (plans_.size() >= kMaxPlans && !plans_.contains(id)) plans_.clear();
  return plans_[id];
}

BatchWriter::TableInfo& BatchWriter::table(const std::string& name) {
  if (const auto known = tables_.find(name); known != tables_.end()) return known->second;
  Statement statement(wire_,
                      "SELECT attname, atttypid, pg_catalog.format_type(atttypid, -1), "
                      "(SELECT s FROM pg_catalog.pg_get_serial_sequence($1, attname) AS s "
                      "WHERE pg_catalog.has_sequence_privilege(s, 'USAGE')), "
                      "(SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT relrowsecurity "
                      "FROM pg_catalog.pg_class WHERE oid = attrelid) "
                      "FROM pg_catalog.pg_attribute WHERE attrelid = $2::pg_catalog.regclass "
                      "AND attnum > 0 AND NOT attisdropped");
  statement.put_text(name);
  statement.put_text(name);
  TableInfo info;
  while (statement.step()) {
    std::string_view column, cast, sequence;
    std::int64_t type = 0;
    bool takes_copy = false;
    statement.get_text(0, column);
    statement.get_integer(1, type);
    statement.get_text(2, cast);
    statement.get_text(3, sequence);
    statement.get_bool(4, takes_copy);
    info[std::string(column)] = {static_cast<Oid>(type), std::string(cast), std::string(sequence),
                                 takes_copy};
  }
  return tables_[name] = std::move(info);
}

// The source's column as the table's type; without a cast where none is needed, so that a text that
// is too long is refused and not cut.
std::string BatchWriter::item(const TableInfo& info, const PlanColumn& column,
                              const std::string& source) {
  const auto found = info.find(column.name);
  const Oid sent = element_type(column.kind).oid;
  if (found == info.end() || found->second.type == sent) return source;
  if (is_string(sent) && is_string(found->second.type)) return source;
  return source + "::" + found->second.cast;
}

std::string BatchWriter::insert_many_text(const InsertPlan& plan) {
  const TableInfo& info = table(plan.table);
  std::vector<std::string> items;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    items.push_back(item(info, plan.columns[i], "c" + std::to_string(i)));
  }
  const std::string names = joined(names_of(plan.columns), ", ");
  const std::string values = joined(items, ", ");
  if (plan.generated_key.empty()) {
    return "INSERT INTO " + plan.table + " (" + names + ") SELECT " + values + " FROM " +
           unnested(plan.columns);
  }
  const std::string key = quote(plan.generated_key);
  std::vector<std::string> returning;
  for (const std::string& column : plan.returning) returning.push_back("ins." + quote(column));
  returning.emplace_back("src.new_key");
  std::string returned = key;
  for (const std::string& column : plan.returning) returned += ", " + quote(column);
  std::string sql = "WITH src AS MATERIALIZED (SELECT pg_catalog.nextval(" +
                    string_literal(info.at(plan.generated_key).sequence) +
                    "::pg_catalog.regclass) AS new_key, src.* FROM " + unnested(plan.columns) +
                    "), ins AS (INSERT INTO " + plan.table + " (" + key + ", " + names +
                    ") OVERRIDING SYSTEM VALUE SELECT new_key, " + values + " FROM src";
  if (!plan.returning.empty()) sql += " RETURNING " + returned;
  sql += ") SELECT " + joined(returning, ", ") + " FROM src";
  if (!plan.returning.empty()) sql += " JOIN ins ON ins." + key + " = src.new_key";
  return sql + " ORDER BY src.ord";
}

// The types by which the plan's rows can go in a COPY, the generated key's last; none: they cannot.
std::vector<Oid> BatchWriter::types_to_copy(const InsertPlan& plan) {
  if (!plan.returning.empty() || plan.columns.empty()) return {};
  const TableInfo& info = table(plan.table);
  std::vector<PlanColumn> columns = plan.columns;
  if (!plan.generated_key.empty()) columns.push_back({plan.generated_key, ValueKind::kInteger});
  std::vector<Oid> types;
  for (const PlanColumn& column : columns) {
    const auto found = info.find(column.name);
    if (found == info.end() || !found->second.takes_copy) return {};
    const Oid type = found->second.type;
    const bool textual = column.kind == ValueKind::kText && wire_.is_textual(type);
    if (!CopyRows::takes(column.kind, type, textual)) return {};
    types.push_back(type);
  }
  const bool needs_sequence = !plan.generated_key.empty();
  if (needs_sequence && info.at(plan.generated_key).sequence.empty()) return {};
  return types;
}

// COPY's bytes bear no type, and eight of them fit a bigint, a float8 and a timestamp: another
// session may have altered the column since the last COPY. From here on COPY's own lock keeps it.
void BatchWriter::look_up_copy(const InsertPlan& plan, Plan& known) {
  if (wire_.in_transaction()) {
    wire_.run("LOCK TABLE " + plan.table + " IN ROW EXCLUSIVE MODE");
  }
  if (known.columns == nullptr) {
    known.columns = std::make_unique<Statement>(
        wire_,
        "SELECT pg_catalog.concat(max(relhasrules::int), max(relrowsecurity::int), "
        "pg_catalog.string_agg(attname || ' ' || atttypid, ',' ORDER BY attnum)) "
        "FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class c ON c.oid = attrelid "
        "WHERE attrelid = $1::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped");
  }
  known.columns->put_text(plan.table);
  std::string_view now;
  if (known.columns->step()) known.columns->get_text(0, now);
  const bool changed = now != known.copied_columns;
  known.copied_columns = now;
  known.columns->reset();
  if (!changed) return;
  tables_.erase(plan.table);
  known.copied = types_to_copy(plan);
}

std::vector<std::int64_t> BatchWriter::new_keys(const std::string& sequence, std::size_t count) {
  Statement statement(wire_,
                      "SELECT pg_catalog.nextval($1::pg_catalog.regclass) "
                      "FROM pg_catalog.generate_series(1, $2)");
  statement.put_text(sequence);
  statement.put_integer(static_cast<std::int64_t>(count));
  std::vector<std::int64_t> keys;
  keys.reserve(count);
  while (statement.step()) statement.get_integer(0, keys.emplace_back());
  return keys;
}

void BatchWriter::insert_copied(const InsertPlan& plan, const std::vector<Oid>& types,
                                RowSource& rows) {
  std::vector<std::string> names = names_of(plan.columns);
  const bool has_keys = !plan.generated_key.empty();
  if (has_keys) names.push_back(quote(plan.generated_key));
  const std::string sql =
      "COPY " + plan.table + " (" + joined(names, ", ") + ") FROM STDIN (FORMAT binary)";
  const std::string sequence = has_keys ? table(plan.table)[plan.generated_key].sequence : "";
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t end = std::min(rows.size(), first + kRowsOfCopy);
    std::vector<std::int64_t> keys;
    if (has_keys) keys = new_keys(sequence, end - first);
    CopyRows copy(types);
    std::size_t row = first;
    bool ended = false;
    copy.begin();
    wire_.copy_in(sql, [&](std::string& piece) {
      while (row < end && copy.data().size() < kBytesOfPiece) {
        copy.begin_row();
        rows.put(row, copy);
        if (has_keys) copy.put_integer(keys[row - first]);
        ++row;
      }
      if (row == end && !std::exchange(ended, true)) copy.end();
      copy.swap(piece);
    });
    for (row = first; row < end; ++row) {
      rows.written(row, has_keys ? keys[row - first] : 0, nullptr);
    }
    first = end;
  }
}

void BatchWriter::insert(const InsertPlan& plan, RowSource& rows) {
  Plan& known = plan_of(plan.id);
  if (plan.bulk && rows.size() >= kLeastRowsOfCopy) {
    look_up_copy(plan, known);
    if (!known.copied.empty()) return insert_copied(plan, known.copied, rows);
  }
  const bool by_key = plan.returning.empty() || !plan.generated_key.empty();
  if (rows.size() > 1 && known.many == nullptr && known.has_many) {
    const bool has_sequence =
        plan.generated_key.empty() || !table(plan.table)[plan.generated_key].sequence.empty();
    known.has_many = by_key && has_sequence && !plan.columns.empty();
    if (known.has_many) known.many = std::make_unique<Statement>(wire_, insert_many_text(plan));
  }
  if (rows.size() > 1 && known.many != nullptr) return insert_many(*known.many, plan, rows);
  if (known.one == nullptr) known.one = std::make_unique<Statement>(wire_, insert_one_text(plan));
  insert_each(*known.one, plan, rows);
}

void BatchWriter::insert_each(Statement& statement, const InsertPlan& plan, RowSource& rows) {
  statement.reset();
  const auto key_column = static_cast<int>(plan.returning.size());
  const std::size_t count = rows.size();
  for (std::size_t row = 0; row < count; ++row) {
    rows.put(row, statement);
    bool told = false;
    while (statement.step()) {
      std::int64_t key = 0;
      if (!plan.generated_key.empty()) statement.get_integer(key_column, key);
      rows.written(row, key, plan.returning.empty() ? nullptr : &statement);
      told = true;
    }
    if (!told) rows.written(row, 0, nullptr);
  }
}

void BatchWriter::insert_many(Statement& statement, const InsertPlan& plan, RowSource& rows) {
  ArrayRows arrays(plan.columns);
  const auto key_column = static_cast<int>(plan.returning.size());
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t end = gather(rows, first, arrays);
    statement.reset();
    put_arrays(arrays, statement);
    std::size_t row = first;
    while (statement.step()) {
      std::int64_t key = 0;
      statement.get_integer(key_column, key);
      rows.written(row++, key, plan.returning.empty() ? nullptr : &statement);
    }
    if (plan.generated_key.empty()) {
      while (row < end) rows.written(row++, 0, nullptr);
    }
    if (row != end) {
      throw Error(ErrorKind::kDatabase, "not all rows of an INSERT into " + plan.table +
                                            " came back: a trigger or a rule kept some away");
    }
    first = end;
  }
}

// FROM unnest(…) WHERE target.key = src.key RETURNING ord
std::string BatchWriter::changed_rows_text(const TableInfo& info,
                                           const std::vector<PlanColumn>& columns,
                                           const std::vector<PlanColumn>& key) {
  std::vector<std::string> conditions;
  const std::size_t first = columns.size() - key.size();
  for (std::size_t i = 0; i < key.size(); ++i) {
    conditions.push_back("target." + quote(key[i].name) + " = " +
                         item(info, key[i], "src.c" + std::to_string(first + i)));
  }
  return unnested(columns) + " WHERE " + joined(conditions, " AND ") + " RETURNING src.ord";
}

std::size_t BatchWriter::update(const UpdatePlan& plan, RowSource& rows) {
  Plan& known = plan_of(plan.id);
  if (rows.size() == 1) {
    if (known.one == nullptr) {
      known.one = std::make_unique<Statement>(
          wire_, "UPDATE " + plan.table + " SET " + marked(plan.set, ", ", 1) + " WHERE " +
                     marked(plan.key, " AND ", plan.set.size() + 1));
    }
    return change_each(*known.one, rows);
  }
  const std::vector<PlanColumn> columns = both(plan.set, plan.key);
  if (known.many == nullptr) {
    const TableInfo& info = table(plan.table);
    std::vector<std::string> set;
    for (std::size_t i = 0; i < plan.set.size(); ++i) {
      set.push_back(quote(plan.set[i].name) + " = " +
                    item(info, plan.set[i], "src.c" + std::to_string(i)));
    }
    known.many = std::make_unique<Statement>(wire_, "UPDATE " + plan.table + " AS target SET " +
                                                        joined(set, ", ") + " FROM " +
                                                        changed_rows_text(info, columns, plan.key));
  }
  return change_many(*known.many, columns, rows);
}

std::size_t BatchWriter::remove(const DeletePlan& plan, RowSource& rows) {
  Plan& known = plan_of(plan.id);
  if (rows.size() == 1) {
    if (known.one == nullptr) {
      known.one = std::make_unique<Statement>(
          wire_, "DELETE FROM " + plan.table + " WHERE " + marked(plan.key, " AND ", 1));
    }
    return change_each(*known.one, rows);
  }
  if (known.many == nullptr) {
    known.many = std::make_unique<Statement>(
        wire_, "DELETE FROM " + plan.table + " AS target USING " +
                   changed_rows_text(table(plan.table), plan.key, plan.key));
  }
  return change_many(*known.many, plan.key, rows);
}

std::size_t BatchWriter::change_each(Statement& statement, RowSource& rows) {
  statement.reset();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows.put(row, statement);
    statement.step();
    if (statement.changes() == 0) return row;
    rows.written(row, 0, nullptr);
  }
  return rows.size();
}

std::size_t BatchWriter::change_many(Statement& statement, const std::vector<PlanColumn>& columns,
                                     RowSource& rows) {
  ArrayRows arrays(columns);
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t end = gather(rows, first, arrays);
    statement.reset();
    put_arrays(arrays, statement);
    std::vector<bool> met(end - first);
    while (statement.step()) {
      std::int64_t ord = 0;
      statement.get_integer(0, ord);
      met[static_cast<std::size_t>(ord - 1)] = true;
    }
    for (std::size_t row = first; row < end; ++row) {
      if (!met[row - first]) return row;
      rows.written(row, 0, nullptr);
    }
    first = end;
  }
  return rows.size();
}

void BatchWriter::reset() noexcept {
  for (auto& [id, plan] : plans_) {
    if (plan.one != nullptr) plan.one->reset();
    if (plan.many != nullptr) plan.many->reset();
  }
}

}  // namespace ormdb::postgresql
