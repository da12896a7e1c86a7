// Parentheses around a piece of an expression change nothing when the operators in it bind tighter
// than those beside it (manual, 4.1.6 "Operator Precedence"). What is not understood for certain
// keeps its parentheses.
//
// 1. For each group: how loosely does its loosest operator bind?
// 2. How tightly do its neighbours?
// 3. Groups are taken away until none can be.

#include <algorithm>
#include <array>
#include <optional>

#include "dialect/postgresql/expression_pieces.h"

namespace ormdb::postgresql {
namespace {

// How loosely an operator binds.
constexpr int kTerm = 0;
constexpr int kSign = 1;
constexpr int kPower = 2;
constexpr int kTimes = 3;
constexpr int kPlus = 4;
constexpr int kOther = 5;
constexpr int kIn = 6;
constexpr int kCompare = 7;
constexpr int kIs = 8;
constexpr int kNot = 9;
constexpr int kAnd = 10;
constexpr int kOr = 11;
constexpr int kOpen = 12;     // nothing binds there: a comma, the text's end
constexpr int kUnknown = 13;  // as contents
constexpr int kFixed = -1;    // as neighbour: the parentheses belong to it

bool is_one_of(const Piece& piece, std::initializer_list<std::string_view> words) {
  return piece.kind == Piece::Kind::kWord &&
         std::find(words.begin(), words.end(), piece.text) != words.end();
}

int binary_level(const Piece& piece) {
  if (piece.is_word("and")) return kAnd;
  if (piece.is_word("or")) return kOr;
  if (is_one_of(piece, {"like", "ilike", "between"})) return kIn;
  if (piece.kind != Piece::Kind::kSymbol) return kUnknown;
  static constexpr std::array<std::string_view, 6> kComparisons = {"=", "<", ">", "<=", ">=", "<>"};
  if (std::find(kComparisons.begin(), kComparisons.end(), piece.text) != kComparisons.end()) {
    return kCompare;
  }
  if (piece.text == "+" || piece.text == "-") return kPlus;
  if (piece.text == "*" || piece.text == "/" || piece.text == "%") return kTimes;
  if (piece.text == "^") return kPower;
  static constexpr std::string_view kOperatorCharacters = "+-*/<>=~!@#%^&|`?";
  return piece.text.find_first_not_of(kOperatorCharacters) == std::string::npos ? kOther : kUnknown;
}

bool is_value(const Piece& piece) {
  if (piece.kind == Piece::Kind::kCast || piece.kind == Piece::Kind::kSymbol) return false;
  if (piece.kind != Piece::Kind::kWord || is_plain_name(piece)) return true;
  return is_one_of(piece, {"true", "false", "null", "current_date", "current_time",
                           "current_timestamp", "current_user", "current_role", "session_user",
                           "localtime", "localtimestamp", "user"});
}

/// Walks over one expression and finds its loosest operator.
class Contents {
 public:
  Contents(const Pieces& pieces, std::size_t begin, std::size_t end)
      : pieces_(pieces), at_(begin), end_(end) {}

  int level() {
    while (at_ < end_ && level_ < kUnknown) {
      if (expects_operand_) {
        operand();
      } else {
        follow();
      }
    }
    return expects_operand_ ? kUnknown : level_;
  }

 private:
  const Piece& here() const { return pieces_[at_]; }
  bool symbol_at(std::size_t at, std::string_view symbol) const {
    return at < end_ && pieces_[at].is_symbol(symbol);
  }
  bool word_at(std::size_t at, std::string_view word) const {
    return at < end_ && pieces_[at].is_word(word);
  }
  void loosen(int level) { level_ = std::max(level_, level); }
  void give_up() { level_ = kUnknown; }

  void operand() {
    const Piece& piece = here();
    if (piece.is_word("not")) {
      loosen(kNot);
      ++at_;
    } else if (piece.is_symbol("(")) {
      skip_group();
    } else if (piece.is_word("case")) {
      skip_case();
    } else if (piece.is_word("array") && symbol_at(at_ + 1, "[")) {
      ++at_;
      skip_group();
    } else if (piece.kind == Piece::Kind::kSymbol) {
      prefix_operator();
    } else if (is_value(piece) || calls_function(piece)) {
      ++at_;
      expects_operand_ = false;
    } else {
      give_up();
    }
  }

  void prefix_operator() {
    const int level = binary_level(here());
    if (level != kPlus && level != kOther) return give_up();
    loosen(level == kPlus ? kSign : kOther);
    ++at_;
  }

  bool calls_function(const Piece& piece) const {
    return symbol_at(at_ + 1, "(") &&
           is_one_of(piece, {"any", "all", "some", "exists", "left", "right", "row", "coalesce",
                             "greatest", "least", "nullif", "extract", "substring", "position",
                             "trim", "overlay", "normalize"});
  }

  /// What may stand behind an operand.
  void follow() {
    const Piece& piece = here();
    if (piece.kind == Piece::Kind::kCast) {
      ++at_;
    } else if (piece.is_symbol("(")) {
      const bool call = pieces_[at_ - 1].kind == Piece::Kind::kWord ||
                        pieces_[at_ - 1].kind == Piece::Kind::kName;
      call ? skip_group() : give_up();
    } else if (piece.is_symbol("[")) {
      skip_group();
    } else if (piece.is_symbol(".")) {
      ++at_;
      expects_operand_ = true;
    } else if (piece.is_word("is")) {
      test();
    } else if (piece.is_word("in") || (piece.is_word("not") && word_at(at_ + 1, "in"))) {
      membership();
    } else {
      binary_operator();
    }
  }

