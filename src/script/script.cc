// What does not depend on a script's form.
#include "script/script.h"

#include "base/sha256.h"
#include "base/text.h"
#include "script/script_parts.h"

namespace ormdb {

ScriptBody parse_body(const Source& source, std::string_view dialect) {
  return script_format(source.text) == ScriptFormat::kSql
             ? script_parts::parse_sql_body(source, dialect)
             : script_parts::parse_yaml_body(source);
}

std::string section_checksum(std::string_view text, Direction direction) {
  const std::string_view section = script_format(text) == ScriptFormat::kSql
                                       ? script_parts::sql_section(text, direction)
                                       : script_parts::yaml_section(text, direction);
  std::string lines = normalize_newlines(section);
  lines.erase(lines.find_last_not_of(" \t\n") + 1);
  return sha256_hex(lines);
}

}  // namespace ormdb
