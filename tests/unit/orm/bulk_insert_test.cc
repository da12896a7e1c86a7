#include <catch2/catch.hpp>

#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace bulk {

enum class Grade { kLow, kHigh };

}  // namespace bulk

template <>
struct ormdb::enum_names<bulk::Grade> {
  static constexpr std::string_view name = "grade";
  static constexpr std::string_view values[] = {"low", "high"};
};

namespace bulk {

using namespace ormdb;
using namespace std::chrono;

struct Sample {
  std::int64_t id{};
  bool flag{};
  std::int16_t small{};
  std::int32_t medium{};
  std::uint32_t wide{};
  float single{};
  double twice{};
  std::string text{};
  std::string label{};
  Numeric price{};
  Date day{year(2000), month(1), std::chrono::day(1)};
  TimeOfDay at{};
  LocalTime local{};
  SysTime utc{};
  Interval span{};
  Blob bytes{};
  Uuid uuid{};
  Json json{"{}"};
  Json packed{"{}"};
  Grade grade{};
  std::optional<Grade> maybe_grade{};
  std::optional<Numeric> maybe_price{};
  std::optional<std::string> maybe_text{};

  static void describe(TableOf<Sample>& t) {
    t.name("sample")
        .column<&Sample::id>({.primary_key = true})
        .column<&Sample::flag>()
        .column<&Sample::small>({.check = "small >= 0"})
        .column<&Sample::medium>({.unique = true})
        .column<&Sample::wide>()
        .column<&Sample::single>()
        .column<&Sample::twice>()
        .column<&Sample::text>()
        .column<&Sample::label>({.length = 12})
        .column<&Sample::price>()
        .column<&Sample::day>()
        .column<&Sample::at>()
        .column<&Sample::local>()
        .column<&Sample::utc>()
        .column<&Sample::span>()
        .column<&Sample::bytes>()
        .column<&Sample::uuid>()
        .column<&Sample::json>()
        .column<&Sample::packed>()
        .column<&Sample::grade>()
        .column<&Sample::maybe_grade>()
        .column<&Sample::maybe_price>()
        .column<&Sample::maybe_text>();
  }
};

/// Its arrays have no binary form for COPY; its id is the program's.
struct Listed {
  std::int64_t id{};
  Json words{"[]"};
  std::vector<std::string> names{};
  static void describe(TableOf<Listed>& t) {
    t.name("listed").column<&Listed::id>({.primary_key = true}).column<&Listed::words>();
    t.column<&Listed::names>();
  }
};

constexpr int kRows = 1000;

std::string price_of(int i) {
  const std::string samples[] = {"0",     "-1.50",      "12345678.90123", "0.0001",
                                 "10000", "99999999.9", "-0.05"};
  return samples[static_cast<std::size_t>(i) % std::size(samples)];
}

Sample sample(int i) {
  Sample s;
  s.flag = i % 2 == 0;
  s.small = static_cast<std::int16_t>(i);
  s.medium = i * 1'000'000 / 3 - 7;
  s.wide = 4'000'000'000U + static_cast<std::uint32_t>(i);
  s.single = static_cast<float>(i) / 4;
  s.twice = i / 3.0;
  s.text = i % 5 == 0 ? "" : "text \t\"" + std::to_string(i) + "\" äöü";
  s.label = "label" + std::to_string(i);
  s.price = Numeric(price_of(i));
  s.day = Date(sys_days(days(i * 31 - 9000)));
  s.at.since_midnight = microseconds(i) * 86'000'000;
  s.local = LocalTime(microseconds(i) * 1'000'000'007 - hours(300'000));
  s.utc = SysTime(microseconds(i) * 999'999'937);
  s.span = {i % 13, i % 40, std::int64_t{i} * 1'000'001};
  s.bytes.bytes = std::string("\0\xff\n", 3) + std::to_string(i);
  s.uuid.bytes[3] = static_cast<std::uint8_t>(i);
  s.json.text = "{\"i\": " + std::to_string(i) + "}";
  s.packed.text = s.json.text;
  s.grade = i % 3 == 0 ? Grade::kHigh : Grade::kLow;
  if (i % 4 == 0) s.maybe_grade = Grade::kHigh;
  if (i % 3 == 0) s.maybe_price = Numeric("-" + std::to_string(i) + ".25");
  if (i % 7 == 0) s.maybe_text = "there";
  return s;
}

