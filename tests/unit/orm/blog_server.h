// The blog on the PostgreSQL server of the live tests.
#pragma once

#include <memory>
#include <string>

#include "support/dialect_postgresql_server.h"
#include "unit/orm/blog.h"

namespace blog {

/// A database of its own with the blog's tables and the user "john", and another connection to it.
class Server {
 public:
  /// False, with a warning, where no server is named.
  Server();

  explicit operator bool() const { return database_ != nullptr; }
  const ormdb::Url& parsed_url() const { return database_->url(); }
  std::string url() const;

  /// By the other connection.
  void execute(const std::string& sql) const { other_->execute(sql); }
  std::int64_t number(const std::string& sql) const { return other_->query(sql).integer(0, 0); }
  /// Ends all connections but the other one, and waits until they are gone.
  void kill_all() const;

 private:
  std::unique_ptr<ormdb::test::PostgresqlDatabase> database_;
  std::unique_ptr<ormdb::postgresql::PostgresqlConnection> other_;
};

/// The URL as text.
std::string text_of(const ormdb::Url& url);

}  // namespace blog
