// A benchmark is two functions that do the same work, one with the ORM and one by hand. Each sets
// up what it needs, and gives the seconds of the part that counts.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "models.h"
#include "raw.h"

struct Setting {
  std::int64_t rows = 100000;
  std::string directory;  ///< Where database files go; "" keeps them in memory.

  /// A path for a new database, "" for memory; what was there is removed.
  std::string path(const std::string& name) const;
};

struct Benchmark {
  const char* name;
  double target;  ///< The ratio that the ORM is to stay below.
  double (*orm)(const Setting& setting);
  double (*raw)(const Setting& setting);
};

const std::vector<Benchmark>& write_benchmarks();
const std::vector<Benchmark>& read_benchmarks();

template <typename F>
double seconds(F&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline Person person_number(std::int64_t i) {
  return Person{.name = "person number " + std::to_string(i),
                .email = "person" + std::to_string(i) + "@example.com",
                .age = i % 90,
                .score = static_cast<double>(i) / 3,
                .active = i % 2 == 0};
}

/// Both sides get the same tables, made by kTables.
ormdb::Engine bench_engine(const Setting& setting);
void make_tables(const raw::Database& db);
/// People without posts, or a tenth of `rows` people with ten posts each.
void fill(const raw::Database& db, std::int64_t people, std::int64_t posts_each);
void fill(const ormdb::Engine& engine, std::int64_t people, std::int64_t posts_each);

/// What a hand-written program keeps of a row.
struct PlainPost {
  std::int64_t id, person_id;
  std::string title;
};
struct PlainPerson {
  std::int64_t id{}, age{};
  std::string name, email;
  double score{};
  bool active{};
  std::vector<PlainPost> posts;
};
void read_person(raw::Statement& row, PlainPerson& person);
