// Deferred constraints between data steps and changes of tables in one transaction.
//
// A row that was changed while a deferred constraint (or constraint trigger) waits for it is a
// pending event, and ALTER TABLE refuses a table with such events (55006, "pending trigger
// events"). So the constraints are checked before a change, and deferred again before the next data
// step.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

class DeferredChecks {
 public:
  /// What has to run before a data step.
  std::vector<std::string> before_data(const Schema& schema);
  /// What has to run before a change of the schema.
  std::vector<std::string> before_change(const Schema& schema);

 private:
  bool pending_ = false;    // data steps ran since the constraints were checked
  bool immediate_ = false;  // initially deferred constraints are checked at once now
};

}  // namespace ormdb::postgresql
