// Many threads on a small pool: what was committed is there, and no connection is lost.
//
// ORMDB_THREADS_SECONDS makes the run longer than the second or two of a normal one.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "ormdb/dialect.h"
#include "ormdb/orm.h"

namespace {

using namespace ormdb;

constexpr int kThreads = 64;
constexpr std::int64_t kAccounts = 16;

struct Account {
  std::int64_t id{};
  std::int64_t count{};
  std::int64_t version{};
  static void describe(TableOf<Account>& t) {
    t.name("account")
        .column<&Account::id>({.primary_key = true})
        .column<&Account::count>()
        .column<&Account::version>({.version = true});
  }
};

struct Entry {
  std::int64_t id{};
  std::int64_t account_id{};
  static void describe(TableOf<Entry>& t) {
    t.name("entry")
        .column<&Entry::id>({.primary_key = true})
        .column<&Entry::account_id>({.references = fk<&Account::id>()});
  }
};

/// A database file in write-ahead mode that goes away with the test.
struct File {
  std::string path = "/tmp/ormdb_threads_" + Uuid::random().text() + ".db";
  std::string url() const { return "sqlite:///" + path; }
  File() {
    const auto connection = dialect_for("sqlite").connect(parse_url(url()), {});
    CHECK(connection->query("PRAGMA journal_mode = wal").text(0, 0) == "wal");
  }
  ~File() {
    for (const char* ending : {"", "-wal", "-shm"}) std::remove((path + ending).c_str());
  }
};

std::chrono::milliseconds duration() {
  const char* seconds = std::getenv("ORMDB_THREADS_SECONDS");
  return std::chrono::milliseconds(seconds == nullptr ? 1500 : std::atoi(seconds) * 1000);
}

/// What the threads say of their work.
struct Tally {
  std::atomic<std::int64_t> committed[kAccounts] = {};
  std::atomic<std::int64_t> conflicts{0}, refused{0}, reads{0};
  std::atomic<bool> failed{false};
  std::atomic<bool> stop{false};
};

/// One committed update: the row counted up, and an entry for it. False where it lost.
bool update(const Engine& engine, const Metadata& models, std::int64_t id, bool roll_back) {
  Session db(engine, models, {.isolation = "immediate"});
  auto account = db.get<Account>(id);
  account.set<&Account::count>(account->count + 1);
  db.add(Entry{.account_id = id});
  db.flush();
  if (roll_back) {
    db.rollback();
    return false;
  }
  db.commit();
  return true;
}

void read(const Engine& engine, const Metadata& models, Tally& tally) {
  Session db(engine, models);
  const auto entries = db.query<Entry>().count();
  const auto counted = db.select(sum(col<&Account::count>)).scalar();
  if (entries != counted.value_or(0)) tally.failed = true;  // One transaction sees one moment.
  ++tally.reads;
}

void work(const Engine& engine, const Metadata& models, Tally& tally, unsigned seed) {
  std::minstd_rand random(seed);
  while (!tally.stop) {
    const auto id = static_cast<std::int64_t>(random() % kAccounts) + 1;
    try {
      if (random() % 4 == 0) {
        read(engine, models, tally);
      } else if (update(engine, models, id, random() % 8 == 0)) {
        ++tally.committed[id - 1];
      }
    } catch (const TransientConflict&) {
      ++tally.conflicts;
    } catch (const PoolTimeout&) {
      ++tally.refused;
    } catch (const std::exception&) {
      tally.failed = true;
    }
  }
}

TEST_CASE("Threads on a pool that is too small lose no committed update and no connection") {
  const File file;
  const Engine engine(file.url(), {.pool_size = 4,
                                   .max_overflow = 4,
                                   .pool_timeout = std::chrono::milliseconds(2000),
                                   .lock_timeout = std::chrono::milliseconds(1000)});
  const auto models = Metadata::of<Account, Entry>();
  models.create_all(engine);
  with_session(engine, models, [](Session& db) {
    for (std::int64_t i = 0; i < kAccounts; ++i) db.add(Account{});
  });
  Tally tally;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { work(engine, models, tally, i + 1); });
  }
  std::this_thread::sleep_for(duration());
  tally.stop = true;
  for (std::thread& thread : threads) thread.join();

  CHECK_FALSE(tally.failed);
  CHECK(engine.status().in_use == 0);
  CHECK(engine.status().idle <= 4);
  std::int64_t total = 0;
  Session db(engine, models);
  for (auto account : db.query<Account>().all()) {
    const std::int64_t expected = tally.committed[account->id - 1];
    total += expected;
    CHECK(account->count == expected);
    CHECK(account->version == expected);
    CHECK(db.query<Entry>().filter(col<&Entry::account_id> == account->id).count() == expected);
  }
  INFO(total << " updates, " << tally.reads << " reads, " << tally.conflicts << " conflicts, "
             << tally.refused << " times no connection");
  CHECK(total > 0);
}

}  // namespace
