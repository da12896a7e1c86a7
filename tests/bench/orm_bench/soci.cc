// The ORM against SOCI on SQLite, as its manual writes such programs.
#if __has_include(<soci/soci.h>) && __has_include(<boost/version.hpp>)
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
using namespace sqlite_api;  // SOCI includes sqlite3.h inside of it

#include "bench.h"

namespace {

using ormdb::Engine;

struct Soci {
  explicit Soci(const Setting& setting) {
    const std::string path = setting.path("soci");
    sql.open(soci::sqlite3, path.empty() ? ":memory:" : path);
    for (const char* text : kTables) sql << text;
  }
  soci::session sql;
};

struct Row {
  int id = 0, active = 0;
  long long age = 0;
  double score = 0;
  std::string name, email;
};

void insert_all(soci::session& sql, std::int64_t rows) {
  soci::transaction transaction(sql);
  Row row;
  soci::statement insert = (sql.prepare << "INSERT INTO person (name, email, age, score, active) "
                                           "VALUES (:name, :email, :age, :score, :active)",
                            soci::use(row.name), soci::use(row.email), soci::use(row.age),
                            soci::use(row.score), soci::use(row.active));
  for (std::int64_t i = 0; i < rows; ++i) {
    Person person = person_number(i);
    row.name = std::move(person.name);
    row.email = std::move(person.email);
    row.age = person.age;
    row.score = person.score;
    row.active = person.active ? 1 : 0;
    insert.execute(true);
  }
  transaction.commit();
}

std::vector<Row> select_all(soci::session& sql) {
  Row row;
  std::vector<Row> rows;
  soci::statement select = (sql.prepare << "SELECT id, name, email, age, score, active FROM person",
                            soci::into(row.id), soci::into(row.name), soci::into(row.email),
                            soci::into(row.age), soci::into(row.score), soci::into(row.active));
  select.execute();
  while (select.fetch()) rows.push_back(row);
  return rows;
}

double soci_insert(const Setting& setting) {
  Soci soci(setting);
  return seconds([&] { insert_all(soci.sql, setting.rows); });
}

double soci_select(const Setting& setting) {
  Soci soci(setting);
  insert_all(soci.sql, setting.rows);
  return seconds(
      [&] { require(select_all(soci.sql).size() == static_cast<std::size_t>(setting.rows)); });
}

double soci_update(const Setting& setting) {
  Soci soci(setting);
  insert_all(soci.sql, setting.rows);
  std::vector<Row> rows = select_all(soci.sql);
  return seconds([&] {
    soci::transaction transaction(soci.sql);
    long long age = 0;
    int id = 0;
    soci::statement update = (soci.sql.prepare << "UPDATE person SET age = :age WHERE id = :id",
                              soci::use(age), soci::use(id));
    for (const Row& row : rows) {
      age = row.age + 1;
      id = row.id;
      update.execute(true);
    }
    transaction.commit();
  });
}

/// A tenth of the rows are people with ten posts each, read with one join.
double soci_eager(const Setting& setting) {
  Soci soci(setting);
  insert_all(soci.sql, setting.rows / 10);
  {
    soci::transaction transaction(soci.sql);
    int person = 0;
    soci::statement insert =
        (soci.sql.prepare << "INSERT INTO post (title, person_id) VALUES ('a title', :person)",
         soci::use(person));
    for (std::int64_t i = 0; i < setting.rows; ++i) {
      person = static_cast<int>(i / 10 + 1);
      insert.execute(true);
    }
    transaction.commit();
  }
  return seconds([&] {
    struct Owner {
      Row row;
      std::vector<PlainPost> posts;
    };
    std::vector<Owner> all;
    Row row;
    int post = 0;
    std::string title;
    soci::statement select =
        (soci.sql.prepare << "SELECT p.id, p.name, p.email, p.age, p.score, p.active, q.id, "
                             "q.title FROM person p JOIN post q ON q.person_id = p.id",
         soci::into(row.id), soci::into(row.name), soci::into(row.email), soci::into(row.age),
         soci::into(row.score), soci::into(row.active), soci::into(post), soci::into(title));
    select.execute();
    while (select.fetch()) {
      if (all.empty() || all.back().row.id != row.id) all.push_back({row, {}});
      all.back().posts.push_back({post, row.id, title});
    }
    require(all.size() == static_cast<std::size_t>(setting.rows / 10));
  });
}

double insert(const Setting& setting) { return orm_insert(bench_engine(setting), setting.rows); }
double select(const Setting& setting) {
  const Engine engine = bench_engine(setting);
  fill(engine, setting.rows, 0);
  return orm_select(engine, setting.rows);
}
double update(const Setting& setting) {
  const Engine engine = bench_engine(setting);
  fill(engine, setting.rows, 0);
  return orm_update(engine, setting.rows);
}
double eager(const Setting& setting) {
  const Engine engine = bench_engine(setting);
  fill(engine, setting.rows / 10, 10);
  ormdb::Session db(engine, bench_models());
  return seconds([&] {
    std::size_t posts = 0;
    for (auto person : db.query<Person>().options(ormdb::selectinload<&Person::posts>()).all()) {
      posts += person->posts.size();
    }
    require(posts == static_cast<std::size_t>(setting.rows / 10 * 10));
  });
}

}  // namespace

const std::vector<Benchmark>& soci_benchmarks() {
  static const std::vector<Benchmark> kAll = {{"SOCI: insert", 1.20, &insert, &soci_insert},
                                              {"SOCI: select", 1.20, &select, &soci_select},
                                              {"SOCI: update", 1.00, &update, &soci_update},
                                              {"SOCI: eager", 1.00, &eager, &soci_eager}};
  return kAll;
}

#else

#include "bench.h"

const std::vector<Benchmark>& soci_benchmarks() {
  static const std::vector<Benchmark> kNone;
  std::cerr << "SOCI is not installed (libsoci-dev, libboost-dev): not compared with it\n";
  return kNone;
}

#endif
