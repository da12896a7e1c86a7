// An expression as pieces: tokens in one spelling, a cast with its type as one piece.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb::postgresql {

struct Piece {
  enum class Kind {
    kWord,    ///< Unquoted, in lower case.
    kName,    ///< Quoted.
    kString,  ///< With its quotes.
    kNumber,
    kSymbol,
    kCast,   ///< The type's text; written ":: type".
    kOther,  ///< Parameters.
  };
  Kind kind = Kind::kSymbol;
  std::string text;

  bool is_word(std::string_view word) const { return kind == Kind::kWord && text == word; }
  bool is_symbol(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  bool is_cast(std::string_view type) const { return kind == Kind::kCast && text == type; }
  bool operator==(const Piece&) const = default;
};

using Pieces = std::vector<Piece>;

Piece word_piece(std::string text);
Piece symbol_piece(std::string text);

Pieces read_pieces(std::string_view sql);
std::string join_pieces(const Pieces& pieces);

/// The place of the parenthesis or bracket that closes the one at `open`; pieces.size() when none
/// does.
std::size_t closing_piece(const Pieces& pieces, std::size_t open);

/// A column's name or another plain one: no keyword.
bool is_plain_name(const Piece& piece);

/// The text between the quotes, for a 'string' or an E'string' whose only escapes are \\ and \'.
/// false when there are others (or it is no such string).
bool read_string(std::string_view literal, std::string* text);

/// `pieces` without parentheses that change nothing.
Pieces without_needless_parentheses(const Pieces& pieces);

}  // namespace ormdb::postgresql
