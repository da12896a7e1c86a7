#include <unordered_map>

#include "bench.h"

using namespace ormdb;

double orm_select(const Engine& engine, std::int64_t rows) {
  Session db(engine, bench_models());
  return seconds([&] {
    const auto all = db.query<Person>().all();
    require(static_cast<std::int64_t>(all.size()) == rows);
  });
}

namespace {

std::vector<std::int64_t> shuffled_keys(std::int64_t rows) {
  std::vector<std::int64_t> keys = shuffled(rows);
  for (std::int64_t& key : keys) ++key;
  return keys;
}

struct OrmPeople {
  OrmPeople(const Setting& setting, std::int64_t people, std::int64_t posts)
      : engine(bench_engine(setting)) {
    fill(engine, people, posts);
  }
  Engine engine;
};
struct RawPeople {
  RawPeople(const Setting& setting, std::int64_t people, std::int64_t posts)
      : db(setting.path("raw")) {
    make_tables(db);
    fill(db, people, posts);
  }
  raw::Database db;
};

double select(const Setting& setting) {
  const OrmPeople people(setting, setting.rows, 0);
  return orm_select(people.engine, setting.rows);
}

double raw_select(const Setting& setting) {
  const RawPeople people(setting, setting.rows, 0);
  return seconds([&] {
    std::vector<PlainPerson> all;
    all.reserve(static_cast<std::size_t>(setting.rows));
    raw::Statement select(people.db.get(),
                          "SELECT id, name, email, age, score, active FROM person");
    while (select.step()) read_person(select, all.emplace_back());
    require(static_cast<std::int64_t>(all.size()) == setting.rows);
  });
}

double orm_cold_get(const Setting& setting) {
  const OrmPeople people(setting, setting.rows, 0);
  Session db(people.engine, bench_models());
  const auto keys = shuffled_keys(setting.rows);
  return seconds([&] {
    for (const std::int64_t key : keys) require(db.get<Person>(key)->id == key);
  });
}

double raw_cold_get(const Setting& setting) {
  const RawPeople people(setting, setting.rows, 0);
  const auto keys = shuffled_keys(setting.rows);
  return seconds([&] {
    std::unordered_map<std::int64_t, PlainPerson> found;
    found.reserve(keys.size());
    raw::Statement select(people.db.get(),
                          "SELECT id, name, email, age, score, active FROM person WHERE id = ?");
    for (const std::int64_t key : keys) {
      select.bind(1, key);
      require(select.step());
      read_person(select, found[key]);
      select.reset();
    }
  });
}

double orm_identity(const Setting& setting) {
  const OrmPeople people(setting, setting.rows, 0);
  Session db(people.engine, bench_models());
  const auto all = db.query<Person>().all();
  const auto keys = shuffled_keys(setting.rows);
  return seconds([&] {
    for (const std::int64_t key : keys) require(db.get<Person>(key)->id == key);
  });
}

double map_identity(const Setting& setting) {
  std::unordered_map<std::int64_t, PlainPerson> all;
  for (std::int64_t i = 1; i <= setting.rows; ++i) all[i].id = i;
  const auto keys = shuffled_keys(setting.rows);
  return seconds([&] {
    for (const std::int64_t key : keys) require(all.find(key)->second.id == key);
  });
}

/// A tenth of the rows are people, with ten posts each; `query` says how these are loaded.
template <typename Options>
double orm_posts(const Setting& setting, const SessionOptions& session, const Options& options) {
  const OrmPeople people(setting, setting.rows / 10, 10);
  Session db(people.engine, bench_models(), session);
  return seconds([&] {
    auto query = db.query<Person>();
    options(query);
    std::int64_t posts = 0;
    for (auto person : query.all()) posts += static_cast<std::int64_t>(person->posts.size());
    require(posts == setting.rows / 10 * 10);
  });
}
double orm_selectin(const Setting& setting) {
  return orm_posts(setting, {}, [](auto& query) { query.options(selectinload<&Person::posts>()); });
}
double orm_joined(const Setting& setting) {
  return orm_posts(setting, {}, [](auto& query) { query.options(joinedload<&Person::posts>()); });
}
double orm_lazy(const Setting& setting) {
  return orm_posts(setting, {}, [](auto&) {});
}
double orm_auto_batch(const Setting& setting) {
  return orm_posts(setting, {.auto_batch = true}, [](auto&) {});
}

double raw_two_scans(const Setting& setting) {
  const RawPeople people(setting, setting.rows / 10, 10);
  return seconds([&] {
    std::vector<PlainPerson> all;
    all.reserve(static_cast<std::size_t>(setting.rows / 10));
    std::unordered_map<std::int64_t, std::size_t> by_id;
    by_id.reserve(static_cast<std::size_t>(setting.rows / 10));
    raw::Statement persons(people.db.get(),
                           "SELECT id, name, email, age, score, active FROM person");
    while (persons.step()) {
      read_person(persons, all.emplace_back());
      by_id[all.back().id] = all.size() - 1;
    }
    raw::Statement posts(people.db.get(), "SELECT id, person_id, title FROM post");
    while (posts.step()) {
      const auto owner = posts.integer(1);
      PlainPost& post = all[by_id.at(owner)].posts.emplace_back();
      post.id = posts.integer(0);
      post.person_id = owner;
      posts.text(2, post.title);
    }
  });
}

double raw_join(const Setting& setting) {
  const RawPeople people(setting, setting.rows / 10, 10);
  return seconds([&] {
    std::vector<PlainPerson> all;
    all.reserve(static_cast<std::size_t>(setting.rows / 10));
    raw::Statement rows(
        people.db.get(),
        "SELECT p.id, p.name, p.email, p.age, p.score, p.active, q.id, "
        "q.person_id, q.title FROM person p LEFT JOIN post q ON q.person_id = p.id");
    while (rows.step()) {
      if (all.empty() || all.back().id != rows.integer(0)) read_person(rows, all.emplace_back());
      if (rows.is_null(6)) continue;
      PlainPost& post = all.back().posts.emplace_back();
      post.id = rows.integer(6);
      post.person_id = rows.integer(7);
      rows.text(8, post.title);
    }
  });
}

}  // namespace

const std::vector<Benchmark>& read_benchmarks() {
  static const std::vector<Benchmark> kAll = {
      {"select and hydrate", 1.15, &select, &raw_select},
      {"get, cold", 1.15, &orm_cold_get, &raw_cold_get},
      {"get, identity hit", 2.00, &orm_identity, &map_identity},
      {"eager, selectin", 1.30, &orm_selectin, &raw_two_scans},
      {"eager, joined", 1.25, &orm_joined, &raw_join},
      {"lazy, N+1", 2.20, &orm_lazy, &raw_two_scans},
      {"lazy, auto-batch", 1.40, &orm_auto_batch, &raw_two_scans}};
  return kAll;
}
