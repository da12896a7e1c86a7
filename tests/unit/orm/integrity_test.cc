// What a constraint of the database refuses, on each database: which kind, which table, column and
// constraint.
#include <catch2/catch.hpp>
#include <functional>

#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace {

using namespace ormdb;

struct Hall {
  std::int64_t id{};
  std::string name{};
  static void describe(TableOf<Hall>& t) {
    t.name("hall")
        .column<&Hall::id>({.primary_key = true})
        .column<&Hall::name>({.length = 20, .unique = true});
  }
};

struct Seat {
  std::int64_t id{};
  std::int64_t hall_id{};
  std::int64_t line{};
  std::int64_t number{};
  std::string label{};
  static void describe(TableOf<Seat>& t) {
    t.name("seat")
        .column<&Seat::id>({.primary_key = true})
        .column<&Seat::hall_id>({.references = fk<&Hall::id>(), .foreign_key = "fk_seat_hall"})
        .column<&Seat::line>()
        .column<&Seat::number>()
        .column<&Seat::label>();
    t.unique<&Seat::hall_id, &Seat::line, &Seat::number>({.name = "uq_seat_place"});
    t.check("number > 0", "ck_seat_number");
  }
};

struct Refused {
  Violation violation = Violation::kOther;
  std::string table, column, constraint;
};

struct Fixture {
  Metadata models = Metadata::of<Hall, Seat>();
  Engine engine = made();
  bool is_sqlite = engine.dialect() == "sqlite";
  Session db{engine, models};

  Fixture() {
    db.add(Hall{.name = "great"});
    db.flush();
    db.add(Seat{.hall_id = 1, .line = 1, .number = 1});
    db.commit();
  }

  Engine made() const {
    const std::vector<std::string> urls = orm_test::fresh_urls();
    Engine fresh(GENERATE_COPY(from_range(urls)));
    models.create_all(fresh);
    return fresh;
  }

  /// What refuses `work`; the session is rolled back, and works.
  Refused refused(const std::function<void()>& work) {
    Refused result;
    try {
      work();
      FAIL("nothing was refused");
    } catch (const IntegrityError& error) {
      CHECK(error.kind() == ErrorKind::kDatabase);
      CHECK_FALSE(error.statement().empty());
      result = {error.violation(), error.table(), error.column(), error.constraint()};
    }
    db.rollback();
    CHECK(db.query<Seat>().count() == 1);
    CHECK(db.query<Hall>().count() == 1);
    return result;
  }
};

TEST_CASE_METHOD(Fixture, "A value that is there already is a unique violation") {
  const Refused one = refused([&] {
    db.add(Hall{.name = "great"});
    db.flush();
  });
  CHECK(one.violation == Violation::kUnique);
  CHECK(one.table == "hall");
  CHECK(one.column == "name");
  // SQLite does not tell the name.
  CHECK(one.constraint == (is_sqlite ? "" : "hall_name_key"));
  const Refused several = refused([&] {
    for (int i = 0; i < 3; ++i) db.add(Seat{.hall_id = 1, .line = 1, .number = 3 - i});
    db.commit();
  });
  CHECK(several.violation == Violation::kUnique);
  CHECK(several.table == "seat");
  CHECK(several.column == "hall_id, line, number");
  CHECK(several.constraint == (is_sqlite ? "" : "uq_seat_place"));
  const Refused key = refused([&] {
    db.add(Hall{.id = 1, .name = "small"});
    db.flush();
  });
  CHECK(key.violation == Violation::kUnique);
  CHECK(key.table == "hall");
  CHECK(key.column == "id");
}

TEST_CASE_METHOD(Fixture, "A row that points to none is a foreign key violation") {
  const std::string name = is_sqlite ? "" : "fk_seat_hall";
  const Refused inserted = refused([&] {
    db.add(Seat{.hall_id = 7, .line = 1, .number = 1});
    db.flush();
  });
  CHECK(inserted.violation == Violation::kForeignKey);
  CHECK(inserted.table == "seat");
  CHECK(inserted.constraint == name);
  const Refused updated = refused([&] {
    db.get<Seat>(1).set<&Seat::hall_id>(7);
    db.commit();
  });
  CHECK(updated.violation == Violation::kForeignKey);
  CHECK(updated.table == "seat");
  CHECK(updated.constraint == name);
  const Refused removed = refused([&] {
    db.remove(db.get<Hall>(1));
    db.commit();
  });
  CHECK(removed.violation == Violation::kForeignKey);
  CHECK(removed.table == (is_sqlite ? "" : "seat"));
  CHECK(removed.constraint == name);
}

TEST_CASE_METHOD(Fixture, "A missing value is a not-null violation") {
  const Refused missing = refused([&] { db.execute("UPDATE seat SET label = NULL"); });
  CHECK(missing.violation == Violation::kNotNull);
  CHECK(missing.table == "seat");
  CHECK(missing.column == "label");
}

TEST_CASE_METHOD(Fixture, "A row that breaks a check is a check violation") {
  const Refused inserted = refused([&] {
    db.add(Seat{.hall_id = 1, .line = 2, .number = 0});
    db.add(Seat{.hall_id = 1, .line = 3, .number = 1});
    db.flush();
  });
  CHECK(inserted.violation == Violation::kCheck);
  CHECK(inserted.table == "seat");
  CHECK(inserted.constraint == "ck_seat_number");
  const Refused updated = refused([&] {
    db.get<Seat>(1).set<&Seat::number>(-1);
    db.flush();
  });
  CHECK(updated.violation == Violation::kCheck);
  CHECK(updated.table == "seat");
  CHECK(updated.constraint == "ck_seat_number");
}

TEST_CASE_METHOD(Fixture, "A constraint that refuses a part of the work leaves the rest") {
  auto hall = db.get<Hall>(1);
  hall.set<&Hall::name>("small");
  {
    auto savepoint = db.begin_nested();
    db.add(Seat{.hall_id = 1, .line = 1, .number = 1});
    CHECK_THROWS_AS(db.flush(), IntegrityError);
    savepoint.rollback();
  }
  CHECK(hall->name == "small");
  db.commit();
  CHECK(db.execute("SELECT name FROM hall").text(0, 0) == "small");
  CHECK(db.query<Seat>().count() == 1);
}

}  // namespace