std::vector<Sample> samples() {
  std::vector<Sample> rows;
  for (int i = 0; i < kRows; ++i) rows.push_back(sample(i));
  return rows;
}

const Metadata& models() {
  static const auto kModels = Metadata::of<Sample>();
  return kModels;
}

bool is_server(const std::string& url) { return url.starts_with("postgresql"); }

/// Notes the statements that insert into the table.
void note_statements(Session& db, const std::string& table) {
  db.execute("CREATE TABLE seen (words text)");
  db.execute(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN INSERT INTO seen VALUES (current_query()); RETURN NULL; END $$");
  db.execute("CREATE TRIGGER note AFTER INSERT ON " + table +
             " FOR EACH STATEMENT EXECUTE FUNCTION note()");
  db.commit();
}

void check_equal(const Sample& a, const Sample& b) {
  CHECK(a.flag == b.flag);
  CHECK(a.small == b.small);
  CHECK(a.medium == b.medium);
  CHECK(a.wide == b.wide);
  CHECK(a.single == b.single);
  CHECK(a.twice == b.twice);
  CHECK(a.text == b.text);
  CHECK(a.label == b.label);
  CHECK(a.price == b.price);
  CHECK(a.day == b.day);
  CHECK(a.at == b.at);
  CHECK(a.local == b.local);
  CHECK(a.utc == b.utc);
  CHECK(a.span == b.span);
  CHECK(a.bytes == b.bytes);
  CHECK(a.uuid == b.uuid);
  CHECK(a.json == b.json);
  CHECK(a.packed == b.packed);
  CHECK(a.grade == b.grade);
  CHECK(a.maybe_grade == b.maybe_grade);
  CHECK(a.maybe_price == b.maybe_price);
  CHECK(a.maybe_text == b.maybe_text);
}

TEST_CASE("Many rows of all types are inserted at once and read back as they were") {
  for (const std::string& url : orm_test::fresh_urls()) {
    CAPTURE(url);
    const Engine engine(url);
    models().create_all(engine);
    Session db(engine, models());
    if (is_server(url)) {
      db.execute("ALTER TABLE sample ALTER packed TYPE jsonb");
      note_statements(db, "sample");
    }
    auto rows = samples();
    db.bulk_insert(rows);
    db.commit();
    const auto all = db.query<Sample>().order_by(col<&Sample::id>).all();
    REQUIRE(all.size() == rows.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      REQUIRE(all[i]->id == rows[i].id);
      check_equal(*all[i], rows[i]);
    }
    if (!is_server(url)) continue;
    const auto seen = db.execute("SELECT words FROM seen");
    CHECK(seen.text(0, 0).starts_with("COPY "));
    // Ids go on behind those.
    CHECK(db.add(sample(kRows)).is_pending());
    db.flush();
    CHECK(db.query<Sample>().order_by(col<&Sample::id>.desc()).first()->id == kRows + 1);
  }
}

TEST_CASE("A row that breaks a constraint is named, and nothing of the rows stays") {
  struct Case {
    void (*spoil)(Sample&);
    Violation violation;
    std::string constraint;
  };
  const Case cases[] = {
      {[](Sample& s) { s.medium = -7; }, Violation::kUnique, "sample_medium_key"},
      {[](Sample& s) { s.small = -1; }, Violation::kCheck, ""},
  };
  for (const std::string& url : orm_test::fresh_urls()) {
    const Engine engine(url);
    models().create_all(engine);
    for (const Case& one : cases) {
      CAPTURE(url);
      Session db(engine, models());
      auto rows = samples();
      one.spoil(rows[kRows - 100]);
      try {
        db.bulk_insert(rows);
        FAIL("it was inserted");
      } catch (const IntegrityError& error) {
        CHECK(error.violation() == one.violation);
        if (is_server(url)) CHECK(error.table() == "sample");
        if (is_server(url) && !one.constraint.empty()) {
          CHECK(error.constraint() == one.constraint);
        }
      }
      db.rollback();
      CHECK(db.query<Sample>().count() == 0);
      auto good = samples();
      db.bulk_insert(good);
      CHECK(db.query<Sample>().count() == kRows);
      db.rollback();
    }
  }
}

TEST_CASE(
    "A value that no column can hold ends a batch, and the session works on after a rollback") {
  for (const std::string& url : orm_test::fresh_urls()) {
    if (!is_server(url)) continue;
    const Engine engine(url);
    models().create_all(engine);
    Session db(engine, models());
    auto rows = samples();
    rows[kRows - 1].text = std::string("a\0b", 3);
    CHECK_THROWS_AS(db.bulk_insert(rows), ConversionError);
    db.rollback();
    db.execute("ALTER TABLE sample ALTER wide TYPE integer");
    db.commit();
    rows = samples();
    CHECK_THROWS_AS(db.bulk_insert(rows), ConversionError);  // 4000000000 is no integer of 4 bytes
    db.rollback();
    rows[0].label = "longer than twelve";
    for (Sample& row : rows) row.wide = 1;
    CHECK_THROWS_AS(db.bulk_insert(rows), Error);
    db.rollback();
    rows[0].label = "";
    db.bulk_insert(rows);
    db.commit();
    CHECK(db.query<Sample>().count() == kRows);
  }
}

struct Reading {
  std::int64_t id{};
  std::int64_t value{};
  static void describe(TableOf<Reading>& t) {
    t.name("reading").column<&Reading::id>({.primary_key = true}).column<&Reading::value>();
  }
};

TEST_CASE("A column that another session alters between two COPYs gets values, not their bytes") {
  for (const std::string& url : orm_test::fresh_urls()) {
    if (!is_server(url)) continue;
    const auto models = Metadata::of<Reading>();
    const Engine engine(url), other(url);
    models.create_all(engine);
    Session db(engine, models);
    const auto insert = [&](std::int64_t value) {
      std::vector<Reading> rows(kRows, Reading{.value = value});
      db.bulk_insert(rows);
      db.commit();
    };
    insert(1);
    Session migration(other, models);
    migration.execute("ALTER TABLE reading ALTER COLUMN value TYPE double precision");
    migration.commit();
    insert(2);
    CHECK(db.execute("SELECT CAST(sum(value) AS text) FROM reading").text(0, 0) ==
          std::to_string(3 * kRows));
    db.rollback();  // its lock
    migration.execute("ALTER TABLE reading ALTER COLUMN value TYPE bigint");
    migration.commit();
    insert(4);
    CHECK(db.execute("SELECT CAST(sum(value) AS text) FROM reading").text(0, 0) ==
          std::to_string(7 * kRows));
  }
}

TEST_CASE("Rows that COPY cannot take are inserted all the same") {
  for (const std::string& url : orm_test::fresh_urls()) {
    if (!is_server(url)) continue;
    const Engine engine(url);
    const auto models = Metadata::of<Listed>();
    models.create_all(engine);
    Session db(engine, models);
    note_statements(db, "listed");
    std::vector<Listed> rows;
    for (int i = 1; i <= kRows; ++i) rows.push_back({i, Json{"[1]"}, {"a", "b,\"c\""}});
    db.bulk_insert(rows);
    db.commit();
    CHECK(db.get<Listed>(kRows)->names == rows.back().names);
    CHECK(db.execute("SELECT words FROM seen").text(0, 0).starts_with("INSERT "));
  }
}

}  // namespace bulk
