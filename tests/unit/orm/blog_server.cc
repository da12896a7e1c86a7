#include "unit/orm/blog_server.h"

namespace blog {

std::string text_of(const ormdb::Url& url) {
  const std::string password = url.password.empty() ? "" : ":" + url.password;
  return url.dialect + "://" + url.user + password + "@" + url.host + ":" + url.port + "/" +
         url.database;
}

Server::Server() : database_(ormdb::test::postgresql_database()) {
  if (database_ == nullptr) return;
  other_ = database_->connect();
  const ormdb::Engine engine(url());
  models().create_all(engine);
  ormdb::with_session(engine, models(), [](ormdb::Session& db) { db.add(user_named("john")); });
}

std::string Server::url() const { return text_of(parsed_url()); }

void Server::kill_all() const {
  const std::string others =
      " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  number("SELECT count(pg_terminate_backend(pid))" + others);
  while (number("SELECT count(*)" + others) > 0) continue;
}

}  // namespace blog
