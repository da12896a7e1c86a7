// Members to parameters and rows to members: the one switch over what a member can be.
#include <cstring>
#include <limits>

#include "base/text.h"
#include "orm/mapper.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

template <typename T>
struct Tag {
  using type = T;
};

/// Calls f with the Tag of the kind's type.
template <typename F>
decltype(auto) with_kind(FieldKind kind, F&& f) {
  switch (kind) {
    case FieldKind::kBool:
      return f(Tag<bool>());
    case FieldKind::kInt16:
      return f(Tag<std::int16_t>());
    case FieldKind::kInt32:
      return f(Tag<std::int32_t>());
    case FieldKind::kInt64:
      return f(Tag<std::int64_t>());
    case FieldKind::kUint16:
      return f(Tag<std::uint16_t>());
    case FieldKind::kUint32:
      return f(Tag<std::uint32_t>());
    case FieldKind::kUint64:
      return f(Tag<std::uint64_t>());
    case FieldKind::kFloat:
      return f(Tag<float>());
    case FieldKind::kDouble:
      return f(Tag<double>());
    case FieldKind::kBlob:
      return f(Tag<Blob>());
    case FieldKind::kDate:
      return f(Tag<Date>());
    case FieldKind::kTime:
      return f(Tag<TimeOfDay>());
    case FieldKind::kLocalTime:
      return f(Tag<LocalTime>());
    case FieldKind::kSysTime:
      return f(Tag<SysTime>());
    case FieldKind::kInterval:
      return f(Tag<Interval>());
    case FieldKind::kNumeric:
      return f(Tag<Numeric>());
    case FieldKind::kUuid:
      return f(Tag<Uuid>());
    case FieldKind::kJson:
      return f(Tag<Json>());
    case FieldKind::kString:
    case FieldKind::kCustom:
      break;
  }
  return f(Tag<std::string>());
}

std::int64_t days_of_date(const Date& date) {
  return std::chrono::sys_days(date).time_since_epoch().count();
}

Date date_of_days(std::int64_t days) {
  return Date(std::chrono::sys_days(std::chrono::days(static_cast<int>(days))));
}

std::int64_t checked(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    throw ConversionError(std::to_string(value) + " does not fit a database's 64-bit integer");
  }
  return static_cast<std::int64_t>(value);
}

void put(ParameterSink& sink, bool v) { sink.put_bool(v); }
void put(ParameterSink& sink, std::int16_t v) { sink.put_integer(v); }
void put(ParameterSink& sink, std::int32_t v) { sink.put_integer(v); }
void put(ParameterSink& sink, std::int64_t v) { sink.put_integer(v); }
void put(ParameterSink& sink, std::uint16_t v) { sink.put_integer(v); }
void put(ParameterSink& sink, std::uint32_t v) { sink.put_integer(v); }
void put(ParameterSink& sink, std::uint64_t v) { sink.put_integer(checked(v)); }
void put(ParameterSink& sink, float v) { sink.put_real(static_cast<double>(v)); }
void put(ParameterSink& sink, double v) { sink.put_real(v); }
void put(ParameterSink& sink, const std::string& v) { sink.put_text(v); }
void put(ParameterSink& sink, const Blob& v) { sink.put_blob(v.bytes); }
void put(ParameterSink& sink, const Date& v) { sink.put_date(days_of_date(v)); }
void put(ParameterSink& sink, const TimeOfDay& v) { sink.put_time(v.since_midnight.count()); }
void put(ParameterSink& sink, const LocalTime& v) {
  sink.put_timestamp(v.time_since_epoch().count(), false);
}
void put(ParameterSink& sink, const SysTime& v) {
  sink.put_timestamp(v.time_since_epoch().count(), true);
}
void put(ParameterSink& sink, const Interval& v) {
  sink.put_interval(v.months, v.days, v.microseconds);
}
void put(ParameterSink& sink, const Numeric& v) { sink.put_numeric(v.text()); }
void put(ParameterSink& sink, const Uuid& v) { sink.put_uuid(v.bytes.data()); }
void put(ParameterSink& sink, const Json& v) { sink.put_json(v.text); }

template <typename T>
T narrowed(std::int64_t value) {
  const bool fits =
      std::is_unsigned_v<T>
          ? value >= 0 && static_cast<std::uint64_t>(value) <=
                              static_cast<std::uint64_t>(std::numeric_limits<T>::max())
          : value >= static_cast<std::int64_t>(std::numeric_limits<T>::min()) &&
                value <= static_cast<std::int64_t>(std::numeric_limits<T>::max());
  if (!fits) throw ConversionError(std::to_string(value) + " is out of the member's range");
  return static_cast<T>(value);
}

