#include "dialect/postgresql/driver_encode.h"

#include "ormdb/error.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

constexpr std::size_t kHeaderSize = 20;

bool is_text_kind(ValueKind kind) { return element_type(kind).oid == type::kText; }

void append_number(std::string& data, std::uint32_t number) {
  char bytes[4];
  write_number(bytes, number);
  data.append(bytes, sizeof bytes);
}

// {"a","b \" c"}: manual, 8.15.6 "Array Input and Output Syntax".
std::string array_literal(const std::vector<std::optional<std::string>>& texts) {
  std::string literal = "{";
  for (const std::optional<std::string>& text : texts) {
    if (literal.size() > 1) literal += ',';
    if (!text) {
      literal += "NULL";
      continue;
    }
    literal += '"';
    for (const char c : *text) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal += '}';
}

}  // namespace

void refuse_zero_byte(std::string_view text) {
  if (text.find('\0') == text.npos) return;
  throw ConversionError("PostgreSQL cannot store a text with a zero byte: '" +
                        std::string(text.substr(0, text.find('\0'))) + "…'");
}

void ArrayValue::clear() {
  data_.assign(kHeaderSize, '\0');
  count_ = 0;
  has_null_ = false;
}

void ArrayValue::add(ValueKind kind, std::string_view bytes) {
  if (kind_ == ValueKind::kNull) kind_ = kind;
  if (element_type(kind).oid != element_type(kind_).oid) {
    throw Error(ErrorKind::kInternal, "a value of a batch is not of its column's kind");
  }
  if (is_text_kind(kind)) refuse_zero_byte(bytes);
  append_number(data_, static_cast<std::uint32_t>(bytes.size()));
  data_ += bytes;
  ++count_;
}

void ArrayValue::add_null() {
  append_number(data_, ~std::uint32_t{0});
  has_null_ = true;
  ++count_;
}

std::string_view ArrayValue::finish() {
  char* header = data_.data();
  write_number(header, std::uint32_t{1});
  write_number(header + 4, has_null_ ? std::uint32_t{1} : std::uint32_t{0});
  write_number(header + 8, std::uint32_t{element_type(kind_).oid});
  write_number(header + 12, count_);
  write_number(header + 16, std::uint32_t{1});
  return data_;
}

ArrayRows::ArrayRows(const std::vector<PlanColumn>& columns) {
  for (const PlanColumn& column : columns) {
    arrays_.emplace_back(column.kind == ValueKind::kNull ? ValueKind::kText : column.kind);
  }
}

std::size_t ArrayRows::bytes() const {
  std::size_t sum = 0;
  for (const ArrayValue& array : arrays_) sum += array.bytes();
  return sum;
}

void ArrayRows::clear() {
  for (ArrayValue& array : arrays_) array.clear();
  next_ = 0;
}

ArrayValue& ArrayRows::next() {
  ArrayValue& array = arrays_[next_];
  next_ = next_ + 1 == arrays_.size() ? 0 : next_ + 1;
  return array;
}

void Arguments::clear() {
  slots_.clear();
  data_.clear();
  in_list_ = false;
}

void Arguments::add_slot(Oid type, std::string_view bytes, bool is_text) {
  slots_.push_back({type, data_.size(), bytes.size(), false, is_text});
  data_ += bytes;
  data_ += '\0';  // libpq takes the length of a text from it
}

// As int4 if it fits; in network order those are the last four bytes.
void Arguments::add_integer(std::string_view bytes) {
  const auto value = static_cast<std::int64_t>(read_number<std::uint64_t>(bytes.data()));
  const bool small = value >= std::numeric_limits<std::int32_t>::min() &&
                     value <= std::numeric_limits<std::int32_t>::max();
  add_slot(small ? type::kInt4 : type::kInt8, small ? bytes.substr(4) : bytes, false);
}

void Arguments::add(ValueKind kind, std::string_view bytes) {
  if (in_list_) {
    KeyValues& list = next_list();
    if (!is_text_kind(kind)) return list.array.add(kind, bytes);
    refuse_zero_byte(bytes);
    list.texts.emplace_back(bytes);
    return;
  }
  if (kind == ValueKind::kInteger) return add_integer(bytes);
  const bool is_text = is_text_kind(kind);
  if (is_text) refuse_zero_byte(bytes);
  add_slot(is_text ? 0 : element_type(kind).oid, bytes, is_text);
}

void Arguments::add_null(ValueKind kind) {
  if (in_list_) {
    // The kind may not be known yet.
    KeyValues& list = next_list();
    list.array.add_null();
    list.texts.emplace_back();
    return;
  }
  const Oid type = kind == ValueKind::kInteger ? type::kInt4
                   : is_text_kind(kind)        ? 0
                                               : element_type(kind).oid;
  slots_.push_back({type, 0, 0, true, true});
}

void Arguments::add_array(ArrayValue& array) {
  add_slot(element_type(array.kind()).array, array.finish(), false);
}

void Arguments::begin_list(std::size_t columns) {
  in_list_ = true;
  next_list_ = 0;
  lists_.assign(columns, KeyValues());
}

Arguments::KeyValues& Arguments::next_list() {
  KeyValues& list = lists_[next_list_];
  next_list_ = next_list_ + 1 == lists_.size() ? 0 : next_list_ + 1;
  return list;
}

void Arguments::end_list() {
  in_list_ = false;
  for (KeyValues& list : lists_) {
    if (list.array.kind() != ValueKind::kNull) {
      add_array(list.array);
    } else {
      add_slot(0, array_literal(list.texts), true);
    }
  }
}

void Arguments::widen(Slot& slot) {
  char bytes[8];
  const auto value = static_cast<std::int32_t>(read_number<std::uint32_t>(&data_[slot.offset]));
  write_number(bytes, static_cast<std::uint64_t>(std::int64_t{value}));
  slot.type = type::kInt8;
  slot.offset = data_.size();
  slot.size = sizeof bytes;
  data_.append(bytes, sizeof bytes);
}

bool Arguments::fits(const std::vector<Oid>& types) {
  if (types.size() != slots_.size()) return false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.is_null || slot.type == types[i]) continue;
    if (slot.type != type::kInt4 || types[i] != type::kInt8) return false;
    widen(slot);
  }
  return true;
}

std::vector<Oid> Arguments::types() const {
  std::vector<Oid> types;
  for (const Slot& slot : slots_) types.push_back(slot.type);
  return types;
}

const Arguments::Pointers& Arguments::pointers() {
  pointers_.values.clear();
  pointers_.lengths.clear();
  pointers_.formats.clear();
  for (const Slot& slot : slots_) {
    pointers_.values.push_back(slot.is_null ? nullptr : data_.data() + slot.offset);
    pointers_.lengths.push_back(static_cast<int>(slot.size));
    pointers_.formats.push_back(slot.is_text ? 0 : 1);
  }
  return pointers_;
}

}  // namespace ormdb::postgresql
