// Headers: any text has a header or an error of kind script, in both forms, and a header survives
// being written in either.
#include <string>

#include "fuzz_input.h"
#include "script/script.h"

namespace {

/// The header without its places and its file.
ormdb::Revision read(const std::string& text) {
  ormdb::Revision revision = ormdb::scan_header({"fuzz", text});
  revision.line = revision.down_revision_line = revision.depends_on_line = 0;
  return revision;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  Revision header;
  try {
    header = read(std::string(fuzz::as_text(data, size)));
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kScript, "a bad header is an error of kind script");
    return 0;
  }
  fuzz::require(read(render_yaml_script(header, {}, {})) == header, "it survives in YAML");
  fuzz::require(read(render_sql_script(header, std::vector<SqlStep>{}, {})) == header,
                "it survives in SQL");
  return 0;
}
