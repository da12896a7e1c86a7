// A statement of PostgreSQL behind the driver seam.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/driver_decode.h"
#include "dialect/postgresql/driver_encode.h"
#include "dialect/postgresql/driver_wire.h"

namespace ormdb::postgresql {

/// Prepared on the server at its first use, for the types of the values that it is given then, and
/// again for others; where the wire prepares nothing, sent with each execution.
class Statement final : public Decoding<Encoding<PreparedStatement>> {
 public:
  enum class Reading {
    kWhole,   ///< All rows at once.
    kCursor,  ///< A SELECT inside a transaction through a cursor; anything else at once.
  };

  /// The wire outlives the statement.
  Statement(Wire& wire, std::string_view sql, Reading reading = Reading::kWhole);
  ~Statement() override;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  int parameters() const override { return static_cast<int>(arguments_.size()); }
  int columns() const override;
  std::string column_name(int column) const override;
  const std::string& sql() const override { return sql_; }
  bool step() override;
  void reset() noexcept override;
  std::int64_t changes() const override { return changes_; }

  void begin_list(std::size_t columns) override { arguments_.begin_list(columns); }
  void end_list() override { arguments_.end_list(); }
  void put_column(ArrayValue& array) { arguments_.add_array(array); }

 private:
  void add(ValueKind kind, std::string_view bytes) override { arguments_.add(kind, bytes); }
  void add_null(ValueKind kind) override { arguments_.add_null(kind); }

  void start();
  void run_prepared();
  void prepare();
  void open_cursor();
  void fetch();
  Format format_for(const PGresult* description) const;

  Wire& wire_;
  std::string sql_;
  Reading reading_;
  // columns() prepares or runs the statement, to know them.
  mutable Arguments arguments_;
  bool running_ = false;
  std::int64_t changes_ = 0;

  std::string name_;  ///< Of what is prepared; "" for nothing.
  std::vector<Oid> types_;
  std::uint64_t epoch_ = 0;
  Format format_ = Format::kText;
  std::vector<std::string> column_names_;

  std::string cursor_;  ///< The open cursor's name, or "".
};

}  // namespace ormdb::postgresql
