// A lane is an edge on its way down: it holds the revision it leads to. For each revision, newest
// first:
//   1. draw it in the lane that leads to it, or in a new one
//   2. its first parent takes its lane; further parents open lanes at its right, a line `|\` each
//   3. lanes that now lead to the same revision join at once, a line `|/` each
// Joining early keeps the drawing narrow: thirty branches of one base need two lanes. A lane that
// is opened or closed moves those at its right by one place.
#include "revision/draw.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"
#include "revision/render.h"

namespace ormdb {
namespace {

constexpr std::size_t kFewestLanes = 4;
constexpr std::size_t kMostLabels = 3;
constexpr std::string_view kEllipsis = "…";

struct Piece {
  std::string text;
  enum class Paint { kNone, kId, kLabel, kCurrent } paint = Paint::kNone;
};

class Drawing {
 public:
  Drawing(const RevisionGraph& graph, const std::vector<const Revision*>& revisions,
          const std::vector<std::string>& rows, int width, bool color)
      : graph_(graph), rows_(rows), width_(width > 0 ? static_cast<std::size_t>(width) : 0) {
    style_.color = color;
    // A lane takes two columns.
    most_lanes_ = width_ == 0 ? SIZE_MAX : std::max(kFewestLanes, width_ / 4);
    for (std::size_t i = 0; i < revisions.size(); ++i) place_.emplace(revisions[i]->id, i);
  }

  void add(const Revision& revision) {
    std::size_t self = place_.at(revision.id);
    std::size_t lane = lane_to(self).value_or(lanes_.size());
    if (lane == lanes_.size()) {
      // Below the end of another line it would look like a parent of it.
      if (ended_ == lane) lines_.push_back(bars(lane));
      lanes_.push_back(self);
    }
    ended_.reset();
    draw_node(revision, lane);
    std::vector<std::size_t> parents = shown_parents(revision);
    if (parents.empty()) {
      if (lane + 1 == lanes_.size()) ended_ = lane;
      close(lane);
      return;
    }
    lanes_[lane] = parents[0];
    for (std::size_t i = parents.size(); i-- > 1;) open(lane, parents[i]);
    while (join_one()) {
    }
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::optional<std::size_t> lane_to(std::size_t target) const {
    auto found = std::find(lanes_.begin(), lanes_.end(), target);
    if (found == lanes_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - lanes_.begin());
  }

  std::vector<std::size_t> shown_parents(const Revision& revision) const {
    std::vector<std::size_t> parents;
    for (const std::string& id : revision.down_revisions) {
      auto found = place_.find(id);
      bool known = found != place_.end() &&
                   std::find(parents.begin(), parents.end(), found->second) == parents.end();
      if (known) parents.push_back(found->second);
    }
    return parents;
  }

  // Lane i stands at column 2i. `line` has that many columns, blank where nothing is.
  std::string bars(std::size_t count) const {
    std::string line;
    for (std::size_t i = 0; i < count; ++i) line += i == 0 ? "|" : " |";
    return line;
  }

  void close(std::size_t lane) {
    lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(lane));
    if (lane == lanes_.size()) return;
    std::string line = bars(lane);
    line.resize(2 * lane, ' ');
    for (std::size_t i = lane; i < lanes_.size(); ++i) line += " /";
    draw_edges(line);
  }

  void open(std::size_t lane, std::size_t target) {
    std::string line = bars(lane + 1);
    for (std::size_t i = lane + 1; i <= lanes_.size(); ++i) line += i == lane + 1 ? "\\" : " \\";
    lanes_.insert(lanes_.begin() + static_cast<std::ptrdiff_t>(lane) + 1, target);
    draw_edges(line);
  }

  bool join_one() {
    for (std::size_t right = 1; right < lanes_.size(); ++right) {
      auto end = lanes_.begin() + static_cast<std::ptrdiff_t>(right);
      auto same = std::find(lanes_.begin(), end, lanes_[right]);
      if (same == end) continue;
      auto left = static_cast<std::size_t>(same - lanes_.begin());
      std::string line = bars(right);
      // Passes below the lanes between.
      for (std::size_t column = 2 * left + 1; column < line.size(); column += 2) line[column] = '_';
      for (std::size_t i = right; i < lanes_.size(); ++i) line += i == right ? "/" : " /";
      lanes_.erase(end);
      draw_edges(line);
      return true;
    }
    return false;
  }

