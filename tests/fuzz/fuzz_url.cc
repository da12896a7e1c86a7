// Database URLs: any text is a URL that is shown stably, or an error of kind config.
#include <string>

#include "fuzz_input.h"
#include "ormdb/connection.h"
#include "ormdb/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  Url url;
  try {
    url = parse_url(fuzz::as_text(data, size));
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kConfig, "a bad URL is an error of kind config");
    return 0;
  }
  const std::string shown = masked(url);
  fuzz::require(masked(parse_url(shown)) == shown, "masked(parse(masked(x))) == masked(x)");
  return 0;
}
