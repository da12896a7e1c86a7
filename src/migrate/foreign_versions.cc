#include "migrate/foreign_versions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "migrate/version_number.h"

namespace ormdb {
namespace {

using Key = std::vector<std::string>;

/// What a table says, by the tool's own spelling of versions.
struct Applied {
  std::set<std::string> versions;
  Key up_to;  ///< All versions up to this one count too; empty: none do.
  bool heads_only = false;
  bool numeric = false;  ///< Versions are compared as numbers.
};

bool is_true(const std::string& value) {
  const std::string text = to_lower(value);
  return !text.empty() && text != "0" && text != "f" && text != "false";
}

class TableReader {
 public:
  TableReader(Workspace& workspace, std::string table)
      : dialect_(workspace.dialect()), table_(std::move(table)) {
    connection_ = workspace.existing_connection();
    if (connection_ == nullptr || !dialect_.table_exists(*connection_, table_)) throw missing();
  }

  Applied read() const {
    std::vector<std::string> columns = connection_->query(select("*", " WHERE 1 = 0")).columns;
    for (std::string& column : columns) column = to_lower(column);
    const auto has = [&](std::string_view name) {
      return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    if (has("version_num")) return plain("version_num", true);
    if (has("version_id") && has("is_applied")) return goose();
    if (has("installed_rank") && has("version")) return flyway();
    if (columns == std::vector<std::string>{"version"}) return plain("version", false);
    throw Error(ErrorKind::kUnsupported, "table " + table_ +
                                             " is no version table that ormdb can read: it has " +
                                             join(columns, ", "))
        .where("database")
        .hint(
            "it reads those of Alembic (version_num), dbmate (version), goose (version_id, "
            "is_applied) and Flyway (installed_rank, version, success)");
  }

 private:
  Error missing() const {
    return Error(ErrorKind::kConflict, "the database has no table " + table_)
        .where("database")
        .hint(
            "name the other tool's version table: alembic_version, schema_migrations (dbmate), "
            "goose_db_version, flyway_schema_history");
  }

  std::string select(const std::string& columns, const std::string& rest) const {
    std::vector<std::string> names;
    for (const std::string& part : split(table_, '.')) names.push_back(dialect_.quote(part));
    return "SELECT " + columns + " FROM " + join(names, ".") + rest;
  }

  Applied plain(const std::string& column, bool heads_only) const {
    Applied applied;
    applied.heads_only = heads_only;
    const Rows rows = connection_->query(select(column, ""));
    for (std::size_t i = 0; i < rows.rows.size(); ++i) applied.versions.insert(rows.text(i, 0));
    return applied;
  }

  // Version 0 is the row that goose makes with the table.
  Applied goose() const {
    Applied applied;
    applied.numeric = true;
    const Rows rows = connection_->query(select("version_id, is_applied", " ORDER BY id"));
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      const std::string version = rows.text(i, 0);
      applied.versions.erase(version);
      if (version != "0" && is_true(rows.text(i, 1))) applied.versions.insert(version);
    }
    return applied;
  }

  // Rows without a version are repeatable migrations and the making of the schema.
  Applied flyway() const {
    Applied applied;
    applied.numeric = true;
    const Rows rows =
        connection_->query(select("version, type, success", " ORDER BY installed_rank"));
    std::map<std::string, bool> succeeded;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      if (rows.is_null(i, 0)) continue;
      const std::string version = rows.text(i, 0);
      const std::string type = to_upper(rows.text(i, 1));
      succeeded[version] = is_true(rows.text(i, 2));
      applied.versions.erase(version);
      const bool reverts = type.starts_with("UNDO") || type == "DELETE";
      if (type == "BASELINE") {
        applied.up_to = version_parts(version);
      } else if (!reverts) {
        applied.versions.insert(version);
      }
    }
    for (const auto& [version, well] : succeeded) {
      if (well) continue;
      throw Error(ErrorKind::kConflict,
                  "table " + table_ + " says that version " + version + " failed")
          .where("database")
          .hint("finish or repair it with Flyway first (`flyway repair`)");
    }
    return applied;
  }

  const Dialect& dialect_;
  std::string table_;
  Connection* connection_ = nullptr;
};

std::string key_of(const std::string& version, const Applied& applied) {
  return applied.numeric ? join(version_parts(version), ".") : version;
}

std::string all_of(const std::set<std::string>& names) {
  return join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

Error conflict(const std::string& message, const std::set<std::string>& versions) {
  return Error(ErrorKind::kConflict, message + all_of(versions))
      .where("database")
      .candidates({versions.begin(), versions.end()});
}

/// The revisions that are applied. Every version must have one.
std::set<std::string> revisions_of(const RevisionGraph& graph, const Applied& applied,
                                   const std::string& table) {
  std::map<std::string, std::string> ids;
  std::set<std::string> found;
  for (const Revision* revision : graph.all()) {
    ids.emplace(key_of(revision->id, applied), revision->id);
    const Key key = version_parts(revision->id);
    const bool in_baseline =
        !applied.up_to.empty() && !key.empty() && !version_before(applied.up_to, key);
    if (in_baseline) found.insert(revision->id);
  }
  std::set<std::string> unknown;
  for (const std::string& version : applied.versions) {
    const auto id = ids.find(key_of(version, applied));
    if (id == ids.end()) {
      unknown.insert(version);
    } else {
      found.insert(id->second);
    }
  }
  if (unknown.empty()) return found;
  throw conflict("table " + table + " has versions that no script has: ", unknown)
      .hint("bring their files back and import them, or stamp by hand with `ormdb stamp REVISION`");
}

/// Those that no other one follows; they must imply no revision that is not applied.
std::vector<std::string> tips(const RevisionGraph& graph, const std::set<std::string>& ids,
                              bool heads_only, const std::string& table) {
  std::set<std::string> tips = ids;
  std::set<std::string> gaps;
  for (const std::string& id : ids) {
    for (const Revision* revision : graph.ancestors({id})) {
      if (revision->id == id) continue;
      tips.erase(revision->id);
      if (!heads_only && ids.count(revision->id) == 0) gaps.insert(revision->id);
    }
  }
  if (gaps.empty()) return {tips.begin(), tips.end()};
  throw conflict("table " + table + " skips versions that stand before applied ones: ", gaps)
      .hint("apply them with the other tool first, or stamp by hand with `ormdb stamp REVISION`");
}

}  // namespace

std::vector<std::string> stamped_elsewhere(Workspace& workspace, const std::string& table) {
  const Applied applied = TableReader(workspace, table).read();
  const RevisionGraph& graph = workspace.graph();
  const std::set<std::string> ids = revisions_of(graph, applied, table);
  if (ids.empty()) return {"base"};
  return tips(graph, ids, applied.heads_only, table);
}

void refuse_other_rows(const std::vector<std::string>& targets,
                       const std::vector<std::string>& rows, const std::string& table) {
  if (rows.empty() || rows == targets) return;
  throw Error(ErrorKind::kConflict, "the database is at " + join(rows, ", ") + " already, and " +
                                        table + " says " + join(targets, ", "))
      .where("database")
      .candidates(rows)
      .hint("take what " + table + " says with `ormdb stamp --purge --from-table " + table + "`");
}

}  // namespace ormdb