  // Nothing when all that happens is beyond the lanes that are drawn, or looks as the line before.
  void draw_edges(const std::string& line) {
    std::size_t columns = 2 * most_lanes_ - 1;
    if (most_lanes_ == SIZE_MAX || line.size() <= columns) {
      lines_.push_back(line);
      return;
    }
    std::string visible = line.substr(0, columns - 1);
    if (visible.find_first_of("/\\_") == std::string::npos) return;
    visible += kEllipsis;
    if (lines_.back() != visible) lines_.push_back(visible);
  }

  void draw_node(const Revision& revision, std::size_t lane) {
    std::string line = bars(lanes_.size());
    line[2 * lane] = '*';
    std::size_t columns = line.size();
    if (lanes_.size() > most_lanes_) {
      columns = 2 * most_lanes_ - 1;
      bool hidden = lane + 1 >= most_lanes_;
      line = line.substr(0, columns - 1) + std::string(kEllipsis) + (hidden ? "*" : "");
      columns += hidden ? 1 : 0;
    }
    lines_.push_back(line + " " + text_of(revision, columns + 1));
  }

  std::vector<Piece> pieces_of(const Revision& revision) const {
    std::vector<Piece> pieces{{revision.id, Piece::Paint::kId}};
    bool head = graph_.is_head(revision);
    std::vector<std::string> labels = head ? graph_.labels_of(revision) : revision.branch_labels;
    if (labels.size() > kMostLabels) {
      labels.resize(kMostLabels);
      labels.emplace_back(kEllipsis);
    }
    if (!labels.empty()) pieces.push_back({"(" + join(labels, ", ") + ")", Piece::Paint::kLabel});
    if (head) {
      bool effective = graph_.is_effective_head(revision);
      pieces.push_back({effective ? "(head)" : "(effective head)", Piece::Paint::kNone});
    }
    if (graph_.is_merge_point(revision)) pieces.push_back({"(merge)", Piece::Paint::kNone});
    if (std::find(rows_.begin(), rows_.end(), revision.id) != rows_.end()) {
      pieces.push_back({"(current)", Piece::Paint::kCurrent});
    }
    if (!revision.depends_on.empty()) {
      pieces.push_back(
          {"(depends on " + join(revision.depends_on, ", ") + ")", Piece::Paint::kNone});
    }
    std::string_view title = title_of(revision);
    if (!title.empty()) pieces.push_back({std::string(title), Piece::Paint::kNone});
    return pieces;
  }

  std::string paint(const Piece& piece) const {
    switch (piece.paint) {
      case Piece::Paint::kId:
        return style_.id(piece.text);
      case Piece::Paint::kLabel:
        return style_.label(piece.text);
      case Piece::Paint::kCurrent:
        return style_.current(piece.text);
      case Piece::Paint::kNone:
        break;
    }
    return piece.text;
  }

  // At most `room` characters, the last of them `…` when some are left out.
  static std::string cut(const std::string& text, std::size_t room) {
    if (utf8_length(text) <= room) return text;
    std::size_t end = 0;
    for (std::size_t n = 0; n + 1 < room; ++n) end += decode_utf8(text, end).size;
    return text.substr(0, end) + std::string(kEllipsis);
  }

  // The id is never cut: a line without it would be of no use.
  std::string text_of(const Revision& revision, std::size_t column) const {
    std::string line;
    for (Piece& piece : pieces_of(revision)) {
      std::size_t gap = line.empty() ? 0 : 1;
      if (gap != 0 && width_ != 0) {
        if (column + gap >= width_) break;
        piece.text = cut(piece.text, width_ - column - gap);
      }
      column += gap + utf8_length(piece.text);
      line += (gap != 0 ? " " : "") + paint(piece);
    }
    return line;
  }

  const RevisionGraph& graph_;
  const std::vector<std::string>& rows_;
  std::size_t width_;  // 0: unlimited
  std::size_t most_lanes_;
  RevisionStyle style_;
  std::unordered_map<std::string_view, std::size_t> place_;  // id → place in the list
  std::optional<std::size_t> ended_;  // the last lane, when the line above ended it
  std::vector<std::size_t> lanes_;    // the place that each leads to
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> draw_history(const RevisionGraph& graph,
                                      const std::vector<const Revision*>& revisions,
                                      const std::vector<std::string>& rows, int width, bool color) {
  Drawing drawing(graph, revisions, rows, width, color);
  for (const Revision* revision : revisions) drawing.add(*revision);
  return drawing.take();
}

}  // namespace ormdb
