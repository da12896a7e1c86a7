// The pool of connections behind an Engine.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/driver.h"
#include "ormdb/engine.h"

namespace ormdb::detail {

/// A connection and what is known for it: statement texts by shape, plans by mapper and columns.
struct PooledConnection {
  std::unique_ptr<Driver> driver;
  std::chrono::steady_clock::time_point opened;
  std::unordered_map<std::string, std::string> texts;
  std::unordered_map<std::string, std::unique_ptr<InsertPlan>> inserts;
  std::unordered_map<std::string, std::unique_ptr<UpdatePlan>> updates;
  std::unordered_map<std::string, std::unique_ptr<DeletePlan>> deletes;
  bool was_idle = false;  ///< It waited in the pool, and may have been lost there.
};

/// A connection that is taken until this goes away.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<PooledConnection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { release(); }

  explicit operator bool() const { return connection_ != nullptr; }
  PooledConnection& operator*() const { return *connection_; }
  PooledConnection* operator->() const { return connection_.get(); }
  void release() noexcept;

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<PooledConnection> connection_;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::string_view url, const EngineOptions& options);

  const Url& url() const { return url_; }
  /// Throws PoolTimeout, and what connecting throws.
  Lease acquire();
  /// acquire(), and the transaction begun on it. Connections that were lost while they waited are
  /// replaced: nothing was done on them yet.
  Lease begin(const TransactionOptions& options, std::chrono::steady_clock::time_point deadline);
  void give_back(std::unique_ptr<PooledConnection> connection) noexcept;
  PoolStatus status() const;
  void dispose();

 private:
  std::unique_ptr<PooledConnection> take_idle(std::unique_lock<std::mutex>& lock);
  std::unique_ptr<PooledConnection> open() const;
  bool is_usable(PooledConnection& connection) const;

  const Url url_;
  EngineOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<PooledConnection>> idle_;
  std::size_t in_use_ = 0;
  std::chrono::steady_clock::time_point disposed_{};
};

}  // namespace ormdb::detail