template <typename T>
requires std::is_integral_v<T>
bool get(const RowReader& row, int column, T& value) {
  std::int64_t number = 0;
  if (!row.get_integer(column, number)) return false;
  value = narrowed<T>(number);
  return true;
}
bool get(const RowReader& row, int column, bool& v) { return row.get_bool(column, v); }
bool get(const RowReader& row, int column, std::int64_t& v) { return row.get_integer(column, v); }
bool get(const RowReader& row, int column, double& v) { return row.get_real(column, v); }
bool get(const RowReader& row, int column, float& v) {
  double number = 0;
  if (!row.get_real(column, number)) return false;
  v = static_cast<float>(number);
  return true;
}
bool get(const RowReader& row, int column, std::string& v) {
  std::string_view text;
  if (!row.get_text(column, text)) return false;
  v.assign(text);
  return true;
}
bool get(const RowReader& row, int column, Blob& v) {
  std::string_view bytes;
  if (!row.get_blob(column, bytes)) return false;
  v.bytes.assign(bytes);
  return true;
}
bool get(const RowReader& row, int column, Date& v) {
  std::int64_t days = 0;
  if (!row.get_date(column, days)) return false;
  v = date_of_days(days);
  return true;
}
bool get(const RowReader& row, int column, TimeOfDay& v) {
  std::int64_t time = 0;
  if (!row.get_time(column, time)) return false;
  v.since_midnight = std::chrono::microseconds(time);
  return true;
}
bool get(const RowReader& row, int column, LocalTime& v) {
  std::int64_t time = 0;
  if (!row.get_timestamp(column, time, false)) return false;
  v = LocalTime(std::chrono::microseconds(time));
  return true;
}
bool get(const RowReader& row, int column, SysTime& v) {
  std::int64_t time = 0;
  if (!row.get_timestamp(column, time, true)) return false;
  v = SysTime(std::chrono::microseconds(time));
  return true;
}
bool get(const RowReader& row, int column, Interval& v) {
  return row.get_interval(column, v.months, v.days, v.microseconds);
}
bool get(const RowReader& row, int column, Numeric& v) {
  std::string_view digits;
  if (!row.get_numeric(column, digits)) return false;
  v = Numeric(digits);
  return true;
}
bool get(const RowReader& row, int column, Uuid& v) { return row.get_uuid(column, v.bytes.data()); }
bool get(const RowReader& row, int column, Json& v) {
  std::string_view text;
  if (!row.get_json(column, text)) return false;
  v.text.assign(text);
  return true;
}

// A Datum is written and read as if it were a parameter and a one-column row, so that the
// conversions above stand once.
class DatumSink final : public ParameterSink {
 public:
  explicit DatumSink(Datum& datum) : datum_(datum) {}
  void put_null(ValueKind) override { datum_ = Datum(); }
  void put_bool(bool v) override { integer(ValueKind::kBool, v ? 1 : 0); }
  void put_integer(std::int64_t v) override { integer(ValueKind::kInteger, v); }
  void put_real(double v) override {
    datum_.kind = ValueKind::kReal;
    datum_.real = v;
  }
  void put_text(std::string_view v) override { text(ValueKind::kText, v); }
  void put_blob(std::string_view v) override { text(ValueKind::kBlob, v); }
  void put_date(std::int64_t v) override { integer(ValueKind::kDate, v); }
  void put_time(std::int64_t v) override { integer(ValueKind::kTime, v); }
  void put_timestamp(std::int64_t v, bool utc) override {
    integer(utc ? ValueKind::kTimestampUtc : ValueKind::kTimestamp, v);
  }
  void put_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) override {
    integer(ValueKind::kInterval, microseconds);
    datum_.text.resize(2 * sizeof(std::int32_t));
    std::memcpy(datum_.text.data(), &months, sizeof months);
    std::memcpy(datum_.text.data() + sizeof months, &days, sizeof days);
  }
  void put_numeric(std::string_view v) override { text(ValueKind::kNumeric, v); }
  void put_uuid(const std::uint8_t* v) override {
    text(ValueKind::kUuid, std::string_view(reinterpret_cast<const char*>(v), 16));
  }
  void put_json(std::string_view v) override { text(ValueKind::kJson, v); }
  void put_array(std::string_view v) override { text(ValueKind::kArray, v); }

 private:
  void integer(ValueKind kind, std::int64_t value) {
    datum_.kind = kind;
    datum_.integer = value;
  }
  void text(ValueKind kind, std::string_view value) {
    datum_.kind = kind;
    datum_.text.assign(value);
  }
  Datum& datum_;
};

