// ormdb.yaml and .env: any text is a configuration, or an error of kind config.
#include <string>

#include "base/config_text.h"
#include "fuzz_input.h"
#include "ormdb/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  const Source source{"ormdb.yaml", std::string(fuzz::as_text(data, size))};
  try {
    const Config config = parse_config(source, {}, parse_dotenv(source.text));
    fuzz::require(!config.databases.empty(), "a configuration has a database");
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kConfig,
                  "a bad ormdb.yaml is an error of kind config");
  }
  return 0;
}
