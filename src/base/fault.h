// Fault injection for the tests: ORMDB_FAULT=before:N|after:N|log:N kills the process (SIGKILL)
// before statement N of a run, after it, or between it and its log row; N counts from 1. Compiled
// in only with ORMDB_ENABLE_FAULTS; elsewhere these are empty.
#pragma once

namespace ormdb {

void fault_before_statement();  ///< Counts a statement and dies where told.
void fault_after_statement();
void fault_before_log();

}  // namespace ormdb
