#include "orm/array.h"

#include <charconv>
#include <cstring>

#include "db/iso_time.h"
#include "ormdb/mapping.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view what) {
  throw ConversionError("'" + std::string(text.substr(0, 40)) + "' is not " + std::string(what));
}

template <typename Number>
std::string number_text(Number value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

template <typename Number>
Number number_of(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) refuse(text, "a number");
  return value;
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string bytes_of(const std::string& text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) refuse(text, "bytes");
  std::string bytes;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned byte = 0;
    const char* end = text.data() + i + 2;
    const auto parsed = std::from_chars(text.data() + i, end, byte, 16);
    if (parsed.ec != std::errc() || parsed.ptr != end) refuse(text, "bytes");
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string interval_text(const Datum& value) {
  std::int32_t parts[2];
  std::memcpy(parts, value.text.data(), sizeof parts);
  return format_interval(parts[0], parts[1], value.integer);
}

/// A literal from its beginning to its end.
class ItemReader {
 public:
  explicit ItemReader(std::string_view literal) : literal_(literal), rest_(literal) {
    // A lower bound that is not 1 stands in front: [0:1]={a,b}.
    if (rest_.starts_with("[")) rest_.remove_prefix(std::min(rest_.find('=') + 1, rest_.size()));
    if (!rest_.starts_with("{") || !rest_.ends_with("}")) fail();
    rest_ = rest_.substr(1, rest_.size() - 2);
  }

  ArrayItems all() {
    ArrayItems items;
    while (!rest_.empty()) {
      items.push_back(rest_.front() == '"' ? quoted() : plain());
      if (rest_.empty()) break;
      if (rest_.front() != ',') fail();
      rest_.remove_prefix(1);
      if (rest_.empty()) fail();
    }
    return items;
  }

 private:
  [[noreturn]] void fail() const { refuse(literal_, "an array of one dimension"); }

  std::optional<std::string> quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\') ++i;
      if (i < rest_.size()) text += rest_[i];
    }
    fail();
  }

  std::optional<std::string> plain() {
    const std::string_view text = rest_.substr(0, rest_.find(','));
    if (text.empty() || text.find_first_of("{}\"") != text.npos) fail();
    rest_.remove_prefix(text.size());
    if (text == "NULL") return std::nullopt;
    return std::string(text);
  }

  std::string_view literal_;
  std::string_view rest_;
};

}  // namespace

std::string array_literal(const ArrayItems& items) {
  std::string literal = "{";
  for (const std::optional<std::string>& item : items) {
    if (literal.size() > 1) literal += ',';
    if (!item) {
      literal += "NULL";
      continue;
    }
    literal += '"';
    for (const char c : *item) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal += '}';
}

ArrayItems array_items(std::string_view literal) { return ItemReader(literal).all(); }

std::string element_text(const Datum& value) {
  switch (value.kind) {
    case ValueKind::kBool:
      return value.integer != 0 ? "t" : "f";
    case ValueKind::kInteger:
      return std::to_string(value.integer);
    case ValueKind::kReal:
      return number_text(value.real);
    case ValueKind::kBlob:
      return hex_of(value.text);
    case ValueKind::kDate:
      return format_date(value.integer);
    case ValueKind::kTime:
      return format_time(value.integer);
    case ValueKind::kTimestamp:
      return format_timestamp(value.integer);
    case ValueKind::kTimestampUtc:
      return format_timestamp(value.integer) + "+00";
    case ValueKind::kInterval:
      return interval_text(value);
    case ValueKind::kUuid:
      return format_uuid(reinterpret_cast<const std::uint8_t*>(value.text.data()));
    default:
      return value.text;
  }
}

Datum element_datum(ValueKind kind, const std::string& text) {
  Datum datum;
  datum.kind = kind;
  bool fits = true;
  switch (kind) {
    case ValueKind::kBool:
      datum.integer = text == "t" || text == "true" ? 1 : 0;
      break;
    case ValueKind::kInteger:
      datum.integer = number_of<std::int64_t>(text);
      break;
    case ValueKind::kReal:
      datum.real = number_of<double>(text);
      break;
    case ValueKind::kBlob:
      datum.text = bytes_of(text);
      break;
    default:
      fits = read_datum(text, kind, datum);
      break;
  }
  if (!fits) refuse(text, "an element of its array's type");
  return datum;
}

// What the typed layer of mapping.h asks for.

void ArrayWriter::add(const void* field) {
  Datum value;
  store_field(element_, field, value);
  if (text_.size() > 1) text_ += ',';
  if (value.is_null()) {
    text_ += "NULL";
    return;
  }
  const std::string one = array_literal({element_text(value)});
  text_.append(one, 1, one.size() - 2);
}

void ArrayWriter::finish(Datum& datum) {
  datum.kind = ValueKind::kArray;
  datum.integer = static_cast<std::int64_t>(stored_kind(element_));
  datum.text = std::move(text_) + "}";
}

ArrayReader::ArrayReader(const FieldType& element, const Datum& datum)
    : element_(element), items_(array_items(datum.text)) {}

bool ArrayReader::next(void* field) {
  if (at_ == items_.size()) return false;
  const std::optional<std::string>& item = items_[at_++];
  load_field(element_, field, item ? element_datum(stored_kind(element_), *item) : Datum());
  return true;
}

}  // namespace ormdb::detail
