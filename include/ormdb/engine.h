// An engine: where a database is, and the pool of connections to it. Thread-safe, cheap to copy
// (copies share the pool), best made once a program.
//
//     ormdb::Engine engine("sqlite:///site.db");
//     auto engine = ormdb::Engine::from_env("DATABASE_URL", "sqlite:///site.db");
//     auto engine = ormdb::Engine::from_config();     // what the command line uses
//
// A session takes a connection when it begins a transaction and gives it back after commit,
// rollback or close; what was open on it is rolled back then. A database in SQLite's memory has one
// connection, since a second one would be another database.
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

struct EngineOptions {
  std::size_t pool_size = 5;      ///< Connections that are kept.
  std::size_t max_overflow = 10;  ///< Further ones under load, closed when they come back.
  std::chrono::milliseconds pool_timeout{30000};  ///< Waiting for one; then PoolTimeout.
  std::chrono::seconds recycle{0};  ///< Connections older than this are replaced; 0: no.
  bool pre_ping = false;            ///< Ask a connection whether it lives before use.
  std::chrono::milliseconds lock_timeout{5000};  ///< Waiting for another writer.
};

struct PoolStatus {
  std::size_t idle = 0;
  std::size_t in_use = 0;
};

/// One statement that a session ran, for observers.
struct StatementEvent {
  std::string_view sql;
  std::chrono::nanoseconds duration;
  std::size_t rows;  ///< Read, or written by a batch.
};

namespace detail {
class Pool;
}

class Engine {
 public:
  /// Throws kConfig for a URL that is none. Connects at the first use.
  explicit Engine(std::string_view url, const EngineOptions& options = {});

  /// The URL of the environment variable, or `otherwise`.
  static Engine from_env(const std::string& variable, std::string_view otherwise,
                         const EngineOptions& options = {});
  /// By the command line's rules: ORMDB_URL, then the database of ormdb.yaml, then DATABASE_URL.
  static Engine from_config(const std::string& file = "ormdb.yaml",
                            const std::string& database = "", const EngineOptions& options = {});

  std::string url() const;  ///< The password as ***.
  std::string_view dialect() const;
  PoolStatus status() const;
  /// Closes the idle connections; those in use are closed when they come back.
  void dispose() const;

  detail::Pool& pool() const { return *pool_; }

 private:
  std::shared_ptr<detail::Pool> pool_;
};

struct BoundEngine {
  std::string name;
  Engine engine;
};

/// The databases of a program whose models are in several: by the names of t.bind(…), "default" for
/// models without. Where there is one, an Engine serves.
///
///     ormdb::Session db{{{"default", engine}, {"analytics", other}}, models};
class Engines {
 public:
  Engines(const Engine& engine) : all_{{"default", engine}} {}  // NOLINT: usually there is one
  /// Throws kUsage for no engine and for a name that is there twice.
  Engines(std::initializer_list<BoundEngine> engines);

  const std::vector<BoundEngine>& all() const { return all_; }
  /// Throws kUsage for a name that is not there.
  const Engine& get(std::string_view name) const;

 private:
  std::vector<BoundEngine> all_;
};

}  // namespace ormdb
