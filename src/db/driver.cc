#include "db/driver.h"

#include <atomic>

#include "ormdb/orm_error.h"

namespace ormdb {

std::uint64_t next_plan_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

std::string_view violation_name(Violation violation) {
  switch (violation) {
    case Violation::kUnique:
      return "unique";
    case Violation::kForeignKey:
      return "foreign key";
    case Violation::kNotNull:
      return "not null";
    case Violation::kCheck:
      return "check";
    case Violation::kOther:
      break;
  }
  return "other";
}

IntegrityError& IntegrityError::table(std::string name) {
  table_ = std::move(name);
  return *this;
}

IntegrityError& IntegrityError::column(std::string name) {
  column_ = std::move(name);
  return *this;
}

IntegrityError& IntegrityError::constraint(std::string name) {
  constraint_ = std::move(name);
  return *this;
}

}  // namespace ormdb
