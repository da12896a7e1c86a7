// Words for people about schema objects, as describe() and errors use them.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

std::string describe_constraint(const Constraint& constraint);  ///< "unique uq_user_email (email)"
std::string describe_parts(const std::vector<KeyPart>& parts);  ///< "(a, b desc, lower(c))"
std::string describe_literal(const Literal& literal);           ///< "'x'", "1", "CURRENT_TIMESTAMP"

}  // namespace ormdb