class DatumRow final : public RowReader {
 public:
  explicit DatumRow(const Datum& datum) : datum_(datum) {}
  bool get_bool(int, bool& v) const override { return set(v, datum_.integer != 0); }
  bool get_integer(int, std::int64_t& v) const override { return set(v, datum_.integer); }
  bool get_real(int, double& v) const override { return set(v, datum_.real); }
  bool get_text(int, std::string_view& v) const override { return set_text(v); }
  bool get_blob(int, std::string_view& v) const override { return set_text(v); }
  bool get_date(int, std::int64_t& v) const override { return set(v, datum_.integer); }
  bool get_time(int, std::int64_t& v) const override { return set(v, datum_.integer); }
  bool get_timestamp(int, std::int64_t& v, bool) const override { return set(v, datum_.integer); }
  bool get_interval(int, std::int32_t& months, std::int32_t& days,
                    std::int64_t& microseconds) const override {
    if (datum_.is_null()) return false;
    std::memcpy(&months, datum_.text.data(), sizeof months);
    std::memcpy(&days, datum_.text.data() + sizeof months, sizeof days);
    microseconds = datum_.integer;
    return true;
  }
  bool get_numeric(int, std::string_view& v) const override { return set_text(v); }
  bool get_uuid(int, std::uint8_t* bytes) const override {
    if (datum_.is_null()) return false;
    std::memcpy(bytes, datum_.text.data(), 16);
    return true;
  }
  bool get_json(int, std::string_view& v) const override { return set_text(v); }
  bool get_array(int, std::string_view& v) const override { return set_text(v); }
  Value value(int) const override { return std::monostate(); }

 private:
  template <typename T>
  bool set(T& to, T value) const {
    if (datum_.is_null()) return false;
    to = value;
    return true;
  }
  bool set_text(std::string_view& to) const { return set(to, std::string_view(datum_.text)); }
  const Datum& datum_;
};

void put_known(const FieldType& type, const void* field, ParameterSink& sink) {
  with_kind(type.kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (!type.nullable) return put(sink, *static_cast<const T*>(field));
    const auto& value = *static_cast<const std::optional<T>*>(field);
    if (value) return put(sink, *value);
    sink.put_null(value_kind(type.kind));
  });
}

/// False: NULL, and the member takes none.
bool get_known(const FieldType& type, void* field, const RowReader& row, int column) {
  return with_kind(type.kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (!type.nullable) return get(row, column, *static_cast<T*>(field));
    auto& value = *static_cast<std::optional<T>*>(field);
    if (!value) value.emplace();
    if (!get(row, column, *value)) value.reset();
    return true;
  });
}

[[noreturn]] void refuse_null(std::string_view name) {
  throw ConversionError("column " + std::string(name) +
                        " is NULL, and the member that it goes to is not a std::optional");
}

}  // namespace

void store_field(const FieldType& type, const void* field, Datum& datum) {
  if (type.kind == FieldKind::kCustom) return type.custom->to_datum(field, datum);
  DatumSink sink(datum);
  put_known(type, field, sink);
}

void load_field(const FieldType& type, void* field, const Datum& datum) {
  if (type.kind == FieldKind::kCustom) {
    if (datum.is_null() && !type.nullable) refuse_null("of a converted value");
    return type.custom->from_datum(field, datum);
  }
  if (!get_known(type, field, DatumRow(datum), 0)) refuse_null("of a converted value");
}

void store_enum(const EnumValues& values, std::size_t index, Datum& datum) {
  if (index >= values.size) {
    throw ConversionError(std::to_string(index) + " is no value of the enum " +
                          std::string(values.name));
  }
  datum.kind = ValueKind::kText;
  datum.text.assign(values.values[index]);
}

std::size_t load_enum(const EnumValues& values, const Datum& datum) {
  for (std::size_t i = 0; i < values.size; ++i) {
    if (values.values[i] == datum.text) return i;
  }
  throw ConversionError("'" + datum.text + "' is no value of the enum " + std::string(values.name));
}

void put_datum(const Datum& datum, ParameterSink& sink) {
  switch (datum.kind) {
    case ValueKind::kNull:
      return sink.put_null(ValueKind::kNull);
    case ValueKind::kBool:
      return sink.put_bool(datum.integer != 0);
    case ValueKind::kInteger:
      return sink.put_integer(datum.integer);
    case ValueKind::kReal:
      return sink.put_real(datum.real);
    case ValueKind::kText:
      return sink.put_text(datum.text);
    case ValueKind::kBlob:
      return sink.put_blob(datum.text);
    case ValueKind::kDate:
      return sink.put_date(datum.integer);
    case ValueKind::kTime:
      return sink.put_time(datum.integer);
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      return sink.put_timestamp(datum.integer, datum.kind == ValueKind::kTimestampUtc);
    case ValueKind::kInterval: {
      std::int32_t months = 0, days = 0;
      std::int64_t microseconds = 0;
      DatumRow(datum).get_interval(0, months, days, microseconds);
      return sink.put_interval(months, days, microseconds);
    }
    case ValueKind::kNumeric:
      return sink.put_numeric(datum.text);
    case ValueKind::kUuid:
      return sink.put_uuid(reinterpret_cast<const std::uint8_t*>(datum.text.data()));
    case ValueKind::kJson:
      return sink.put_json(datum.text);
    case ValueKind::kArray:
      return sink.put_array(datum.text);
  }
}

