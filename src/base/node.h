// A document tree: what YAML and JSON texts hold, with the place each part came from.
//
// Models, scripts and configuration are read from Nodes (NodeReader, strict about keys); operations
// and results are written as Nodes and rendered as YAML or JSON.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ormdb/error.h"

namespace ormdb {

class Node {
 public:
  enum class Kind { kNull, kBoolean, kInteger, kFloat, kString, kBinary, kList, kMap };
  /// How render_yaml writes a list or map: kAuto puts it on one line when it is flat and fits.
  enum class Style { kAuto, kFlow, kBlock };
  using Entry = std::pair<std::string, Node>;

  Node() = default;
  Node(bool value);             // NOLINT(google-explicit-constructor): documents read better so
  Node(int value);              // NOLINT
  Node(std::int64_t value);     // NOLINT
  Node(double value);           // NOLINT
  Node(const char* text);       // NOLINT
  Node(std::string text);       // NOLINT
  Node(std::string_view text);  // NOLINT
  static Node list(std::vector<Node> items = {});
  static Node strings(const std::vector<std::string>& items);
  static Node map(std::vector<Entry> entries = {});
  static Node binary(std::string bytes);
  /// A scalar that stands as `text` without quotes in YAML and is a number in JSON ("10.50"); a
  /// string when `text` is no number.
  static Node number(std::string text);

  Kind kind = Kind::kNull;
  /// The scalar's text; for booleans "true"/"false". For kInteger and kFloat as written. For
  /// kBinary the bytes themselves.
  std::string text;
  bool quoted =
      false;  ///< The scalar stood in quotes or as a block in YAML: it is text, never a number.
  Style style = Style::kAuto;
  int line = 0;    ///< 1-based; 0: not from a text.
  int column = 0;  ///< 1-based.
  std::vector<Node> items;
  std::vector<Entry> entries;    ///< In the text's order; keys are unique.
  std::vector<int> entry_lines;  ///< Lines of the keys, parallel to entries (when from a text).

  bool is_null() const { return kind == Kind::kNull; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
  bool is_scalar() const { return !is_list() && !is_map(); }

  const Node* find(std::string_view key) const;  ///< nullptr if absent or not a map.
  /// Appends an entry to a map (a null node becomes a map). Returns *this.
  Node& set(std::string key, Node value);
  /// The same, only when `value` says something (not null, not empty text, list or map).
  Node& set_if(std::string key, Node value);
  Node& push(Node value);  ///< Appends to a list (a null node becomes a list).

  /// Equal content; places, quotes and style do not count.
  bool operator==(const Node& other) const;
};

/// A text a Node came from: its name for messages, and its lines.
struct Source {
  std::string file;
  std::string text;

  /// The text of a line (1-based), without its end; "" when there is none.
  std::string line(int number) const;
  /// An error of this kind at this line, with the line's text.
  Error error(ErrorKind kind, int line_number, std::string message) const;
};

/// Reads a map strictly: every key must be asked for or listed, or finish() reports it with the
/// nearest known key. All errors are of `kind` with file, line and source line. A null node is an
/// empty map, and a null value counts as absent for all but has(), get() and require().
class NodeReader {
 public:
  /// `what` names the map in messages: "column post.id". `map` must outlive the reader.
  NodeReader(const Node& map, const Source& source, ErrorKind kind, std::string what);

  bool has(std::string_view key);
  const Node* get(std::string_view key);                                    ///< nullptr if absent.
  const Node& require(std::string_view key);                                ///< Throws when absent.
  std::string text(std::string_view key, std::string_view otherwise = "");  ///< A scalar's text.
  std::string require_text(std::string_view key);
  bool boolean(std::string_view key, bool otherwise);
  int integer(std::string_view key, int otherwise);
  /// A list of scalars, or one scalar as a list of one.
  std::vector<std::string> texts(std::string_view key);
  /// One of `allowed`, else an error with the nearest of them.
  std::string choice(std::string_view key, std::string_view otherwise,
                     const std::vector<std::string>& allowed);
  /// Throws when a key was never asked for: "unknown key 'x' in column post.id (did you mean
  /// 'y'?)".
  void finish();

  const Source& source() const { return source_; }
  ErrorKind kind() const { return kind_; }
  const std::string& what() const { return what_; }
  const Node& node() const { return map_; }
  Error error(const Node& at, std::string message) const;
  Error error_at_key(std::string_view key, std::string message) const;

 private:
  const Node& map_;
  const Source& source_;
  ErrorKind kind_;
  std::string what_;
  std::vector<std::string> asked_;
};

}  // namespace ormdb
