// The hand-written side of the ORM's benchmarks: sqlite3's C interface, with the same types.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace raw {

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) {
    if (sqlite3_prepare_v2(db, sql, -1, &handle_, nullptr) != SQLITE_OK) fail(sqlite3_errmsg(db));
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(handle_); }

  void bind(int index, std::int64_t value) { sqlite3_bind_int64(handle_, index, value); }
  void bind(int index, double value) { sqlite3_bind_double(handle_, index, value); }
  void bind(int index, const std::string& value) {
    sqlite3_bind_text(handle_, index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void bind_null(int index) { sqlite3_bind_null(handle_, index); }
  /// Whether there is a row.
  bool step() {
    const int code = sqlite3_step(handle_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(sqlite3_errstr(code));
    return code == SQLITE_ROW;
  }
  void run() {
    step();
    sqlite3_reset(handle_);
  }
  void reset() { sqlite3_reset(handle_); }
  std::int64_t integer(int column) { return sqlite3_column_int64(handle_, column); }
  double real(int column) { return sqlite3_column_double(handle_, column); }
  bool is_null(int column) { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  void text(int column, std::string& into) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    into.assign(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
  }

 private:
  [[noreturn]] static void fail(const char* message) {
    std::cerr << "sqlite: " << message << '\n';
    std::exit(1);
  }
  sqlite3_stmt* handle_ = nullptr;
};

class Database {
 public:
  explicit Database(const std::string& path) {
    // As the ORM opens it: a connection of one thread needs no mutex.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const char* name = path.empty() ? ":memory:" : path.c_str();
    if (sqlite3_open_v2(name, &handle_, flags, nullptr) != SQLITE_OK) std::exit(1);
    run("PRAGMA foreign_keys = ON");
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { sqlite3_close(handle_); }
  sqlite3* get() const { return handle_; }
  void run(const char* sql) const { Statement(handle_, sql).run(); }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace raw
