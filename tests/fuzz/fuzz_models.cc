// Models files: any text is a schema or an error of kind model, and a schema survives being
// written.
#include <string>

#include "base/yaml.h"
#include "fuzz_input.h"
#include "schema/schema_node.h"

namespace {

ormdb::Schema read(const std::string& text) {
  const ormdb::Source source{"fuzz.yaml", text};
  const ormdb::Node node = ormdb::parse_yaml_document(source, ormdb::ErrorKind::kModel);
  ormdb::NodeReader reader(node, source, ormdb::ErrorKind::kModel, "the models");
  ormdb::Schema schema = ormdb::read_schema(reader);
  reader.finish();
  return schema;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ormdb;
  Schema schema;
  try {
    schema = read(std::string(fuzz::as_text(data, size)));
  } catch (const Error& error) {
    fuzz::require(error.kind() == ErrorKind::kModel, "bad models are an error of kind model");
    return 0;
  }
  const std::string text = render_yaml(schema_to_node(schema));
  const std::string again = render_yaml(schema_to_node(read(text)));
  fuzz::require(again == text, "render(parse(render(x))) == render(x)");
  return 0;
}
