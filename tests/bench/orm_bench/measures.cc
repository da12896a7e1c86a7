// What is no ratio: microseconds of a small flush, bytes of an object.
#include <malloc.h>

#include "bench.h"

namespace {

using namespace ormdb;

constexpr std::int64_t kChanged = 10;

/// Microseconds of a flush of ten changed objects among `rows` loaded ones, beyond those of the ten
/// UPDATEs by hand.
double small_flush(const Setting& setting) {
  const Engine engine = bench_engine(setting);
  fill(engine, setting.rows, 0);
  Session db(engine, bench_models());
  const auto all = db.query<Person>().all();
  const raw::Database by_hand(setting.path("raw"));
  make_tables(by_hand);
  fill(by_hand, setting.rows, 0);
  const auto change = [&](std::int64_t value) {
    for (std::int64_t i = 0; i < kChanged; ++i) {
      all[static_cast<std::size_t>(i * setting.rows / kChanged)].set<&Person::age>(value);
    }
  };
  change(-2);
  db.flush();  // prepares
  const double orm = seconds([&] {
    change(-1);
    db.flush();
  });
  by_hand.run("BEGIN");
  raw::Statement update(by_hand.get(), "UPDATE person SET age = ? WHERE id = ?");
  const auto write = [&](std::int64_t value) {
    for (std::int64_t i = 0; i < kChanged; ++i) {
      update.bind(1, value);
      update.bind(2, i * setting.rows / kChanged + 1);
      update.run();
    }
  };
  write(-2);
  const double raw = seconds([&] { write(-1); });
  return (orm - raw) * 1e6;
}

/// Bytes of memory that an object takes beyond its members, with its place in the identity map and
/// without relationships.
double bytes_of_object(const Setting& setting) {
  const Engine engine = bench_engine(setting);
  {
    Session db(engine, bench_models());
    std::vector<Node> nodes;
    for (std::int64_t i = 0; i < setting.rows; ++i) nodes.push_back(Node{.label = "new"});
    db.bulk_insert(nodes);
    db.commit();
  }
  Session db(engine, bench_models());
  db.query<Node>().limit(1).all();
  const auto used = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  const std::size_t before = used();
  db.query<Node>().all();
  const auto bytes = static_cast<double>(used() - before);
  return bytes / static_cast<double>(setting.rows) - sizeof(Node);
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> kAll = {{"flush of 10 of all, us", 50, &small_flush},
                                            {"bytes an object", 96, &bytes_of_object}};
  return kAll;
}
