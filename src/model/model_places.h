// Where in the models' files a thing of the schema is declared.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"

namespace ormdb {

struct ModelFile {
  Source source;
  Node document;
};

struct ModelPlace {
  const ModelFile* file = nullptr;
  int line = 0;
};

/// The line of the `index`-th entry of a section ("tables").
ModelPlace place_of_entry(const ModelFile& file, std::string_view section, std::size_t index);

/// The place of a SchemaProblem's path, as deep as the documents have it: the object itself where
/// the rest of the path is written in another form. file is nullptr when not even the object is
/// found.
ModelPlace find_place(const std::vector<std::unique_ptr<ModelFile>>& files,
                      const std::vector<std::string>& path);

}  // namespace ormdb
