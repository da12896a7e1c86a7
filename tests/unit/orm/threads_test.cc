// Many threads on a small pool: what was reported as committed is there, what was not is not, and
// no connection is lost, also while a server's connections are killed at random.
//
// ORMDB_THREADS_SECONDS makes each run longer than the second or two of a normal one.
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "ormdb/dialect.h"
#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace {

using namespace ormdb;

constexpr std::size_t kThreads = 64;
constexpr std::size_t kPoolSize = 8;
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
  Uuid id{};
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

using Ids = std::set<std::string>;

/// What one thread was told of its work.
struct Report {
  std::array<Ids, kAccounts> committed, unknown;  ///< Ids of entries, by account.
  std::int64_t conflicts = 0, refused = 0, lost = 0, unreachable = 0, reads = 0, torn_reads = 0;
  std::string failure;
};

/// An account counted up, and an entry for it, in one transaction.
void update(Session& db, std::int64_t id, const Uuid& entry, bool roll_back) {
  auto account = db.get<Account>(id);
  account.set<&Account::count>(account->count + 1);
  db.add(Entry{.id = entry, .account_id = id});
  db.flush();
  if (roll_back) return db.rollback();
  db.commit();
}

/// One transaction sees one moment.
void read(Session& db, Report& report) {
  const auto entries = db.query<Entry>().count();
  const auto counted = db.select(sum(col<&Account::count>)).scalar();
  if (entries != counted.value_or(0)) ++report.torn_reads;
  ++report.reads;
}

/// One transaction, with a session of its own.
class Turn {
 public:
  Turn(const Engine& engine, const Metadata& models, Report& report, std::minstd_rand& random)
      : engine_(engine), models_(models), report_(report), random_(random) {}

  void run() {
    try {
      if (random_() % 4 == 0) {
        Session db(engine_, models_, {.isolation = "repeatable read"});
        return read(db, report_);
      }
      write();
    } catch (const TransientConflict&) {
      ++report_.conflicts;
    } catch (const StaleData&) {
      ++report_.conflicts;
    } catch (const PoolTimeout&) {
      ++report_.refused;
    } catch (const ConnectionLost&) {
      ++report_.lost;
    } catch (const std::exception& error) {
      const std::string words = error.what();
      if (words.starts_with("cannot connect")) {
        ++report_.unreachable;  // killed while it was made
      } else {
        report_.failure = words;
      }
    }
  }

 private:
  void write() {
    const std::size_t place = random_() % kAccounts;
    const auto id = static_cast<std::int64_t>(place) + 1;
    const bool roll_back = random_() % 8 == 0;
    const Uuid entry = Uuid::random();
    Session db(engine_, models_, {.isolation = "immediate"});
    try {
      update(db, id, entry, roll_back);
      if (!roll_back) report_.committed[place].insert(entry.text());
    } catch (const OutcomeUnknown&) {
      report_.unknown[place].insert(entry.text());
    }
  }

  const Engine& engine_;
  const Metadata& models_;
  Report& report_;
  std::minstd_rand& random_;
};

void work(const Engine& engine, const Metadata& models, const std::atomic<bool>& stop,
          unsigned seed, Report& report) {
  std::minstd_rand random(seed);
  while (!stop && report.failure.empty()) Turn(engine, models, report, random).run();
}

/// All threads work while `meanwhile` runs; what they were told together.
template <typename F>
Report work_all(const Engine& engine, const Metadata& models, const F& meanwhile) {
  std::vector<Report> reports(kThreads);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { work(engine, models, stop, static_cast<unsigned>(i) + 1, reports[i]); });
  }
  meanwhile();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  Report all;
  for (Report& report : reports) {
    for (std::size_t i = 0; i < kAccounts; ++i) {
      all.committed[i].merge(report.committed[i]);
      all.unknown[i].merge(report.unknown[i]);
    }
    all.conflicts += report.conflicts;
    all.refused += report.refused;
    all.lost += report.lost;
    all.unreachable += report.unreachable;
    all.reads += report.reads;
    all.torn_reads += report.torn_reads;
    if (!report.failure.empty()) all.failure = report.failure;
  }
  return all;
}

template <typename Sets>
std::size_t total(const Sets& sets) {
  std::size_t sum = 0;
  for (const Ids& ids : sets) sum += ids.size();
  return sum;
}

