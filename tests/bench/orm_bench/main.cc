// Runs the benchmarks of the ORM against programs by hand, interleaved; tests/bench/orm_bench.py
// builds it and prints what it says. A line a benchmark: name, target, median ratio, lowest and
// highest ratio, median milliseconds of both; of a measure: name, target, median, lowest, highest.
//
//     orm_bench ROWS RUNS DIRECTORY|:memory: POSTGRESQL_URL|"" [NAME]
//
// NAME is the beginning of the names that run.
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <string_view>

#include "bench.h"

std::string Setting::path(const std::string& name) const {
  if (directory.empty()) return "";
  const std::string path = directory + "/" + name + ".db";
  std::remove(path.c_str());
  return path;
}

std::vector<std::int64_t> shuffled(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(3));
  return numbers;
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

void run(const Measure& measure, const Setting& setting, int runs) {
  std::vector<double> values;
  for (int i = 0; i < runs; ++i) values.push_back(measure.value(setting));
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  std::printf("%s\t%.2f\t%.2f\t%.2f\t%.2f\n", measure.name, measure.target, median(values), *low,
              *high);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: orm_bench ROWS RUNS DIRECTORY|:memory: POSTGRESQL_URL [NAME]\n");
    return 2;
  }
  const std::string_view directory = argv[3];
  const Setting setting{.rows = std::atoll(argv[1]),
                        .directory = directory == ":memory:" ? "" : std::string(directory),
                        .postgresql = argv[4]};
  counts_processor_time = std::getenv("ORM_BENCH_CPU") != nullptr;
  const int runs = std::atoi(argv[2]);
  const std::string_view only = argc > 5 ? argv[5] : "";
  const auto is_wanted = [&](std::string_view name) { return name.starts_with(only); };
  std::vector<const std::vector<Benchmark>*> lists = {&write_benchmarks(), &read_benchmarks(),
                                                      &key_benchmarks(), &soci_benchmarks()};
  if (!setting.postgresql.empty()) lists.push_back(&postgresql_benchmarks());
  for (const auto* list : lists) {
    for (const Benchmark& benchmark : *list) {
      if (is_wanted(benchmark.name)) run(benchmark, setting, runs);
    }
  }
  for (const Measure& measure : measures()) {
    if (is_wanted(measure.name)) run(measure, setting, runs);
  }
}
