// The SQL texts of two schemas that are spelled differently and may mean the same.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "dialect/postgresql/scratch.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Two texts; when they mean the same, accept() makes `to`'s the database's.
struct TextPair {
  ScratchText* from = nullptr;
  ScratchText* to = nullptr;
  std::function<void()> accept;
};

/// What is to be put to the server. Points into the schemas it was collected from.
struct DifferingTexts {
  std::deque<ScratchTable> tables;  ///< What the texts of one table see.
  std::deque<ScratchText> texts;
  std::vector<TextPair> pairs;  ///< A text may be in several; it is accepted once.
};

/// Texts of same-named parts, and checks of one table and expressions of statistics that have no
/// twin, whose canonical forms differ. The schemas must outlive the result; accept() changes `to`.
DifferingTexts differing_texts(const Schema& from, Schema& to);

}  // namespace ormdb::postgresql