/// Of what has no certain outcome either may be; the rest is exact.
void check_database(const Engine& engine, const Metadata& models, const Report& report) {
  Session db(engine, models);
  std::array<Ids, kAccounts> found;
  for (auto entry : db.query<Entry>().all()) {
    found[static_cast<std::size_t>(entry->account_id) - 1].insert(entry->id.text());
  }
  std::size_t lost = 0, invented = 0;
  for (auto account : db.query<Account>().all()) {
    const auto place = static_cast<std::size_t>(account->id) - 1;
    for (const std::string& id : report.committed[place]) lost += found[place].count(id) == 0;
    for (const std::string& id : found[place]) {
      invented += report.committed[place].count(id) + report.unknown[place].count(id) == 0;
    }
    CHECK(account->count == static_cast<std::int64_t>(found[place].size()));
    CHECK(account->version == account->count);
  }
  CHECK(lost == 0);
  CHECK(invented == 0);
}

void check_report(const Engine& engine, const Report& report) {
  CHECK(report.failure == "");
  CHECK(report.torn_reads == 0);
  CHECK(report.reads > 0);
  CHECK(total(report.committed) > 0);
  CHECK(engine.status().in_use == 0);
  CHECK(engine.status().idle <= kPoolSize);
}

std::string summary(const Report& report, std::int64_t kills) {
  const auto text = [](auto number, const char* of) { return std::to_string(number) + of; };
  return text(kThreads, " threads, ") + text(total(report.committed), " updates, ") +
         text(report.reads, " reads, ") + text(report.conflicts, " conflicts, ") +
         text(report.refused, " times no connection; ") + text(kills, " connections killed, ") +
         text(report.lost, " transactions lost, ") +
         text(report.unreachable, " failed to connect, ") +
         text(total(report.unknown), " of unknown outcome");
}

EngineOptions small_pool() {
  return {.pool_size = kPoolSize,
          .max_overflow = 0,
          .pool_timeout = std::chrono::milliseconds(2000),
          .lock_timeout = std::chrono::milliseconds(1000)};
}

void create_accounts(const Engine& engine, const Metadata& models) {
  models.create_all(engine);
  with_session(engine, models, [](Session& db) {
    for (std::int64_t i = 0; i < kAccounts; ++i) db.add(Account{});
  });
}

TEST_CASE("Threads on a pool that is too small lose no committed update and no connection") {
  const File file;
  const Engine engine(file.url(), small_pool());
  const auto models = Metadata::of<Account, Entry>();
  create_accounts(engine, models);
  const Report report = work_all(engine, models, [] { std::this_thread::sleep_for(duration()); });
  INFO(summary(report, 0));
  check_report(engine, report);
  CHECK(report.lost + report.unreachable == 0);
  CHECK(total(report.unknown) == 0);
  check_database(engine, models, report);
}

/// Kills connections to its database at random, and watches how many there are.
class Killer {
 public:
  explicit Killer(const std::string& url) : connection_(connect(url)) {}

  void run(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      kills_ += number("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid" + others() +
                       " ORDER BY random() LIMIT 1) AS victim");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::int64_t kills() const { return kills_; }
  std::int64_t connections() { return number("SELECT count(*)" + others()); }
  std::int64_t open_transactions() {
    return number("SELECT count(*)" + others() + " AND state <> 'idle'");
  }

 private:
  static std::unique_ptr<Connection> connect(const std::string& url) {
    return dialect_for("postgresql").connect(parse_url(url), {});
  }
  static std::string others() {
    return " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
           "AND backend_type = 'client backend'";
  }
  std::int64_t number(const std::string& sql) { return connection_->query(sql).integer(0, 0); }

  std::unique_ptr<Connection> connection_;
  std::int64_t kills_ = 0;
};

/// The server notices a little later that a client is gone.
bool comes_down_to(Killer& killer, std::int64_t count) {
  for (int i = 0; i < 100 && killer.connections() > count; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return killer.connections() <= count;
}

TEST_CASE("Threads lose no committed update while a server's connections are killed") {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  if (urls.size() < 2) {
    WARN("skipped: no ORMDB_TEST_POSTGRESQL_URL");
    return;
  }
  EngineOptions options = small_pool();
  options.pre_ping = GENERATE(false, true);
  const Engine engine(urls[1], options);
  const auto models = Metadata::of<Account, Entry>();
  create_accounts(engine, models);
  Killer killer(urls[1]);
  const Report report = work_all(engine, models, [&] { killer.run(duration()); });
  INFO(summary(report, killer.kills()));
  check_report(engine, report);
  CHECK(killer.kills() > 0);
  CHECK(comes_down_to(killer, kPoolSize));
  CHECK(killer.open_transactions() == 0);
  check_database(engine, models, report);
  engine.dispose();
  CHECK(comes_down_to(killer, 0));
}

}  // namespace
