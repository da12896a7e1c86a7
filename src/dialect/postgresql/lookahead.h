// What the rest of a section still does: a statement may be left out, or something kept out of the
// way, because of what comes later.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/element.h"
#include "ormdb/operation.h"

namespace ormdb::postgresql {

/// The operations behind the one at hand.
class Lookahead {
 public:
  explicit Lookahead(const std::vector<Operation>& operations) : operations_(operations) {}

  /// The number of the operation at hand, from 0.
  void move_to(std::size_t index) { next_ = index + 1; }

  /// Whether one changes or drops the element, or drops the table that it is a part of.
  bool changes(const Element& element) const;
  bool drops_table(std::string_view table) const;
  bool drops_object(const DatabaseObject& object) const;
  /// Whether one changes or drops the column, or drops its table.
  bool changes_column(std::string_view table, std::string_view column) const;
  /// Whether one makes a serial column another one.
  bool ends_serial(std::string_view table, std::string_view column) const;
  /// Whether one changes whether the table is logged.
  bool changes_storage(std::string_view table) const;
  /// Whether a view, table or routine of that qualified name is created.
  bool creates_relation(std::string_view name) const;
  /// The next change of the object; nullptr: none.
  const AlterObject* altered_object(const DatabaseObject& object) const;
  bool creates_routine(const DatabaseObject& routine) const;
  bool adds_key(std::string_view table, const std::vector<KeyPart>& columns) const;
  bool adds_column(std::string_view table, std::string_view column) const;
  /// The constraint that comes back under the name in the same table; nullptr: none.
  const Constraint* added_constraint(std::string_view table, std::string_view name) const;
  bool creates_index(std::string_view table, const std::function<bool(const Index&)>& wanted) const;
  /// Whether one mentions the label of an enum, in a text that the server reads at once.
  bool mentions_label(const std::string& label) const;

 private:
  template <typename Kind, typename Predicate>
  const Kind* find(const Predicate& predicate) const {
    for (std::size_t i = next_; i < operations_.size(); ++i) {
      const Kind* kind = operations_[i].get_if<Kind>();
      if (kind != nullptr && predicate(*kind)) return kind;
    }
    return nullptr;
  }

  const std::vector<Operation>& operations_;
  std::size_t next_ = 0;
};

/// Whether a text of the object that the server reads at once has the label as a constant.
bool mentions_label(const DatabaseObject& object, const std::string& label);

}  // namespace ormdb::postgresql
