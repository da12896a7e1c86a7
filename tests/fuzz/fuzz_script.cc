// Scripts: any text is a script or an error of kind script, in both forms.
#include <string>
#include <vector>

#include "base/utf8.h"
#include "fuzz_input.h"
#include "script/script.h"

namespace {

std::vector<ormdb::Operation> operations(const std::vector<ormdb::ScriptStep>& steps) {
  std::vector<ormdb::Operation> result;
  for (const ormdb::ScriptStep& step : steps) result.push_back(step.operation);
  return result;
}

struct Script {
  ormdb::Revision header;
  ormdb::ScriptBody body;
};

Script read(const std::string& text) {
  const ormdb::Source source{"fuzz", text};
  return {ormdb::scan_header(source), ormdb::parse_body(source, "sqlite")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  const std::string text(fuzz::as_text(data, size));
  section_checksum(text, Direction::kUpgrade);
  section_checksum(text, Direction::kDowngrade);
  Script script;
  try {
    script = read(text);
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kScript || error.kind() == ErrorKind::kIllegalId,
                  "a bad script is an error of kind script or illegal_id");
    return 0;
  }
  // SQL may have any bytes, YAML only text.
  if (find_invalid_utf8(text) != std::string::npos) return 0;
  const auto upgrade = operations(script.body.upgrade);
  const auto downgrade = operations(script.body.downgrade);
  const Script again = read(render_yaml_script(script.header, upgrade, downgrade));
  fuzz::require(again.header.id == script.header.id, "the header survives");
  fuzz::require(operations(again.body.upgrade) == upgrade, "upgrade survives");
  fuzz::require(operations(again.body.downgrade) == downgrade, "downgrade survives");
  return 0;
}
