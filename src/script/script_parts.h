// What stands behind script.h in each of the two forms.
#pragma once

#include <string_view>

#include "script/script.h"

namespace ormdb::script_parts {

ScriptBody parse_yaml_body(const Source& source);
ScriptBody parse_sql_body(const Source& source, std::string_view dialect);

/// The lines of a section that its checksum is of; "" where there are none.
std::string_view yaml_section(std::string_view text, Direction direction);
std::string_view sql_section(std::string_view text, Direction direction);

}  // namespace ormdb::script_parts