void put_field(const ColumnMap& column, const void* field, ParameterSink& sink, Scratch& scratch) {
  // The commonest kind, without a detour.
  if (column.type.kind == FieldKind::kInt64 && !column.type.nullable) {
    return sink.put_integer(*static_cast<const std::int64_t*>(field));
  }
  if (column.type.kind != FieldKind::kCustom) return put_known(column.type, field, sink);
  Datum& datum = scratch.emplace_back();
  column.type.custom->to_datum(field, datum);
  if (datum.is_null()) {
    sink.put_null(column.kind);
  } else {
    put_datum(datum, sink);
  }
}

Datum read_datum(ValueKind kind, const RowReader& row, int column) {
  Datum datum;
  DatumSink sink(datum);
  std::int64_t integer = 0;
  std::string_view text;
  switch (kind) {
    case ValueKind::kNull:
    case ValueKind::kInteger:
      if (row.get_integer(column, integer)) sink.put_integer(integer);
      break;
    case ValueKind::kBool:
      if (bool value = false; row.get_bool(column, value)) sink.put_bool(value);
      break;
    case ValueKind::kReal:
      if (double value = 0; row.get_real(column, value)) sink.put_real(value);
      break;
    case ValueKind::kText:
      if (row.get_text(column, text)) sink.put_text(text);
      break;
    case ValueKind::kBlob:
      if (row.get_blob(column, text)) sink.put_blob(text);
      break;
    case ValueKind::kDate:
      if (row.get_date(column, integer)) sink.put_date(integer);
      break;
    case ValueKind::kTime:
      if (row.get_time(column, integer)) sink.put_time(integer);
      break;
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc: {
      const bool utc = kind == ValueKind::kTimestampUtc;
      if (row.get_timestamp(column, integer, utc)) sink.put_timestamp(integer, utc);
      break;
    }
    case ValueKind::kInterval: {
      std::int32_t months = 0, days = 0;
      if (row.get_interval(column, months, days, integer)) sink.put_interval(months, days, integer);
      break;
    }
    case ValueKind::kNumeric:
      if (row.get_numeric(column, text)) sink.put_numeric(text);
      break;
    case ValueKind::kUuid: {
      std::uint8_t bytes[16];
      if (row.get_uuid(column, bytes)) sink.put_uuid(bytes);
      break;
    }
    case ValueKind::kJson:
      if (row.get_json(column, text)) sink.put_json(text);
      break;
    case ValueKind::kArray:
      if (row.get_array(column, text)) sink.put_array(text);
      break;
  }
  return datum;
}

void get_field(const FieldType& type, void* field, const RowReader& row, int column,
               std::string_view name) {
  try {
    if (type.kind == FieldKind::kCustom) {
      const Datum datum = read_datum(type.custom->stored, row, column);
      if (datum.is_null() && !type.nullable) refuse_null(name);
      return type.custom->from_datum(field, datum);
    }
    if (!get_known(type, field, row, column)) refuse_null(name);
  } catch (ConversionError& error) {
    if (error.message().find(name) == std::string::npos) {
      error.message("column " + std::string(name) + ": " + error.message());
    }
    throw;
  }
}

Datum field_datum(const Mapper& mapper, const void* object, ColumnIndex column) {
  Datum datum;
  store_field(mapper.columns[column].type, mapper.field(object, column), datum);
  return datum;
}

bool field_equals(const Mapper& mapper, const void* object, ColumnIndex column,
                  const Datum& value) {
  const FieldType& type = mapper.columns[column].type;
  const void* field = mapper.field(object, column);
  if (type.kind == FieldKind::kInt64 && !type.nullable) {
    return value.kind == ValueKind::kInteger &&
           value.integer == *static_cast<const std::int64_t*>(field);
  }
  if (type.kind == FieldKind::kString && !type.nullable) {
    return value.kind == ValueKind::kText && value.text == *static_cast<const std::string*>(field);
  }
  return field_datum(mapper, object, column) == value;
}

bool is_default(const Mapper& mapper, const void* object, ColumnIndex column) {
  return field_datum(mapper, object, column) ==
         field_datum(mapper, mapper.default_object.get(), column);
}

}  // namespace ormdb::detail
