// 1. Every file is read into a Schema of its own, which is appended to the whole; names that come
//    twice are found on the way.
// 2. The whole is validated. Only when there are problems are their places looked up, in the
//    documents that were kept for it.
#include "model/model_yaml.h"

#include <map>
#include <memory>
#include <utility>

#include "base/file_system.h"
#include "base/text.h"
#include "base/yaml.h"
#include "model/model_places.h"
#include "schema/node_layout.h"
#include "schema/schema_node.h"

namespace ormdb {
namespace {

template <typename Object>
void append(std::vector<Object>& to, std::vector<Object>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

class Loader {
 public:
  explicit Loader(const ValidateOptions& options) : options_(options) {}

  void begin_with(const Schema& program) {
    schema_ = program;
    for (const Enum& type : program.enums) enums_[folded(qualified_name(type))] = {};
    for (const Table& table : program.tables) relations_[folded(qualified_name(table))] = {};
  }

  void load(const std::string& path) {
    if (path.ends_with(".so")) {
      throw Error(ErrorKind::kUnsupported,
                  "models from a shared library are not supported by this build: '" + path + "'")
          .hint("declare the models in YAML");
    }
    if (directory_exists(path)) return load_directory(path);
    if (!file_exists(path)) {
      throw Error(ErrorKind::kIo, "models file '" + path + "' does not exist")
          .at(path)
          .hint("create it, or correct 'models:' in ormdb.yaml");
    }
    load_file(path);
  }

  ModelLocation locate(const std::vector<std::string>& path) const {
    const ModelPlace place = find_place(files_, path);
    if (place.file == nullptr) return {};
    return {place.file->source.file, place.line, place.file->source.line(place.line)};
  }

  Schema finish() {
    const std::vector<SchemaProblem> problems = validate(schema_, options_);
    if (!problems.empty()) throw as_error(problems);
    return std::move(schema_);
  }

 private:
  void load_directory(const std::string& directory) {
    bool is_empty = true;
    for (const std::string& name : list_files(directory)) {
      if (name.starts_with('.') || !(name.ends_with(".yaml") || name.ends_with(".yml"))) continue;
      load_file(path_join(directory, name));
      is_empty = false;
    }
    if (is_empty) {
      throw Error(ErrorKind::kModel, "models directory '" + directory + "' holds no *.yaml file")
          .at(directory);
    }
  }

  void load_file(const std::string& path) {
    auto file = std::make_unique<ModelFile>();
    file->source = {path, read_file(path)};
    file->document = parse_yaml_document(file->source, ErrorKind::kModel);
    if (file->document.is_null()) {
      throw file->source.error(ErrorKind::kModel, 1, "models file '" + path + "' is empty")
          .hint("begin it with 'format: 1' and 'tables:'");
    }
    NodeReader reader(file->document, file->source, ErrorKind::kModel, "the models file");
    Schema part = read_schema(reader);
    reader.finish();
    note_names(*file, part);
    append(schema_.enums, part.enums);
    append(schema_.tables, part.tables);
    append(schema_.virtual_tables, part.virtual_tables);
    append(schema_.views, part.views);
    append(schema_.triggers, part.triggers);
    append(schema_.objects, part.objects);
    files_.push_back(std::move(file));
  }

  std::string folded(const std::string& name) const {
    return options_.fold ? options_.fold(name) : name;
  }

  void note_names(const ModelFile& file, const Schema& part) {
    for (std::size_t i = 0; i < part.enums.size(); ++i) {
      note(enums_, "enum", qualified_name(part.enums[i]), place_of_entry(file, "enums", i));
    }
    for (std::size_t i = 0; i < part.tables.size(); ++i) {
      note(relations_, "table", qualified_name(part.tables[i]), place_of_entry(file, "tables", i));
    }
    for (std::size_t i = 0; i < part.virtual_tables.size(); ++i) {
      note(relations_, "virtual table", part.virtual_tables[i].name,
           place_of_entry(file, "virtual_tables", i));
    }
    for (std::size_t i = 0; i < part.views.size(); ++i) {
      note(relations_, "view", qualified_name(part.views[i]), place_of_entry(file, "views", i));
    }
  }

  /// Tables, virtual tables and views share their names.
  void note(std::map<std::string, ModelPlace>& names, const std::string& noun,
            const std::string& name, const ModelPlace& place) {
    const auto [first, is_new] = names.emplace(folded(name), place);
    if (is_new) return;
    const ModelPlace& other = first->second;
    const std::string where =
        other.file == nullptr ? "in the program's models"
                              : "at " + other.file->source.file + ":" + std::to_string(other.line);
    throw place.file->source.error(ErrorKind::kModel, place.line,
                                   noun + " '" + name + "' is declared twice, first " + where);
  }

  Error as_error(const std::vector<SchemaProblem>& problems) const {
    const SchemaProblem& problem = problems.front();
    Error error(ErrorKind::kModel, problem.message);
    const ModelPlace place = find_place(files_, problem.path);
    if (place.file != nullptr) {
      error.at(place.file->source.file, place.line, place.file->source.line(place.line));
    }
    std::string hint = problem.hint;
    if (problems.size() > 1) {
      if (!hint.empty()) hint += "; ";
      hint += counted(problems.size() - 1, "more problem") + " after this one";
    }
    return error.hint(hint);
  }

  const ValidateOptions& options_;
  Schema schema_;
  // By pointer: the places below point to them.
  std::vector<std::unique_ptr<ModelFile>> files_;
  std::map<std::string, ModelPlace> relations_;
  std::map<std::string, ModelPlace> enums_;
};

}  // namespace

Schema load_models(const std::vector<std::string>& paths, const ValidateOptions& options) {
  Loader loader(options);
  for (const std::string& path : paths) loader.load(path);
  return loader.finish();
}

Schema load_models(const Schema& program, const std::vector<std::string>& paths,
                   const ValidateOptions& options) {
  Loader loader(options);
  loader.begin_with(program);
  for (const std::string& path : paths) loader.load(path);
  return loader.finish();
}

ModelLocation locate_in_models(const std::vector<std::string>& paths,
                               const std::vector<std::string>& path) {
  const ValidateOptions none;
  Loader loader(none);
  for (const std::string& file : paths) loader.load(file);
  return loader.locate(path);
}

std::string render_models(const Schema& schema) {
  Node node = schema_to_node(schema);
  lay_out(node, 0);
  return render_yaml(node);
}

}  // namespace ormdb
