// A schema of what PostgreSQL has, from genes (migrate_genes.h): schemas, enums, domains, composite
// types, collations, sequences, routines, an aggregate and an operator; tables with keys, checks,
// exclusions, numbering, generated columns, all kinds of indexes; partitions, inheritance; views
// and materialized views on each other, triggers, policies, rules, statistics; comments on all.
//
// Whatever the genes are, the schema can be created on a server of `version` (13 … 18). SQL is
// spelled as in models, not as in the catalog.
#pragma once

#include "ormdb/schema.h"
#include "support/migrate_genes.h"

namespace ormdb::test {

Schema postgresql_schema(Genes& genes, int version);

/// The same as models come to the diff: with names for all constraints.
Schema postgresql_models(Genes& genes, int version);

/// Genes of two schemas, some changes apart.
GenePair postgresql_pair(std::uint64_t seed, int version);

/// SQL that puts up to three rows into every table of such a schema, statement by statement. A
/// constraint may refuse some.
std::vector<std::string> rows_for(const Schema& schema);

}  // namespace ormdb::test
