// The ORM on PostgreSQL against batches by hand with libpq: the same statements, in binary.
#include <libpq-fe.h>

#include <bit>
#include <cstring>

#include "bench.h"

namespace {

using namespace ormdb;

const char* const kTablesOfServer[] = {
    "DROP TABLE IF EXISTS person CASCADE",
    "CREATE TABLE person (id serial PRIMARY KEY, name text NOT NULL, email text NOT NULL, "
    "age bigint NOT NULL, score double precision NOT NULL, active boolean NOT NULL)"};

class Server {
 public:
  explicit Server(const Setting& setting) : handle_(PQconnectdb(setting.postgresql.c_str())) {
    if (PQstatus(handle_) != CONNECTION_OK) fail();
    run("SET client_min_messages = warning");
    for (const char* sql : kTablesOfServer) run(sql);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { PQfinish(handle_); }

  PGconn* get() const { return handle_; }
  void run(const char* sql) { PQclear(checked(PQexec(handle_, sql))); }
  PGresult* checked(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    const bool good =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
    if (!good) fail();
    return result;
  }

 private:
  [[noreturn]] void fail() {
    std::cerr << "libpq: " << PQerrorMessage(handle_);
    std::exit(1);
  }
  PGconn* handle_;
};

template <typename Number>
void append(std::string& to, Number number) {
  for (std::size_t i = sizeof number; i-- > 0;) to += static_cast<char>(number >> (8 * i));
}
void append_text(std::string& to, const std::string& text) {
  append(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}
void append_integer(std::string& to, std::int64_t value) {
  append(to, std::uint32_t{8});
  append(to, static_cast<std::uint64_t>(value));
}
void append_real(std::string& to, double value) {
  append_integer(to, std::bit_cast<std::int64_t>(value));
}
void append_bool(std::string& to, bool value) {
  append(to, std::uint32_t{1});
  to += value ? '\1' : '\0';
}
template <typename Number>
Number read(const char* from) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(from[i]));
  }
  return number;
}

/// One array in binary: dimensions, NULLs, type of the elements, size, first index.
std::string array_of(std::uint32_t type, std::size_t size) {
  std::string array;
  for (const std::uint32_t number : {1U, 0U, type, static_cast<std::uint32_t>(size), 1U}) {
    append(array, number);
  }
  return array;
}

constexpr std::uint32_t kBool = 16, kInt8 = 20, kText = 25, kFloat8 = 701;
constexpr std::size_t kRowsOfBatch = 16384;

std::vector<Person> people(std::int64_t rows) {
  std::vector<Person> persons;
  persons.reserve(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i) persons.push_back(person_number(i));
  return persons;
}

PGresult* execute(Server& server, const char* name, const std::vector<std::string>& arrays) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats(arrays.size(), 1);
  for (const std::string& array : arrays) {
    values.push_back(array.data());
    lengths.push_back(static_cast<int>(array.size()));
  }
  return server.checked(PQexecPrepared(server.get(), name, static_cast<int>(arrays.size()),
                                       values.data(), lengths.data(), formats.data(), 1));
}

void insert_batch(Server& server, std::vector<Person>& persons, std::size_t first,
                  std::size_t end) {
  const std::size_t count = end - first;
  std::vector<std::string> arrays = {array_of(kText, count), array_of(kText, count),
                                     array_of(kInt8, count), array_of(kFloat8, count),
                                     array_of(kBool, count)};
  for (std::size_t i = first; i < end; ++i) {
    append_text(arrays[0], persons[i].name);
    append_text(arrays[1], persons[i].email);
    append_integer(arrays[2], persons[i].age);
    append_real(arrays[3], persons[i].score);
    append_bool(arrays[4], persons[i].active);
  }
  PGresult* ids = execute(server, "insert", arrays);
  for (std::size_t i = first; i < end; ++i) {
    persons[i].id = static_cast<std::int64_t>(
        read<std::uint64_t>(PQgetvalue(ids, static_cast<int>(i - first), 0)));
  }
  PQclear(ids);
}

double raw_insert(const Setting& setting) {
  Server server(setting);
  return seconds([&] {
    std::vector<Person> persons = people(setting.rows);
    server.run("BEGIN");
    PQclear(server.checked(PQprepare(
        server.get(), "insert",
        "WITH src AS MATERIALIZED (SELECT nextval('person_id_seq') AS new_id, src.* FROM "
        "unnest($1::text[], $2::text[], $3::int8[], $4::float8[], $5::bool[]) WITH ORDINALITY "
        "AS src(a, b, c, d, e, ord)), ins AS (INSERT INTO person SELECT new_id, a, b, c, d, e "
        "FROM src) SELECT new_id FROM src ORDER BY ord",
        0, nullptr)));
    for (std::size_t first = 0; first < persons.size(); first += kRowsOfBatch) {
      insert_batch(server, persons, first, std::min(persons.size(), first + kRowsOfBatch));
    }
    server.run("COMMIT");
  });
}

