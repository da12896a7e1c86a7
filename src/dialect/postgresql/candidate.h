// An element while it is looked at: what it is, where it stands, and its texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/element.h"

namespace ormdb::postgresql {

struct Candidate {
  Element::Kind kind = Element::Kind::kView;
  const Table* table = nullptr;
  const Column* column = nullptr;
  const View* view = nullptr;
  const Trigger* trigger = nullptr;
  const DatabaseObject* object = nullptr;
  const Index* index = nullptr;
  const ForeignKey* foreign_key = nullptr;
  const Exclude* exclude = nullptr;
  const std::vector<KeyPart>* key = nullptr;  ///< Of a primary key or unique.
  const std::string* name = nullptr;
  std::vector<std::string_view> texts;  ///< SQL that may mention others.

  Element element() const;
  bool mentions(std::string_view word) const;
  /// The qualified table or view that it stands on; "" when on none.
  std::string place() const;
};

/// Calls visit(const Candidate&) for every element of the schema. Parts that a table only inherits
/// are left out: they come and go with the parent's.
template <typename Visit>
void each_candidate(const Schema& schema, const Visit& visit);

void add_table_candidates(const Table& table, std::vector<Candidate>& to);
void add_other_candidates(const Schema& schema, std::vector<Candidate>& to);

template <typename Visit>
void each_candidate(const Schema& schema, const Visit& visit) {
  std::vector<Candidate> batch;
  for (const Table& table : schema.tables) {
    batch.clear();
    add_table_candidates(table, batch);
    for (const Candidate& candidate : batch) visit(candidate);
  }
  batch.clear();
  add_other_candidates(schema, batch);
  for (const Candidate& candidate : batch) visit(candidate);
}

}  // namespace ormdb::postgresql
