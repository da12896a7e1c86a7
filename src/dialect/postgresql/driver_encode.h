// Parameters in the form that goes to the server.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/driver.h"
#include "dialect/postgresql/driver_types.h"

namespace ormdb::postgresql {

/// Throws ConversionError.
void refuse_zero_byte(std::string_view text);

/// The put functions of a ParameterSink, by one that takes the binary form: integers are 8 bytes,
/// numerics, JSON and arrays their text. `Base` is ParameterSink or what derives from it.
template <class Base>
class Encoding : public Base {
 public:
  void put_null(ValueKind kind) override { add_null(kind); }
  void put_bool(bool value) override {
    add(ValueKind::kBool, value ? "\1" : std::string_view("", 1));
  }
  void put_integer(std::int64_t value) override { add_number(ValueKind::kInteger, value); }
  void put_real(double value) override {
    add_number(ValueKind::kReal, std::bit_cast<std::int64_t>(value));
  }
  void put_text(std::string_view value) override { add(ValueKind::kText, value); }
  void put_blob(std::string_view value) override { add(ValueKind::kBlob, value); }
  void put_date(std::int64_t days) override {
    char bytes[4];
    write_number(bytes, static_cast<std::uint32_t>(days - kEpochDays));
    add(ValueKind::kDate, {bytes, sizeof bytes});
  }
  void put_time(std::int64_t microseconds) override { add_number(ValueKind::kTime, microseconds); }
  void put_timestamp(std::int64_t microseconds, bool utc) override {
    add_number(utc ? ValueKind::kTimestampUtc : ValueKind::kTimestamp,
               microseconds - kEpochMicroseconds);
  }
  void put_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) override {
    char bytes[16];
    write_number(bytes, static_cast<std::uint64_t>(microseconds));
    write_number(bytes + 8, static_cast<std::uint32_t>(days));
    write_number(bytes + 12, static_cast<std::uint32_t>(months));
    add(ValueKind::kInterval, {bytes, sizeof bytes});
  }
  void put_numeric(std::string_view digits) override { add(ValueKind::kNumeric, digits); }
  void put_uuid(const std::uint8_t* bytes) override {
    add(ValueKind::kUuid, {reinterpret_cast<const char*>(bytes), 16});
  }
  void put_json(std::string_view text) override { add(ValueKind::kJson, text); }
  void put_array(std::string_view literal) override { add(ValueKind::kArray, literal); }

 private:
  virtual void add(ValueKind kind, std::string_view bytes) = 0;
  virtual void add_null(ValueKind kind) = 0;

  void add_number(ValueKind kind, std::int64_t number) {
    char bytes[8];
    write_number(bytes, static_cast<std::uint64_t>(number));
    add(kind, {bytes, sizeof bytes});
  }
};

/// An array of one dimension in its binary form (src/backend/utils/adt/arrayfuncs.c, array_recv).
class ArrayValue {
 public:
  /// kNull: the kind of the first value.
  explicit ArrayValue(ValueKind kind = ValueKind::kNull) : kind_(kind) { clear(); }

  /// Throws kInternal for a value of another type than the array's.
  void add(ValueKind kind, std::string_view bytes);
  void add_null();
  void clear();
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return data_.size(); }
  ValueKind kind() const { return kind_; }
  /// The whole form; valid until the next call.
  std::string_view finish();

 private:
  ValueKind kind_;
  std::string data_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
};

/// Rows turned into one array a column.
class ArrayRows final : public Encoding<ParameterSink> {
 public:
  explicit ArrayRows(const std::vector<PlanColumn>& columns);

  std::size_t bytes() const;
  void clear();
  std::vector<ArrayValue>& arrays() { return arrays_; }

 private:
  void add(ValueKind kind, std::string_view bytes) override { next().add(kind, bytes); }
  void add_null(ValueKind /*kind*/) override { next().add_null(); }
  ArrayValue& next();

  std::vector<ArrayValue> arrays_;
  std::size_t next_ = 0;
};

/// The values of one execution, as libpq's functions take them.
class Arguments {
 public:
  void clear();
  void add(ValueKind kind, std::string_view bytes);
  void add_null(ValueKind kind);
  void add_array(ArrayValue& array);
  void begin_list(std::size_t columns);
  void end_list();

  std::size_t size() const { return slots_.size(); }
  /// Whether a statement that was prepared for these types takes the values; integers are widened
  /// to fit.
  bool fits(const std::vector<Oid>& types);
  std::vector<Oid> types() const;

  /// What libpq is to be given; valid until the next change.
  struct Pointers {
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
  };
  const Pointers& pointers();

 private:
  struct Slot {
    Oid type = 0;
    std::size_t offset = 0;
    std::size_t size = 0;
    bool is_null = false;
    bool is_text = false;
  };

  void add_slot(Oid type, std::string_view bytes, bool is_text);
  void add_integer(std::string_view bytes);
  void widen(Slot& slot);

  std::vector<Slot> slots_;
  std::string data_;
  Pointers pointers_;
  /// One column of a key list: values of a kind that the server need not be told, or texts, whose
  /// type it takes from the column.
  struct KeyValues {
    ArrayValue array;
    std::vector<std::optional<std::string>> texts;
  };
  KeyValues& next_list();

  bool in_list_ = false;
  std::vector<KeyValues> lists_;
  std::size_t next_list_ = 0;
};

}  // namespace ormdb::postgresql
