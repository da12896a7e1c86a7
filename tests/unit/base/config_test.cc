#include "ormdb/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/config_text.h"

namespace ormdb {
namespace {

Config read(const std::string& text, const ConfigOverrides& overrides = {},
            const Variables& variables = {}, const std::string& file = "ormdb.yaml") {
  return parse_config({file, text}, overrides, variables);
}

Error failure(const std::string& text, const ConfigOverrides& overrides = {},
              const Variables& variables = {}) {
  try {
    read(text, overrides, variables);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for: " << text);
  return Error(ErrorKind::kInternal, "");
}

const std::string kDatabase = "database: sqlite:///site.db\n";

TEST_CASE("a minimal configuration gets every default") {
  const Config config = read(kDatabase);
  REQUIRE(config.databases.size() == 1);
  const DatabaseConfig& database = config.databases[0];
  CHECK(database.name == "default");
  CHECK(database.url == "sqlite:///site.db");
  CHECK(database.models.empty());
  CHECK(database.migrations == "migrations");
  CHECK(database.versions == std::vector<std::string>{"migrations/versions"});
  CHECK_FALSE(config.multiple);
  CHECK(config.version_table == "ormdb_version");
  CHECK(config.lock_timeout_ms == 5000);
  CHECK(config.run_lock_timeout_ms == 600000);
  CHECK(config.statement_timeout_ms == 0);
  CHECK(config.slug_length == 40);
  CHECK(config.directory == ".");
}

TEST_CASE("every key of ormdb.yaml is read") {
  const Config config = read(
      "database: postgresql://h/db\ndirect_url: postgresql://direct/db\nmodels: [a.yaml, b]\n"
      "migrations: m\nversions: [m/versions, other]\nversion_table: v\nversion_schema: s\n"
      "schemas: [public, audit]\nrecursive_versions: true\nfile_template: '{rev}'\n"
      "timezone: Europe/Berlin\nslug_length: 20\n"
      "naming_convention: {primary_key: p_%t, unique: u_%t_%c, foreign_key: f_%t_%r, check: c_%n, "
      "index: i_%t_%c}\n"
      "include: {tables: ['app_*']}\nexclude: {tables: app_tmp, columns: ['*.legacy']}\n"
      "compare: {types: false, defaults: false, comments: false, collations: false, checks: false, "
      "scratch_schema: scratch}\n"
      "transaction: per_run\nlock_timeout: 250ms\nrun_lock_timeout: 2 min\nstatement_timeout: 7\n"
      "hooks: {after_write: ['fmt {file}']}\n");
  const DatabaseConfig& database = config.databases.at(0);
  CHECK(database.direct_url == "postgresql://direct/db");
  CHECK(database.models == std::vector<std::string>{"a.yaml", "b"});
  CHECK(database.versions == std::vector<std::string>{"m/versions", "other"});
  CHECK(config.version_table == "v");
  CHECK(config.version_schema == "s");
  CHECK(config.schemas == std::vector<std::string>{"public", "audit"});
  CHECK(config.recursive_versions);
  CHECK(config.file_template == "{rev}");
  CHECK(config.timezone == "Europe/Berlin");
  CHECK(config.slug_length == 20);
  CHECK(config.naming_convention ==
        NamingConvention{"p_%t", "u_%t_%c", "f_%t_%r", "c_%n", "i_%t_%c"});
  CHECK_FALSE(config.compare.types);
  CHECK_FALSE(config.compare.checks);
  CHECK(config.compare.scratch_schema == "scratch");
  CHECK(config.transaction_per_run);
  CHECK(config.lock_timeout_ms == 250);
  CHECK(config.run_lock_timeout_ms == 120000);
  CHECK(config.statement_timeout_ms == 7000);
  CHECK(config.after_write_hooks == std::vector<std::string>{"fmt {file}"});
  CHECK(config.filter.admits("tables", "app_user"));
  CHECK_FALSE(config.filter.admits("tables", "app_tmp"));
  CHECK_FALSE(config.filter.admits("tables", "other"));
  CHECK_FALSE(config.filter.admits("columns", "app_user.legacy"));
  CHECK(config.filter.admits("indexes", "anything"));
}

TEST_CASE("paths and SQLite files are relative to the configuration's directory") {
  const std::string text =
      "database: sqlite:///site.db?mode=ro\nmodels: models.yaml\nversions: [/abs, rel]\n";
  const DatabaseConfig database = read(text, {}, {}, "a%b/c?d/ormdb.yaml").databases.at(0);
  CHECK(database.url == "sqlite:///a%25b/c%3Fd/site.db?mode=ro");
  CHECK(database.models == std::vector<std::string>{"a%b/c?d/models.yaml"});
  CHECK(database.migrations == "a%b/c?d/migrations");
  CHECK(database.versions ==
        std::vector<std::string>{"a%b/c?d/migrations/versions", "/abs", "a%b/c?d/rel"});
  for (const char* url : {"sqlite:////abs.db", "sqlite://", "sqlite:///:memory:", "mysql://h/db"}) {
    CHECK(
        read("database: '" + std::string(url) + "'", {}, {}, "x/ormdb.yaml").databases.at(0).url ==
        url);
  }
  CHECK(read(kDatabase, {}, {}, "/x/ormdb.yaml").databases.at(0).url == "sqlite:////x/site.db");
  ConfigOverrides overrides;
  overrides.url = "sqlite:///other.db";
  CHECK(read(kDatabase, overrides, {}, "x/ormdb.yaml").databases.at(0).url ==
        "sqlite:///x/other.db");
}

struct ExpandCase {
  const char* text;
  const char* value;
};

TEST_CASE("variables are expanded in values") {
  ConfigOverrides overrides;
  overrides.x = {{"tenant", "acme"}};
  const Variables variables = {{"A", "one"}, {"EMPTY", ""}, {"DOLLAR", "${A}"}};
  const std::vector<ExpandCase> cases = {{"${A}", "one"},
                                         {"x${A}y${A}", "xoneyone"},
                                         {"${NOT_SET:-def}", "def"},
                                         {"${EMPTY:-def}", "def"},
                                         {"${A:-def}", "one"},
                                         {"${NOT_SET:-}", "ormdb_version"},
                                         {"${x.tenant}", "acme"},
                                         {"${x.other:-none}", "none"},
                                         {"$$A", "$A"},
                                         {"$${A}", "${A}"},
                                         {"a$b", "a$b"},
                                         {"${NOT_SET:-${A}}", "one"},
                                         {"${DOLLAR}", "${A}"}};
  for (const ExpandCase& c : cases) {
    INFO(c.text);
    const std::string text = kDatabase + "version_table: '" + c.text + "'\n";
    CHECK(read(text, overrides, variables).version_table == c.value);
  }
  CHECK(read(kDatabase + "slug_length: ${N:-7}\n").slug_length == 7);
}

TEST_CASE("the environment wins over .env") {
  ::setenv("ORMDB_TEST_VARIABLE", "environment", 1);
  const std::string text = kDatabase + "version_table: ${ORMDB_TEST_VARIABLE}\n";
  CHECK(read(text, {}, {{"ORMDB_TEST_VARIABLE", "dotenv"}}).version_table == "environment");
  ::unsetenv("ORMDB_TEST_VARIABLE");
  CHECK(read(text, {}, {{"ORMDB_TEST_VARIABLE", "dotenv"}}).version_table == "dotenv");
}

TEST_CASE("ORMDB_ variables override the file") {
  const Variables variables = {{"ORMDB_LOCK_TIMEOUT", "1s"},
                               {"ORMDB_RUN_LOCK_TIMEOUT", "2s"},
                               {"ORMDB_STATEMENT_TIMEOUT", "3s"},
                               {"ORMDB_VERSION_TABLE", "vt"}};
  const Config config = read(kDatabase + "lock_timeout: 9s\nversion_table: x\n", {}, variables);
  CHECK(config.lock_timeout_ms == 1000);
  CHECK(config.run_lock_timeout_ms == 2000);
  CHECK(config.statement_timeout_ms == 3000);
  CHECK(config.version_table == "vt");
  CHECK_THAT(failure(kDatabase, {}, {{"ORMDB_LOCK_TIMEOUT", "soon"}}).message(),
             Catch::Contains("ORMDB_LOCK_TIMEOUT"));
}

TEST_CASE("an override makes the variables of what it replaces unnecessary") {
  ConfigOverrides overrides;
  overrides.url = "sqlite:///other.db";
  overrides.migrations = "elsewhere";
  const Config config =
      read("database: ${NOT_SET}\ndirect_url: ${NOT_SET}\nmigrations: ${NOT_SET}\n", overrides, {});
  CHECK(config.databases.at(0).url == "sqlite:///other.db");
  CHECK(config.databases.at(0).direct_url.empty());
  CHECK(config.databases.at(0).migrations == "elsewhere");
  CHECK(config.databases.at(0).versions == std::vector<std::string>{"elsewhere/versions"});
}

const std::string kTwo =
    "databases:\n  default: {database: 'sqlite:///a.db', models: m.yaml}\n"
    "  analytics: {database: '${NOT_SET}', migrations: x}\n";

TEST_CASE("several databases have a directory each") {
  const Config config = read(kTwo, {}, {{"NOT_SET", "mysql://h/db"}});
  CHECK(config.multiple);
  REQUIRE(config.databases.size() == 2);
  CHECK(config.databases[0].migrations == "migrations/default");
  CHECK(config.databases[1].name == "analytics");
  CHECK(config.databases[1].url == "mysql://h/db");
  CHECK(config.databases[1].migrations == "x");
}

TEST_CASE("a picked database is the only one that is read") {
  ConfigOverrides overrides;
  overrides.database = "default";
  overrides.url = "sqlite:///z.db";
  const Config config = read(kTwo, overrides);
  REQUIRE(config.databases.size() == 1);
  CHECK(config.databases[0].url == "sqlite:///z.db");
  overrides.database = "analitics";
  const Error error = failure(kTwo, overrides);
  CHECK(error.kind() == ErrorKind::kUsage);
  CHECK_THAT(error.message(), Catch::Contains("did you mean 'analytics'?"));
  overrides.database = "";
  CHECK(failure(kTwo, overrides).kind() == ErrorKind::kUsage);
}

struct BadConfig {
  std::string text;
  int line;
  const char* part;
};

TEST_CASE("a bad configuration is an error at its line") {
  const std::vector<BadConfig> cases = {
      {"", 0, "needs 'database'"},
      {"models: []\n", 1, "needs 'database'"},
      {"database:\n", 1, "is empty"},
      {"databse: sqlite://\nmodels: []\n", 1, "did you mean 'database'?"},
      {"databases: {a: {databse: x}}\n", 1, "unknown key 'databse' in database 'a'"},
      {kDatabase + "migratons: x\n", 2, "did you mean 'migrations'?"},
      {kDatabase + "compare: {tipes: true}\n", 2, "did you mean 'types'?"},
      {kDatabase + "exclude: {table: x}\n", 2, "did you mean 'tables'?"},
      {kDatabase + "databases: {a: {database: x}}\n", 1, "exclude each other"},
      {"databases: {}\n", 1, "must be a map of names"},
      {"databases: {a: {}}\n", 1, "database 'a' needs 'database'"},
      {kDatabase + "lock_timeout: soon\n", 2, "'soon' is no duration"},
      {kDatabase + "transaction: per_statement\n", 2, "'per_statement' is no value"},
      {kDatabase + "slug_length: 0\n", 2, "at least 1"},
      {kDatabase + "naming_convention: {index: ix_%x}\n", 2, "unknown token '%x'"},
      {kDatabase + "timezone: ${ZONE_NOT_SET}\n", 2, "ZONE_NOT_SET is not set"},
      {kDatabase + "timezone: ${x.zone}\n", 2, "-x zone=VALUE"},
      {kDatabase + "timezone: ${open\n", 2, "not closed"},
      {kDatabase + "timezone: ${a b}\n", 2, "no variable name"},
      {kDatabase + "timezone: [\n", 2, "invalid YAML"},
      {"models: x\ndatabase: postgrsql://h/db\n", 2, "did you mean 'postgresql'?"},
      {"[a]\n", 1, "must be a map"},
  };
  for (const BadConfig& c : cases) {
    INFO(c.text);
    const Error error = failure(c.text);
    CHECK(error.kind() == ErrorKind::kConfig);
    CHECK(error.file() == "ormdb.yaml");
    CHECK(error.line() == c.line);
    CHECK_THAT(error.message(), Catch::Contains(c.part));
  }
}

TEST_CASE("no error shows a password") {
  for (const std::string text :
       {"database: postgrsql://u:secret@h/db\n", "database: u:secret@h/db\n",
        "database: postgresql://u:secret@h:x/db\nx: 1\n", "postgresql://u:secret@h/db: 1\n",
        "database: [postgresql://u:secret@h/db]\n", "database: postgresql://u:secret@h/db: x\n",
        "a: 1\na: postgresql://u:secret@h/db\n",
        "database: sqlite://\ntransaction: postgresql://u:secret@h/db\n",
        "database: sqlite://\nlock_timeout: postgresql://u:sec ret@h/db\n"}) {
    INFO(text);
    const Error error = failure(text);
    CHECK_THAT(error.message() + error.hint() + error.source_line(),
               !Catch::Contains("secret") && !Catch::Contains("sec ret"));
  }
}

struct DurationCase {
  const char* text;
  int milliseconds;  // -1: none.
};

TEST_CASE("durations have a unit or are seconds") {
  const std::vector<DurationCase> cases = {
      {"5s", 5000}, {"10min", 600000}, {"250ms", 250}, {"1.5 s", 1500}, {"2", 2000},
      {"0", 0},     {"1h", 3600000},   {"3m", 180000}, {" 4s ", 4000},  {"", -1},
      {"s", -1},    {"-1", -1},        {"5 days", -1}, {"1e9", -1},     {"999999999h", -1},
      {"nan", -1},  {"5ss", -1}};
  for (const DurationCase& c : cases) {
    INFO(c.text);
    CHECK(parse_duration_ms(c.text).value_or(-1) == c.milliseconds);
  }
}

TEST_CASE(".env files are read as shells and frameworks do") {
  const Variables variables = parse_dotenv(
      "\xEF\xBB\xBF# comment\r\nA=one # more\r\nexport B = two\nC='lit ${A} #'\n"
      "D=\"x ${A} \\\"q\\\" \\$ \\n\"\nE=\nF=a#b\nG=${ORMDB_TEST_UNSET:-d}\nnot a line\n"
      "H=\"two\nlines\"\nI=pg://u:p@h/d?x=1\nJ='open\nK=last");
  CHECK(variables == Variables{{"A", "one"},
                               {"B", "two"},
                               {"C", "lit ${A} #"},
                               {"D", "x one \"q\" $ \n"},
                               {"E", ""},
                               {"F", "a#b"},
                               {"G", "d"},
                               {"H", "two\nlines"},
                               {"I", "pg://u:p@h/d?x=1"},
                               {"J", "'open"},
                               {"K", "last"}});
}

TEST_CASE("a missing file hints at init") {
  try {
    load_config("no/such/ormdb.yaml", {});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kConfig);
    CHECK_THAT(error.hint(), Catch::Contains("ormdb init"));
  }
}

}  // namespace
}  // namespace ormdb
