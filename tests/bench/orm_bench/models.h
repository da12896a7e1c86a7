// What the benchmarks keep: people with posts, and a tree of nodes.
#pragma once

#include "ormdb/orm.h"

struct BenchPost;

struct Person {
  std::int64_t id{};
  std::string name{}, email{};
  std::int64_t age{};
  double score{};
  bool active{};
  ormdb::Many<BenchPost> posts{};
  static void describe(ormdb::TableOf<Person>& t);
};

struct BenchPost {
  std::int64_t id{};
  std::string title{};
  std::int64_t person_id{};
  ormdb::One<Person> person{};
  static void describe(ormdb::TableOf<BenchPost>& t);
};

struct Node {
  std::int64_t id{};
  std::string label{};
  std::optional<std::int64_t> parent_id{};
  ormdb::One<Node> parent{};
  static void describe(ormdb::TableOf<Node>& t);
};

// Keys of other kinds.
struct Word {
  std::string id{};
  std::int64_t value{};
  static void describe(ormdb::TableOf<Word>& t);
};
struct Asset {
  ormdb::Uuid id{};
  std::int64_t value{};
  static void describe(ormdb::TableOf<Asset>& t);
};
struct Cell {
  std::int64_t x{}, y{};
  std::int64_t value{};
  static void describe(ormdb::TableOf<Cell>& t);
};

const ormdb::Metadata& bench_models();

inline const char* const kTables[] = {
    "CREATE TABLE person (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "email TEXT NOT NULL, age BIGINT NOT NULL, score DOUBLE NOT NULL, active BOOLEAN NOT NULL)",
    "CREATE TABLE post (id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL, "
    "person_id INTEGER NOT NULL REFERENCES person (id))",
    "CREATE INDEX ix_post_person_id ON post (person_id)",
    "CREATE TABLE node (id INTEGER PRIMARY KEY NOT NULL, label TEXT NOT NULL, "
    "parent_id INTEGER REFERENCES node (id))",
    "CREATE INDEX ix_node_parent_id ON node (parent_id)",
    "CREATE TABLE word (id TEXT PRIMARY KEY NOT NULL, value BIGINT NOT NULL)",
    "CREATE TABLE asset (id CHAR(36) PRIMARY KEY NOT NULL, value BIGINT NOT NULL)",
    "CREATE TABLE cell (x BIGINT NOT NULL, y BIGINT NOT NULL, value BIGINT NOT NULL, "
    "PRIMARY KEY (x, y))"};
