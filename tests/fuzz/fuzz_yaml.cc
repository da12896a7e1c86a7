// YAML: any text is a list of documents that read back equal after they were written, or an error
// of the kind that was asked for.
#include <string>
#include <vector>

#include "base/yaml.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  const Source source{"fuzz.yaml", std::string(fuzz::as_text(data, size))};
  std::vector<Node> documents;
  try {
    documents = parse_yaml(source, ErrorKind::kModel);
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kModel, "bad YAML is an error of the asked kind");
    return 0;
  }
  for (const Node& document : documents) {
    const Source written{"written.yaml", render_yaml(document)};
    fuzz::require(parse_yaml_document(written, ErrorKind::kModel) == document,
                  "parse(render(x)) == x");
  }
  return 0;
}