void copy(Server& server, const std::vector<Person>& persons) {
  PQclear(server.checked(PQexec(
      server.get(), "COPY person (name, email, age, score, active) FROM STDIN (FORMAT binary)")));
  std::string data("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  const auto send = [&] {
    PQputCopyData(server.get(), data.data(), static_cast<int>(data.size()));
    data.clear();
  };
  for (const Person& person : persons) {
    append(data, std::uint16_t{5});
    append_text(data, person.name);
    append_text(data, person.email);
    append_integer(data, person.age);
    append_real(data, person.score);
    append_bool(data, person.active);
    if (data.size() > 262144) send();
  }
  append(data, std::uint16_t{0xFFFF});
  send();
  PQputCopyEnd(server.get(), nullptr);
  PQclear(server.checked(PQgetResult(server.get())));
  while (PQgetResult(server.get()) != nullptr) {
  }
}

double raw_copy(const Setting& setting) {
  Server server(setting);
  return seconds([&] {
    const std::vector<Person> persons = people(setting.rows);
    server.run("BEGIN");
    copy(server, persons);
    server.run("COMMIT");
  });
}

std::vector<PlainPerson> raw_rows(Server& server) {
  std::vector<PlainPerson> persons;
  PGresult* rows = server.checked(
      PQexecParams(server.get(), "SELECT id, name, email, age, score, active FROM person", 0,
                   nullptr, nullptr, nullptr, nullptr, 1));
  const int count = PQntuples(rows);
  persons.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    PlainPerson& person = persons.emplace_back();
    const auto text = [&](int column) {
      return std::string_view(PQgetvalue(rows, i, column),
                              static_cast<std::size_t>(PQgetlength(rows, i, column)));
    };
    person.id = static_cast<std::int32_t>(read<std::uint32_t>(PQgetvalue(rows, i, 0)));
    person.name = text(1);
    person.email = text(2);
    person.age = static_cast<std::int64_t>(read<std::uint64_t>(PQgetvalue(rows, i, 3)));
    person.score = std::bit_cast<double>(read<std::uint64_t>(PQgetvalue(rows, i, 4)));
    person.active = *PQgetvalue(rows, i, 5) != 0;
  }
  PQclear(rows);
  return persons;
}

double raw_select(const Setting& setting) {
  Server server(setting);
  copy(server, people(setting.rows));
  return seconds(
      [&] { require(raw_rows(server).size() == static_cast<std::size_t>(setting.rows)); });
}

double raw_update(const Setting& setting) {
  Server server(setting);
  copy(server, people(setting.rows));
  std::vector<PlainPerson> persons = raw_rows(server);
  return seconds([&] {
    server.run("BEGIN");
    PQclear(server.checked(PQprepare(server.get(), "update",
                                     "UPDATE person SET age = src.a FROM unnest($1::int8[], "
                                     "$2::int8[]) AS src(a, b) WHERE person.id = src.b",
                                     0, nullptr)));
    for (std::size_t first = 0; first < persons.size(); first += kRowsOfBatch) {
      const std::size_t end = std::min(persons.size(), first + kRowsOfBatch);
      std::vector<std::string> arrays = {array_of(kInt8, end - first),
                                         array_of(kInt8, end - first)};
      for (std::size_t i = first; i < end; ++i) {
        append_integer(arrays[0], ++persons[i].age);
        append_integer(arrays[1], persons[i].id);
      }
      PQclear(execute(server, "update", arrays));
    }
    server.run("COMMIT");
  });
}

/// The ORM's side, with a connection that is open already, like the other's.
template <double (*Work)(const Engine& engine, std::int64_t rows)>
double orm(const Setting& setting, bool filled) {
  Server server(setting);
  if (filled) copy(server, people(setting.rows));
  const Engine engine(setting.postgresql);
  Session(engine, bench_models()).execute("SELECT 1");
  return Work(engine, setting.rows);
}
double insert(const Setting& setting) { return orm<&orm_insert>(setting, false); }
double bulk(const Setting& setting) { return orm<&orm_bulk_insert>(setting, false); }
double select(const Setting& setting) { return orm<&orm_select>(setting, true); }
double update(const Setting& setting) { return orm<&orm_update>(setting, true); }

}  // namespace

const std::vector<Benchmark>& postgresql_benchmarks() {
  static const std::vector<Benchmark> kAll = {
      {"PostgreSQL: insert with ids", 1.25, &insert, &raw_insert},
      {"PostgreSQL: bulk_insert", 1.15, &bulk, &raw_copy},
      {"PostgreSQL: select", 1.15, &select, &raw_select},
      {"PostgreSQL: update", 1.25, &update, &raw_update}};
  return kAll;
}
