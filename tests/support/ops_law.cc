#include "support/ops_law.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <utility>

#include "base/yaml.h"
#include "schema/schema_node.h"
#include "support/ops_schema_generator.h"

namespace ormdb {
namespace {

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Every schema with one thing less.
std::vector<Schema> smaller(const Schema& schema) {
  std::vector<Schema> result;
  const auto without_each = [&](auto list) {
    for (std::size_t i = 0; i < (schema.*list).size(); ++i) {
      Schema less = schema;
      (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(i));
      result.push_back(std::move(less));
    }
  };
  without_each(&Schema::triggers);
  without_each(&Schema::views);
  without_each(&Schema::virtual_tables);
  without_each(&Schema::tables);
  const auto without_each_part = [&](std::size_t table, auto list) {
    for (std::size_t i = 0; i < (schema.tables[table].*list).size(); ++i) {
      Schema less = schema;
      auto& parts = less.tables[table].*list;
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
      result.push_back(std::move(less));
    }
  };
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    without_each_part(i, &Table::indexes);
    without_each_part(i, &Table::foreign_keys);
    without_each_part(i, &Table::checks);
    without_each_part(i, &Table::uniques);
    if (schema.tables[i].columns.size() > 1) without_each_part(i, &Table::columns);
  }
  for (Schema& less : result) drop_dangling(less);
  return result;
}

}  // namespace

SchemaPair generated_pair(std::uint64_t seed) {
  OpsSchemaGenerator generator(seed);
  SchemaPair pair;
  pair.from = generator.schema();
  pair.to = seed % 10 == 0 ? generator.schema() : generator.mutated(pair.from);
  return pair;
}

SchemaPair shrunk(SchemaPair pair, const SchemaLaw& law) {
  for (bool progress = true; progress;) {
    progress = false;
    for (Schema SchemaPair::*side : {&SchemaPair::from, &SchemaPair::to}) {
      for (Schema& less : smaller(pair.*side)) {
        SchemaPair candidate = pair;
        candidate.*side = std::move(less);
        if (candidate.*side == pair.*side || law(candidate.from, candidate.to).empty()) continue;
        pair = std::move(candidate);
        progress = true;
        break;
      }
    }
  }
  return pair;
}

std::uint64_t law_cases(std::uint64_t otherwise) {
  return number_from_environment("ORMDB_LAW_CASES", otherwise);
}

void check_law(const SchemaLaw& law, std::uint64_t cases) {
  const std::uint64_t first = number_from_environment("ORMDB_LAW_SEED", 1);
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    const SchemaPair pair = generated_pair(seed);
    if (law(pair.from, pair.to).empty()) continue;
    const SchemaPair small = shrunk(pair, law);
    FAIL("ORMDB_LAW_SEED=" << seed << ": " << law(small.from, small.to) << "\n--- from\n"
                           << schema_yaml(small.from) << "\n--- to\n"
                           << schema_yaml(small.to));
  }
  SUCCEED();
}

std::string schema_yaml(const Schema& schema) { return render_yaml(schema_to_node(schema)); }

std::string listing(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) text += "\n  " + describe(operation);
  return text;
}

}  // namespace ormdb
