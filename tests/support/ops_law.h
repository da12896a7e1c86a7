// Laws over pairs of generated schemas: which cases run, and what is shown of one that fails.
//
// ORMDB_LAW_SEED is the first seed, ORMDB_LAW_CASES how many follow; a failing case prints its seed
// and the pair of schemas as YAML, made as small as it still fails.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// What is wrong with a pair; "" when the law holds.
using SchemaLaw = std::function<std::string(const Schema& from, const Schema& to)>;

struct SchemaPair {
  Schema from;
  Schema to;
};

/// Two related schemas, for every tenth seed two unrelated ones.
SchemaPair generated_pair(std::uint64_t seed);

/// Removes one thing after another while the law still fails.
SchemaPair shrunk(SchemaPair pair, const SchemaLaw& law);

/// Runs the cases; `cases` are as many as ORMDB_LAW_CASES does not say otherwise.
void check_law(const SchemaLaw& law, std::uint64_t cases);
std::uint64_t law_cases(std::uint64_t otherwise);

std::string schema_yaml(const Schema& schema);
/// The operations in words, one a line.
std::string listing(const std::vector<Operation>& operations);

}  // namespace ormdb
