// A benchmark is two functions that do the same work, one with the ORM and one by hand. Each sets
// up what it needs, and gives the seconds of the part that counts.
#pragma once

#include <time.h>

#include <cstddef>
#include <string>
#include <vector>

#include "models.h"
#include "raw.h"

struct Setting {
  std::int64_t rows = 100000;
  std::string directory;   ///< Where database files go; "" keeps them in memory.
  std::string postgresql;  ///< URL of a database whose tables may be dropped, or "".

  /// A path for a new database, "" for memory; what was there is removed.
  std::string path(const std::string& name) const;
};

struct Benchmark {
  const char* name;
  double target;  ///< The ratio that the ORM is to stay below.
  double (*orm)(const Setting& setting);
  double (*raw)(const Setting& setting);
};

/// One number that is to stay below the target.
struct Measure {
  const char* name;
  double target;
  double (*value)(const Setting& setting);
};

const std::vector<Benchmark>& write_benchmarks();
const std::vector<Benchmark>& read_benchmarks();
const std::vector<Benchmark>& key_benchmarks();
const std::vector<Benchmark>& postgresql_benchmarks();
const std::vector<Benchmark>& soci_benchmarks();
const std::vector<Measure>& measures();

/// Whether seconds() counts this thread's processor time: what others do on the machine disturbs it
/// less, and it leaves out waiting for a server or a disk.
inline bool counts_processor_time = false;

inline double clock_now() {
  timespec now{};
  clock_gettime(counts_processor_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename F>
double seconds(F&& work) {
  const double start = clock_now();
  work();
  return clock_now() - start;
}

inline Person person_number(std::int64_t i) {
  return Person{.name = "person number " + std::to_string(i),
                .email = "person" + std::to_string(i) + "@example.com",
                .age = i % 90,
                .score = static_cast<double>(i) / 3,
                .active = i % 2 == 0};
}

inline void require(bool holds) {
  if (holds) return;
  std::cerr << "a benchmark read something else than it should\n";
  std::exit(1);
}

/// 0 … count - 1, shuffled.
std::vector<std::int64_t> shuffled(std::int64_t count);

// The ORM's side of what is compared with more than one opposite, on the tables of an engine.
double orm_insert(const ormdb::Engine& engine, std::int64_t rows);
double orm_bulk_insert(const ormdb::Engine& engine, std::int64_t rows);
double orm_update(const ormdb::Engine& engine, std::int64_t rows);
double orm_select(const ormdb::Engine& engine, std::int64_t rows);

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
