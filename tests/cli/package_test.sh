#!/usr/bin/env bash
# Installs the package, static and shared, into a temporary prefix, and builds and runs a small
# project that knows nothing of it but find_package(ormdb).
# From ctest's environment: ORMDB_SOURCE_DIR, ORMDB_BUILD_DIR (a static build), ORMDB_BUILD_TYPE.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/project"
cat > "$work/project/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(uses_ormdb LANGUAGES CXX)
find_package(ormdb 0.1 REQUIRED)
add_executable(uses_ormdb main.cc)
target_link_libraries(uses_ormdb PRIVATE ormdb::ormdb)
ormdb_add_manage(manage HEADER models.h MODELS app::models SOURCES models.cc)
EOF
cat > "$work/project/models.h" <<'EOF'
#include <ormdb/orm.h>

namespace app {
const ormdb::Metadata& models();
}
EOF
cat > "$work/project/models.cc" <<'EOF'
#include "models.h"

namespace {

struct Note {
  std::int64_t id{};
  std::string text{};
  static void describe(ormdb::TableOf<Note>& t) {
    t.name("note").column<&Note::id>({.primary_key = true}).column<&Note::text>();
  }
};

}  // namespace

const ormdb::Metadata& app::models() {
  static const auto kModels = ormdb::Metadata::of<Note>();
  return kModels;
}
EOF
cat > "$work/project/main.cc" <<'EOF'
#include <ormdb/connection.h>
#include <ormdb/dialect.h>
#include <ormdb/error.h>
#include <ormdb/operation.h>
#include <ormdb/revision.h>

#include <iostream>

int main() {
  using namespace ormdb;
  const Url url = parse_url("sqlite://");
  const auto connection = dialect_for(url.dialect).connect(url, {});
  connection->execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  const Schema schema = dialect_for(url.dialect).introspect(*connection, {});
  try {
    RevisionGraph::build({Revision{.id = "a-b"}});
  } catch (const Error& error) {
    std::cout << schema.tables.size() << ' ' << error_kind_name(error.kind()) << '\n';
  }
}
EOF

quietly() { "$@" > "$work/log" 2>&1 || { cat "$work/log"; echo "failed: $*"; exit 1; }; }

# The project's own command line writes a script for its models and runs it.
use_manage() {
  local manage=$work/$1-build/manage
  mkdir "$work/$1-site"
  cd "$work/$1-site"
  quietly "$manage" init --url sqlite:///site.db
  rm -f models.yaml
  printf 'database: sqlite:///site.db\n' > ormdb.yaml
  quietly "$manage" migrate -m first
  quietly "$manage" upgrade
  quietly "$manage" check
  grep -q 'table: note' migrations/versions/*.yaml ||
    { echo "$1: manage did not write a script for its models"; exit 1; }
  cd "$work"
}

# install_and_use NAME BUILD_DIRECTORY
install_and_use() {
  local prefix=$work/$1 output version
  quietly cmake --install "$2" --prefix "$prefix"
  quietly cmake -S "$work/project" -B "$work/$1-build" -G Ninja \
    -DCMAKE_BUILD_TYPE="$ORMDB_BUILD_TYPE" -DCMAKE_PREFIX_PATH="$prefix"
  quietly cmake --build "$work/$1-build"
  output=$("$work/$1-build/uses_ormdb")
  [[ $output == "1 illegal_id" ]] || { echo "$1: the program printed: $output"; exit 1; }
  use_manage "$1"
  version=$("$prefix/bin/ormdb" --version)
  [[ $version == *0.1.0* ]] || { echo "$1: ormdb --version printed: $version"; exit 1; }
  local file
  for file in share/man/man1/ormdb.1 share/man/man5/ormdb.yaml.5 share/man/man5/ormdb-models.5 \
    share/man/man5/ormdb-script.5 share/man/man7/ormdb-orm.7 \
    share/bash-completion/completions/ormdb \
    share/zsh/site-functions/_ormdb share/fish/vendor_completions.d/ormdb.fish; do
    [[ -s $prefix/$file ]] || { echo "$1: $file is missing or empty"; exit 1; }
  done
  [[ ! -e $prefix/include/base ]] || { echo "$1: private headers are installed"; exit 1; }
  bash -n "$prefix/share/bash-completion/completions/ormdb"
  echo "$1: ok"
}

install_and_use static "$ORMDB_BUILD_DIR"

# The object files are those of the static build, out of ccache.
shared=$ORMDB_BUILD_DIR/package-shared
quietly cmake -S "$ORMDB_SOURCE_DIR" -B "$shared" -G Ninja -DBUILD_SHARED_LIBS=ON \
  -DCMAKE_BUILD_TYPE="$ORMDB_BUILD_TYPE" -DORMDB_BUILD_TESTS=OFF -DORMDB_ENABLE_FAULTS=ON
quietly cmake --build "$shared" -j 2
install_and_use shared "$shared"
readelf -d "$work/shared-build/uses_ormdb" | grep -q 'NEEDED.*libormdb\.so' ||
  { echo "the shared build was not used"; exit 1; }
