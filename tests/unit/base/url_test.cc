#include <catch2/catch.hpp>

#include "base/mask.h"
#include "ormdb/connection.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

struct UrlCase {
  const char* text;
  Url url;
  const char* shown;
};

Url make(std::string dialect, std::string scheme, std::string driver, std::string user,
         std::string password, std::string host, std::string port, std::string database,
         std::map<std::string, std::string> options = {}) {
  return {std::move(dialect), std::move(scheme),   std::move(driver),
          std::move(user),    std::move(password), std::move(host),
          std::move(port),    std::move(database), std::move(options)};
}

Url sqlite(std::string path, std::map<std::string, std::string> options = {}) {
  return make("sqlite", "sqlite", "", "", "", "", "", std::move(path), std::move(options));
}

TEST_CASE("database URLs are read by SQLAlchemy's rules and shown without password") {
  const std::string pg = "postgresql";
  const std::vector<UrlCase> cases = {
      {"sqlite://", sqlite(""), "sqlite://"},
      {"sqlite:///", sqlite(""), "sqlite://"},
      {"sqlite:///:memory:", sqlite(""), "sqlite://"},
      {"sqlite:///site.db", sqlite("site.db"), "sqlite:///site.db"},
      {"sqlite:////var/a%20b.db", sqlite("/var/a b.db"), "sqlite:////var/a%20b.db"},
      {"sqlite:///a@b:c.db?mode=ro", sqlite("a@b:c.db", {{"mode", "ro"}}),
       "sqlite:///a%40b:c.db?mode=ro"},
      {" sqlite:///x.db\n", sqlite("x.db"), "sqlite:///x.db"},
      {"postgresql://u:p@h:5432/db", make(pg, pg, "", "u", "p", "h", "5432", "db"),
       "postgresql://u:***@h:5432/db"},
      {"postgres+psycopg2://u@h/db", make(pg, "postgres", "psycopg2", "u", "", "h", "", "db"),
       "postgres+psycopg2://u@h/db"},
      {"MySQL+pymysql://h", make("mysql", "MySQL", "pymysql", "", "", "h", "", ""),
       "MySQL+pymysql://h"},
      {"mariadb://u:p%40%2F%3A@h/db", make("mysql", "mariadb", "", "u", "p@/:", "h", "", "db"),
       "mariadb://u:***@h/db"},
      {"postgresql://u:p@ss:w@h/db", make(pg, pg, "", "u", "p@ss:w", "h", "", "db"),
       "postgresql://u:***@h/db"},
      {"postgresql://u:a/b?c@h/db", make(pg, pg, "", "u", "a/b?c", "h", "", "db"),
       "postgresql://u:***@h/db"},
      {"postgresql://u:p@h/db@x", make(pg, pg, "", "u", "p", "h", "", "db@x"),
       "postgresql://u:***@h/db%40x"},
      {"postgresql://h/db@x", make(pg, pg, "", "", "", "h", "", "db@x"), "postgresql://h/db%40x"},
      {"postgresql://h:5432/db?user=a@b",
       make(pg, pg, "", "", "", "h", "5432", "db", {{"user", "a@b"}}),
       "postgresql://h:5432/db?user=a%40b"},
      {"postgresql://[::1]:5432/db", make(pg, pg, "", "", "", "::1", "5432", "db"),
       "postgresql://[::1]:5432/db"},
      {"postgresql://u:p@a:1,b:2/db?target_session_attrs=any",
       make(pg, pg, "", "u", "p", "a,b", "1,2", "db", {{"target_session_attrs", "any"}}),
       "postgresql://u:***@a:1,b:2/db?target_session_attrs=any"},
      {"postgresql:///db?host=/var/run",
       make(pg, pg, "", "", "", "", "", "db", {{"host", "/var/run"}}),
       "postgresql:///db?host=/var/run"},
      {"postgresql:///db?host=a&host=b", make(pg, pg, "", "", "", "", "", "db", {{"host", "a,b"}}),
       "postgresql:///db?host=a,b"},
      {"postgresql://%2Fvar%2Frun/db", make(pg, pg, "", "", "", "/var/run", "", "db"),
       "postgresql://%2Fvar%2Frun/db"},
      {"postgresql://h?sslmode=require&sslpassword=s&passfile=/x",
       make(pg, pg, "", "", "", "h", "", "",
            {{"sslmode", "require"}, {"sslpassword", "s"}, {"passfile", "/x"}}),
       "postgresql://h?passfile=***&sslmode=require&sslpassword=***"},
      {"mysql://u:100%@h/db", make("mysql", "mysql", "", "u", "100%", "h", "", "db"),
       "mysql://u:***@h/db"},
  };
  for (const UrlCase& c : cases) {
    INFO(c.text);
    const Url url = parse_url(c.text);
    CHECK(url.dialect == c.url.dialect);
    CHECK(url.user == c.url.user);
    CHECK(url.password == c.url.password);
    CHECK(url.host == c.url.host);
    CHECK(url.port == c.url.port);
    CHECK(url.database == c.url.database);
    CHECK(url == c.url);
    CHECK(masked(url) == c.shown);
    CHECK(masked(parse_url(masked(url))) == masked(url));
  }
}

struct BadUrl {
  const char* text;
  const char* part;
};

TEST_CASE("a bad URL is an error that never shows the password") {
  const std::vector<BadUrl> cases = {
      {"", "it is empty"},
      {"secret.db", "no '://'"},
      {"postgrsql://u:secret@h/db", "did you mean 'postgresql'?"},
      {"oracle://u:secret@h/db", "unknown dialect 'oracle'"},
      {"u:secret@h://x", "does not begin with a dialect"},
      {"sqlite://site.db", "SQLite takes no host"},
      {"postgresql://u:secret@h:port/db", "port"},
      {"postgresql://u:secret@h:99999/db", "port"},
      {"postgresql://u:secret@[::1/db", "not closed"},
      {"postgresql://u:secret@[h]/db", "no IPv6 address"},
      {"postgresql://u:secret@[::x]/db", "no IPv6 address"},
      {"postgresql://u:secret@h/a%00b", "NUL"},
      {"postgresql://u:secret@h/?=x", "no name"},
  };
  for (const BadUrl& c : cases) {
    INFO(c.text);
    try {
      parse_url(c.text);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kConfig);
      CHECK_THAT(error.message(), Catch::Contains(c.part));
      CHECK_THAT(error.message() + error.hint(), !Catch::Contains("secret"));
    }
  }
}

TEST_CASE("passwords in any text are hidden") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"database: \"postgresql://u:s3cr3t@h:1/x", "database: \"postgresql://u:***@h:1/x"},
      {"{a: mysql+pymysql://u:p@ss@h/x b}", "{a: mysql+pymysql://u:***@h/x b}"},
      {"'postgresql://u:a/b:c@h' postgresql://v:x@i",
       "'postgresql://u:***@h' postgresql://v:***@i"},
      {"postgresql://u@h:1/x and http://h:80/a", "postgresql://u@h:1/x and http://h:80/a"},
      {"postgresql://u:***@h", "postgresql://u:***@h"},
      {"?sslPassword=abc&password=\"", "?sslPassword=***&password=***\""},
      {"ends with ://", "ends with ://"},
      {"Password=", "Password="},
  };
  for (const auto& [text, hidden] : cases) CHECK(mask_passwords(text) == hidden);
}

}  // namespace
}  // namespace ormdb
