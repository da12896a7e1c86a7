// The parser of SQLite's DDL on any bytes. Laws: it returns an object or throws kDatabase or
// kUnsupported with the statement; what it returns can be normalized, and normalizing that changes
// nothing.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/rules.h"
#include "ormdb/error.h"

namespace {

void require(bool law) {
  if (!law) std::abort();
}

struct Collect {
  ormdb::Schema* schema;
  void operator()(ormdb::Table&& table) const { schema->tables.push_back(std::move(table)); }
  void operator()(ormdb::VirtualTable&& table) const {
    schema->virtual_tables.push_back(std::move(table));
  }
  void operator()(ormdb::View&& view) const { schema->views.push_back(std::move(view)); }
  void operator()(ormdb::Trigger&& trigger) const {
    schema->triggers.push_back(std::move(trigger));
  }
  void operator()(ormdb::SqliteIndex&& index) const {
    ormdb::Table table;
    table.name = index.table;
    table.indexes.push_back(std::move(index.index));
    schema->tables.push_back(std::move(table));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ormdb::Schema schema;
  try {
    std::visit(Collect{&schema}, ormdb::parse_sqlite_ddl(text));
  } catch (const ormdb::Error& error) {
    const bool expected = error.kind() == ormdb::ErrorKind::kDatabase ||
                          error.kind() == ormdb::ErrorKind::kUnsupported;
    require(expected && (error.statement() == text || error.kind() != ormdb::ErrorKind::kDatabase));
    return 0;
  }
  const ormdb::Schema once = ormdb::sqlite_rules().normalize(schema);
  require(ormdb::sqlite_rules().normalize(once) == once);
  return 0;
}