  void binary_operator() {
    const bool negated = word_at(at_, "not") && at_ + 1 < end_ &&
                         is_one_of(pieces_[at_ + 1], {"like", "ilike", "between"});
    if (negated) ++at_;
    const int level = binary_level(here());
    loosen(level);
    ++at_;
    expects_operand_ = true;
  }

  /// IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM.
  void test() {
    loosen(kIs);
    ++at_;
    if (word_at(at_, "not")) ++at_;
    if (word_at(at_, "distinct") && word_at(at_ + 1, "from")) {
      at_ += 2;
      expects_operand_ = true;
      return;
    }
    if (at_ >= end_ || !is_one_of(here(), {"null", "true", "false", "unknown"})) return give_up();
    ++at_;
  }

  void membership() {
    loosen(kIn);
    at_ += here().is_word("not") ? 2 : 1;
    symbol_at(at_, "(") ? skip_group() : give_up();
  }

  void skip_group() {
    at_ = closing_piece(pieces_, at_) + 1;
    expects_operand_ = false;
    if (at_ > end_) give_up();
  }

  void skip_case() {
    int depth = 0;
    for (; at_ < end_; ++at_) {
      if (here().is_word("case")) ++depth;
      if (here().is_word("end") && --depth == 0) break;
    }
    if (at_ >= end_) return give_up();
    ++at_;
    expects_operand_ = false;
  }

  const Pieces& pieces_;
  std::size_t at_;
  std::size_t end_;
  int level_ = kTerm;
  bool expects_operand_ = true;
};

bool is_boundary(const Piece& piece) {
  return piece.is_symbol("(") || piece.is_symbol(")") || piece.is_symbol(",") ||
         piece.is_symbol("[") || piece.is_symbol("]") ||
         is_one_of(piece, {"case", "when", "then", "else", "end"});
}

/// Whether the symbol at `at` stands before its only operand.
bool is_prefix(const Pieces& pieces, std::size_t at) {
  if (at == 0) return true;
  const Piece& before = pieces[at - 1];
  if (before.is_symbol(")") || before.is_symbol("]") || before.is_word("end")) return false;
  return before.kind == Piece::Kind::kSymbol ||
         (before.kind == Piece::Kind::kWord && !is_value(before));
}

int left_level(const Pieces& pieces, std::size_t open) {
  if (open == 0) return kOpen;
  const Piece& piece = pieces[open - 1];
  if (piece.is_symbol(")") || piece.is_symbol("]") || piece.is_word("end")) return kFixed;
  if (is_boundary(piece)) return kOpen;
  if (piece.is_word("not")) return kNot;
  if (piece.is_word("from") && open > 1 && pieces[open - 2].is_word("distinct")) return kIs;
  const int level = binary_level(piece);
  if (level == kUnknown) return kFixed;
  if (piece.kind != Piece::Kind::kSymbol || !is_prefix(pieces, open - 1)) return level;
  return level == kPlus ? kSign : kOther;
}

int right_level(const Pieces& pieces, std::size_t close) {
  if (close + 1 >= pieces.size()) return kOpen;
  const Piece& piece = pieces[close + 1];
  if (piece.is_symbol("(") || piece.is_symbol("[") || piece.is_word("case")) return kFixed;
  if (is_boundary(piece)) return kOpen;
  if (piece.kind == Piece::Kind::kCast) return kSign;
  if (piece.is_word("is")) return kIs;
  if (is_one_of(piece, {"in", "not"})) return kIn;
  const int level = binary_level(piece);
  return level == kUnknown ? kFixed : level;
}

bool has_comma_or_query(const Pieces& pieces, std::size_t open, std::size_t close) {
  if (is_one_of(pieces[open + 1], {"select", "with", "values", "table"})) return true;
  for (std::size_t i = open + 1; i < close; ++i) {
    if (pieces[i].is_symbol(",")) return true;
    if (pieces[i].is_symbol("(") || pieces[i].is_symbol("[")) i = closing_piece(pieces, i);
  }
  return false;
}

bool is_left_associative(int level) {
  return level == kTimes || level == kPlus || level == kOther || level == kAnd || level == kOr;
}

/// The AND beside a group may be that of BETWEEN.
int with_between(int level, const Pieces& pieces) {
  if (level != kAnd) return level;
  const auto is_between = [](const Piece& piece) { return piece.is_word("between"); };
  return std::any_of(pieces.begin(), pieces.end(), is_between) ? kIn : level;
}

bool is_needless(const Pieces& pieces, std::size_t open, std::size_t close) {
  if (close >= pieces.size() || close == open + 1) return false;
  const int left = with_between(left_level(pieces, open), pieces);
  const int right = with_between(right_level(pieces, close), pieces);
  if (left == kFixed || right == kFixed || has_comma_or_query(pieces, open, close)) return false;
  if (left == kOpen && right == kOpen) return true;
  const int level = Contents(pieces, open + 1, close).level();
  if (level == kUnknown) return false;
  const bool fits_left = level < left || (level == left && (level == kAnd || level == kOr));
  const bool fits_right = level < right || (level == right && is_left_associative(level));
  return fits_left && fits_right;
}

/// The first needless group at or behind `from`.
std::optional<std::size_t> find_needless(const Pieces& pieces, std::size_t from) {
  for (std::size_t open = from; open < pieces.size(); ++open) {
    if (!pieces[open].is_symbol("(")) continue;
    if (is_needless(pieces, open, closing_piece(pieces, open))) return open;
  }
  return std::nullopt;
}

}  // namespace

Pieces without_needless_parentheses(const Pieces& pieces) {
  Pieces result = pieces;
  std::size_t from = 0;
  while (const std::optional<std::size_t> open = find_needless(result, from)) {
    const std::size_t close = closing_piece(result, *open);
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(close));
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(*open));
    from = *open;
  }
  return result;
}

}  // namespace ormdb::postgresql
