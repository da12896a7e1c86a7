#include "ormdb/engine.h"

#include "base/file_system.h"
#include "base/variables.h"
#include "orm/pool.h"
#include "ormdb/config.h"
#include "ormdb/orm_error.h"

namespace ormdb {

namespace detail {

Lease& Lease::operator=(Lease&& other) noexcept {
  release();
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  return *this;
}

void Lease::release() noexcept {
  if (connection_ != nullptr) pool_->give_back(std::move(connection_));
  pool_.reset();
}

Pool::Pool(std::string_view url, const EngineOptions& options)
    : url_(parse_url(url)), options_(options) {
  if (is_private_database(url_)) {
    options_.pool_size = 1;
    options_.max_overflow = 0;
    options_.recycle = std::chrono::seconds(0);
  }
}

std::unique_ptr<PooledConnection> Pool::open() const {
  auto connection = std::make_unique<PooledConnection>();
  DriverOptions options;
  options.lock_timeout = options_.lock_timeout;
  connection->driver = open_driver(url_, options);
  connection->opened = std::chrono::steady_clock::now();
  return connection;
}

bool Pool::is_usable(PooledConnection& connection) const {
  const auto age = std::chrono::steady_clock::now() - connection.opened;
  if (options_.recycle.count() > 0 && age > options_.recycle) return false;
  return !options_.pre_ping || connection.driver->ping();
}

/// An idle connection, or nothing when a new one may be opened; waits for either. The connection is
/// counted as in use.
std::unique_ptr<PooledConnection> Pool::take_idle(std::unique_lock<std::mutex>& lock) {
  const std::size_t most = options_.pool_size + options_.max_overflow;
  const auto free = [&] { return !idle_.empty() || in_use_ < most; };
  if (!freed_.wait_for(lock, options_.pool_timeout, free)) {
    PoolTimeout error("no connection became free within " +
                      std::to_string(options_.pool_timeout.count()) + " ms; all " +
                      std::to_string(most) + " are in use");
    error.hint(most == 1
                   ? "a database in memory has one connection: commit, roll back or close the "
                     "session that has it"
                   : "close sessions when their work is done, or raise pool_size");
    throw error;
  }
  ++in_use_;
  if (idle_.empty()) return nullptr;
  std::unique_ptr<PooledConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

Lease Pool::acquire() {
  std::unique_lock lock(mutex_);
  std::unique_ptr<PooledConnection> connection = take_idle(lock);
  lock.unlock();
  try {
    if (connection != nullptr && !is_usable(*connection)) connection.reset();
    if (connection != nullptr) connection->was_idle = true;
    if (connection == nullptr) connection = open();
  } catch (...) {
    lock.lock();
    --in_use_;
    lock.unlock();
    freed_.notify_one();
    throw;
  }
  return Lease(shared_from_this(), std::move(connection));
}

Lease Pool::begin(const TransactionOptions& options,
                  std::chrono::steady_clock::time_point deadline) {
  while (true) {
    Lease lease = acquire();
    lease->driver->set_deadline(deadline);
    try {
      lease->driver->begin(options);
      return lease;
    } catch (const ConnectionLost&) {
      if (!lease->was_idle) throw;
    }
  }
}

void Pool::give_back(std::unique_ptr<PooledConnection> connection) noexcept {
  const bool clean = connection->driver->reset();
  std::unique_lock lock(mutex_);
  const bool current = connection->opened > disposed_;
  if (clean && current && idle_.size() < options_.pool_size) {
    idle_.push_back(std::move(connection));
  } else {
    // Closed before its place is free, so that the server never has more than the pool may.
    lock.unlock();
    connection.reset();
    lock.lock();
  }
  --in_use_;
  lock.unlock();
  freed_.notify_one();
}

PoolStatus Pool::status() const {
  const std::lock_guard lock(mutex_);
  return {idle_.size(), in_use_};
}

void Pool::dispose() {
  std::vector<std::unique_ptr<PooledConnection>> closing;
  const std::lock_guard lock(mutex_);
  closing.swap(idle_);
  disposed_ = std::chrono::steady_clock::now();
}

}  // namespace detail

Engine::Engine(std::string_view url, const EngineOptions& options)
    : pool_(std::make_shared<detail::Pool>(url, options)) {}

Engine Engine::from_env(const std::string& variable, std::string_view otherwise,
                        const EngineOptions& options) {
  return Engine(environment_variable(variable).value_or(std::string(otherwise)), options);
}

Engine Engine::from_config(const std::string& file, const std::string& database,
                           const EngineOptions& options) {
  ConfigOverrides overrides;
  overrides.url = environment_variable("ORMDB_URL").value_or("");
  overrides.database = database;
  if (!file_exists(file)) {
    const std::string url =
        overrides.url.empty() ? environment_variable("DATABASE_URL").value_or("") : overrides.url;
    if (!url.empty()) return Engine(url, options);
  }
  const Config config = load_config(file, overrides);
  for (const DatabaseConfig& one : config.databases) {
    if (database.empty() || one.name == database) return Engine(one.url, options);
  }
  throw Error(ErrorKind::kConfig, file + " has no database '" + database + "'");
}

Engines::Engines(std::initializer_list<BoundEngine> engines) : all_(engines) {
  if (all_.empty()) throw Error(ErrorKind::kUsage, "a session needs an engine");
  for (std::size_t i = 0; i < all_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (all_[i].name != all_[j].name) continue;
      throw Error(ErrorKind::kUsage, "two engines are bound to the name '" + all_[i].name + "'");
    }
  }
}

const Engine& Engines::get(std::string_view name) const {
  std::string known;
  for (const BoundEngine& bound : all_) {
    if (bound.name == name) return bound.engine;
    known += (known.empty() ? "" : ", ") + bound.name;
  }
  throw Error(ErrorKind::kUsage,
              "there is no engine for the database '" + std::string(name) + "', only for " + known)
      .hint("name it: {{\"default\", engine}, {\"" + std::string(name) + "\", other}}");
}

std::string Engine::url() const { return masked(pool_->url()); }
std::string_view Engine::dialect() const { return pool_->url().dialect; }
PoolStatus Engine::status() const { return pool_->status(); }
void Engine::dispose() const { pool_->dispose(); }

}  // namespace ormdb
