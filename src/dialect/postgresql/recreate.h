// What is out of the way for a while: dropped, and made again as the schema then has it.
//
// Several changes in a row share one absence: nothing is made again before an operation comes that
// could need it, or the end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dialect/postgresql/element.h"

namespace ormdb::postgresql {

class Recreation {
 public:
  /// Whether an element has to stay out: something that changes it is still to come.
  using Waits = std::function<bool(const Element&)>;

  /// `gone`: tables that the database has no more, though the schema does.
  Recreation(const Schema& schema, const std::vector<std::string>& gone)
      : schema_(schema), gone_(gone) {}

  bool empty() const { return out_.empty(); }
  bool is_out(const Element& element) const;
  const std::vector<Element>& out() const { return out_; }

  /// The statements that drop everything that depends on the target, directly or not, and is not
  /// out yet; what depends on others first. Owners and grants of views and routines are noted in
  /// the session for put_back (grants.h).
  std::vector<std::string> take_out(const Target& target);
  /// The same for dependents for which `wanted` holds, and what depends on them.
  std::vector<std::string> take_out(const Target& target,
                                    const std::function<bool(const Element&)>& wanted);
  /// The element itself, with what depends on it.
  std::vector<std::string> take_out(const Element& element);

  /// The statements that make them again, users last; those that wait, and what needs them, stay
  /// out. What the schema no longer has is forgotten.
  std::vector<std::string> put_back(const Waits& waits);

  void forget(const Element& element);

  /// What is not there yet is made by a put_back.
  void expect(const Element& element) { out_.push_back(element); }

 private:
  std::vector<std::string> drop(std::vector<Element> elements);
  void follow(std::vector<Element>& elements) const;
  bool can_go(const Element& element) const;

  const Schema& schema_;
  const std::vector<std::string>& gone_;
  std::vector<Element> out_;
  bool grants_saved_ = false;
};

}  // namespace ormdb::postgresql
