// Runs the benchmarks of the ORM against raw sqlite3, interleaved; tests/bench/orm_bench.py builds
// it and prints what it says. A line a benchmark: name, target, median ratio, lowest and highest
// ratio, median milliseconds of both.
//
//     orm_bench ROWS RUNS DIRECTORY|:memory: [NAME]
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "bench.h"

std::string Setting::path(const std::string& name) const {
  if (directory.empty()) return "";
  const std::string path = directory + "/" + name + ".db";
  std::remove(path.c_str());
  return path;
}

void make_tables(const raw::Database& db) {
  for (const char* sql : kTables) db.run(sql);
}

ormdb::Engine bench_engine(const Setting& setting) {
  const std::string path = setting.path("orm");
  ormdb::Engine engine(path.empty() ? "sqlite://" : "sqlite:///" + path);
  ormdb::Session db(engine, bench_models());
  for (const char* sql : kTables) db.execute(sql);
  db.commit();
  return engine;
}

void fill(const raw::Database& db, std::int64_t people, std::int64_t posts_each) {
  db.run("BEGIN");
  {
    raw::Statement person(db.get(), "INSERT INTO person VALUES (NULL, ?, ?, ?, ?, ?)");
    raw::Statement post(db.get(), "INSERT INTO post VALUES (NULL, ?, ?)");
    for (std::int64_t i = 0; i < people; ++i) {
      const Person value = person_number(i);
      person.bind(1, value.name);
      person.bind(2, value.email);
      person.bind(3, value.age);
      person.bind(4, value.score);
      person.bind(5, std::int64_t{value.active});
      person.run();
      for (std::int64_t j = 0; j < posts_each; ++j) {
        post.bind(1, std::string("a title"));
        post.bind(2, i + 1);
        post.run();
      }
    }
  }
  db.run("COMMIT");
}

void fill(const ormdb::Engine& engine, std::int64_t people, std::int64_t posts_each) {
  ormdb::Session db(engine, bench_models());
  std::vector<Person> persons;
  std::vector<BenchPost> posts;
  for (std::int64_t i = 0; i < people; ++i) {
    persons.push_back(person_number(i));
    for (std::int64_t j = 0; j < posts_each; ++j) {
      posts.push_back(BenchPost{.title = "a title", .person_id = i + 1});
    }
  }
  db.bulk_insert(persons);
  db.bulk_insert(posts);
  db.commit();
}

void read_person(raw::Statement& row, PlainPerson& person) {
  person.id = row.integer(0);
  row.text(1, person.name);
  row.text(2, person.email);
  person.age = row.integer(3);
  person.score = row.real(4);
  person.active = row.integer(5) != 0;
}

namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void run(const Benchmark& benchmark, const Setting& setting, int runs) {
  std::vector<double> orm, raw, ratios;
  for (int i = 0; i < runs; ++i) {
    orm.push_back(benchmark.orm(setting));
    raw.push_back(benchmark.raw(setting));
    ratios.push_back(orm.back() / raw.back());
  }
  const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
  std::printf("%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", benchmark.name, benchmark.target,
              median(ratios), *low, *high, median(orm) * 1e3, median(raw) * 1e3);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: orm_bench ROWS RUNS DIRECTORY|:memory: [NAME]\n");
    return 2;
  }
  const std::string_view directory = argv[3];
  const Setting setting{.rows = std::atoll(argv[1]),
                        .directory = directory == ":memory:" ? "" : std::string(directory)};
  for (const auto* list : {&write_benchmarks(), &read_benchmarks()}) {
    for (const Benchmark& benchmark : *list) {
      if (argc > 4 && std::string_view(benchmark.name) != argv[4]) continue;
      run(benchmark, setting, std::atoi(argv[2]));
    }
  }
}
