// The readers of introspect(), in the order in which they run: each is one query and adds its part
// to the draft. A reader may rely on what those above it have left there.
#pragma once

#include <vector>

#include "dialect/postgresql/introspect_catalog.h"

namespace ormdb::postgresql {

// introspect_types.cc
void read_collations(const Catalog& catalog, Draft& draft);
/// As Column::collation spells it; "" for none. The server's own, of which there are many, are read
/// when one of them is first asked for, which is one query more.
std::string collation_name(const Catalog& catalog, Draft& draft, Oid collation);
void read_types(const Catalog& catalog, Draft& draft);  ///< Enums, domains, composite types.

// introspect_relations.cc, introspect_sequences.cc, introspect_columns.cc
void read_relations(const Catalog& catalog, Draft& draft);  ///< Tables and views.
void read_sequences(const Catalog& catalog, Draft& draft);  ///< Owned ones wait for the columns.
void read_columns(const Catalog& catalog, Draft& draft);
/// Owned sequences that no column took for serial or identity become objects.
void keep_sequences(Draft& draft);

/// An index as the catalog has it; those of constraints become part of these.
struct IndexEntry {
  Oid oid = 0;
  Oid relation = 0;
  Index index;
  std::vector<std::string> parameters;  ///< "fillfactor=70"
  bool nulls_not_distinct = false;
  bool inherited = false;  ///< Attached to an index of the partitioned table.
  bool of_constraint = false;
};

// introspect_indexes.cc, introspect_constraints.cc
std::vector<IndexEntry> read_indexes(const Catalog& catalog, Draft& draft);
/// Takes from the indexes those that belong to constraints.
void read_constraints(const Catalog& catalog, Draft& draft, std::vector<IndexEntry>& indexes);
/// The others go to their tables and views.
void keep_indexes(Draft& draft, std::vector<IndexEntry>& indexes);

// introspect_routines.cc, introspect_aggregates.cc
void read_routines(const Catalog& catalog, Draft& draft);  ///< Functions and procedures.
void read_aggregates(const Catalog& catalog, Draft& draft);
void read_operators(const Catalog& catalog, Draft& draft);

// introspect_triggers.cc, introspect_rules.cc
void read_triggers(const Catalog& catalog, Draft& draft);
void read_event_triggers(const Catalog& catalog, Draft& draft);
void read_rules(const Catalog& catalog, Draft& draft);
void read_policies(const Catalog& catalog, Draft& draft);

// introspect_objects.cc
void read_schemas(const Catalog& catalog, Draft& draft);
void read_extensions(const Catalog& catalog, Draft& draft);
void read_statistics(const Catalog& catalog, Draft& draft);

}  // namespace ormdb::postgresql
