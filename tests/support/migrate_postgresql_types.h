// The types of generated PostgreSQL columns, each with texts that fit it.
//
// Everything is spelled as people spell it, not as the catalog does, so that a comparison has
// something to see through. "$" stands for the column's quoted name.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::test {

struct TypeSample {
  const char* type;      ///< As in models; "native:…" is PostgreSQL's own spelling.
  const char* needs;     ///< The generated type that it is or uses: "mood", "price", "pair", "word"
                         ///< or "".
  bool comparable;       ///< Has =, so that it can be a key.
  const char* method;    ///< An index method other than btree that takes it; "" for none.
  const char* operators; ///< An operator class of btree other than the default; "" for none.
  std::vector<Literal> defaults;
  std::vector<const char*> checks;
  const char* generated;            ///< Immutable, of the same type; "" for none.
  std::vector<const char*> values;  ///< SQL.
};

const std::vector<TypeSample>& type_samples();

}  // namespace ormdb::test
