// Expressions and queries as flat bytes, prefix form. The bytes are the key of the statement cache,
// and rendering reads them; values stand beside them in the order in which SQL has their
// placeholders.
//
//     C member:8 alias:4        a column            ?                     a value
//     N                         NULL                T | F                 true, false
//     M model:8 alias:4 column:2 a column, by its number
//     B op:s a b                a op b              U before:s after:s a  before a after
//     A name:s distinct:1 n:1 …  a call             I not:1 n:4 a         a IN n values
//     W np:1 no:1 f p… o…       a window function   R sql:l               SQL with ? in it
//     E not:1 member:8 alias:4 c  EXISTS over a relationship
//     K c a b                   CASE                S query               a subquery
//     P ilike:1 a b             LIKE                D not:1 a b           IS DISTINCT FROM
//     X model:8 relation:4      a value, the owner's key in an association
//     Y cte:4 column:2          a column of a WITH    J kind:1 n:1 s… a       a part of JSON
//     V a low high              BETWEEN             O desc:1 nulls:1 a    an entry of ORDER BY
//
// s: one byte of length and the text; l: four bytes of length. A query:
//
//     from:8 alias:4 flags:1 (distinct 1, for update 2, limit 4, offset 8)
//     n:4 ctes {model:8 alias:4 columns:2 query}
//     n:4 joins {outer:1 target:8 alias:4 handle:8 from_alias:4 has_on:1}
//     n:4 selected…  on… of the joins that have one  has:1 where  n:4 group…  has:1 having  n:4
//     compounds {kind:1 query}  n:4 order…
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "ormdb/query.h"

namespace ormdb::detail {

inline constexpr std::uint8_t kDistinctFlag = 1;
inline constexpr std::uint8_t kForUpdateFlag = 2;
inline constexpr std::uint8_t kLimitFlag = 4;
inline constexpr std::uint8_t kOffsetFlag = 8;

/// A column of a mapper.
Tokens mapped_tokens(TypeKey model, std::uint16_t column, std::uint32_t alias = 0);

/// The model's key is among those that the many_to_many of another model connects with `key`.
Tokens association_tokens(TypeKey owner, std::size_t relation, Datum key);

/// Appends the query's shape and its values.
void flatten(const QueryData& query, std::string& shape, std::vector<Datum>& binds);

template <typename T>
void put_raw(std::string& shape, const T& value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  shape.append(bytes, sizeof(T));
}

/// Reads a shape from its beginning to its end.
class ShapeReader {
 public:
  explicit ShapeReader(std::string_view shape) : shape_(shape) {}

  char next() { return shape_[at_++]; }
  template <typename T>
  T raw() {
    T value;
    std::memcpy(&value, shape_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::string_view text(std::size_t size) {
    const std::string_view result = shape_.substr(at_, size);
    at_ += size;
    return result;
  }
  std::string_view short_text() { return text(raw<std::uint8_t>()); }

 private:
  std::string_view shape_;
  std::size_t at_ = 0;
};

}  // namespace ormdb::detail
