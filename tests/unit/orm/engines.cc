#include "unit/orm/engines.h"

#include <unistd.h>

#include <cstdlib>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"
#include "ormdb/orm.h"

namespace orm_test {

namespace {

class Database {
 public:
  explicit Database(const std::string& server)
      : url_(server + "/ormdb_orm_" + std::to_string(getpid())), parsed_(ormdb::parse_url(url_)) {
    dialect().create_database(parsed_);
  }
  ~Database() {
    try {
      dialect().drop_database(parsed_);
    } catch (const ormdb::Error&) {
      return;  // the server is thrown away
    }
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& url() const { return url_; }
  void empty() const {
    dialect().connect(parsed_, {})->execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

 private:
  static const ormdb::Dialect& dialect() { return ormdb::dialect_for("postgresql"); }

  std::string url_;
  ormdb::Url parsed_;
};

}  // namespace

std::vector<std::string> fresh_urls() {
  std::vector<std::string> urls = {"sqlite://"};
  const char* server = std::getenv("ORMDB_TEST_POSTGRESQL_URL");
  if (server == nullptr || *server == '\0') return urls;
  static const Database database(server);
  database.empty();
  urls.push_back(database.url());
  return urls;
}

}  // namespace orm_test
