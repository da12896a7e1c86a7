// A script: the file of one revision, in YAML or SQL form. See ormdb-script(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "ormdb/operation.h"
#include "ormdb/revision.h"

namespace ormdb {

enum class ScriptFormat { kYaml, kSql };

/// One operation of a section, and where it stands.
struct ScriptStep {
  Operation operation;
  int line = 0;
};

/// A statement of the SQL form, and the effects that stand before it as comments (none: no
/// comment).
struct SqlStep {
  std::string sql;
  std::optional<std::vector<Operation>> effects = std::nullopt;
};

/// `-- ormdb unavailable: REASON` in a section of the SQL form: what it does is not written down
/// here, so it can neither be run nor replayed.
struct Unavailable {
  std::string reason;  ///< "": the section is there to be run.
  int line = 0;
};

struct ScriptBody {
  std::vector<ScriptStep> upgrade;
  std::vector<ScriptStep> downgrade;
  bool has_downgrade =
      true;  ///< false: the section is missing, so the revision cannot be reverted.
  Unavailable unavailable_upgrade;
  Unavailable unavailable_downgrade;
};

/// A section of the SQL form as it stands in a file.
struct SqlSectionText {
  std::string sql;
  bool transaction = true;
  std::string unavailable;  ///< The reason of a section that cannot be run; "" for any other.
};

/// Reads only the header, without a YAML parser: ten thousand of them in a fraction of a second.
/// The YAML form: lines `key: scalar` (plain, '…' or "…" with YAML's escapes) or `key: [a, b]`,
/// comments and blank lines, up to a line `---`. The SQL form: lines `-- ormdb key: value`, other
/// comments and blank lines, up to `-- ormdb upgrade`. Keys: format (1), revision, down_revision
/// (null, ~, nothing: a base; a list: a merge), depends_on, branch_labels, message, created. The
/// revision id is taken as it is: RevisionGraph::build judges it. Throws kScript at file:line (no
/// `revision`, duplicate or unknown key, bad list, unterminated quote, no end).
Revision scan_header(const Source& source);

/// SQL when a line "-- ormdb …" comes before the first line "key:" or "---".
ScriptFormat script_format(std::string_view text);

/// Parses the body; throws kScript at file:line, with the operation's number. `dialect` decides how
/// an SQL script's statements are split: each becomes an execute step of its own. In the SQL form,
/// a line "-- ormdb transaction: false" stands right before a section's marker and holds for all
/// its statements; "-- ormdb effects:" and the comment lines behind it hold a YAML list of
/// operations, what the next statement does to the schema ("-- ormdb effects: []": nothing). `--
/// ormdb unavailable: REASON` in a section says that it cannot be run. Lines that begin with "--
/// ormdb " are such directives wherever they stand, in a string too.
ScriptBody parse_body(const Source& source, std::string_view dialect);

/// SHA-256 of the text of a section, LF-normalised, without white space at its end; of the empty
/// text where there is none. Header and comments outside the section do not count. YAML: from the
/// line `upgrade:` (`downgrade:`) up to the next top-level key or the end, without the unindented
/// comment lines and blank lines before that. SQL: the lines between the section's marker and the
/// next, without a transaction directive that belongs to the next.
std::string section_checksum(std::string_view text, Direction direction);

/// A whole script as text: the leading comment, header, body. parse_body(render) gives the same
/// operations, scan_header(render) the same header. What fits into 100 columns stands on one line,
/// a created table has one column a line. For the SQL form, each step is one statement; throws
/// kUnsupported for one with a line that begins with "-- ormdb ", which would be read as a marker.
std::string render_yaml_script(const Revision& header, const std::vector<Operation>& upgrade,
                               const std::vector<Operation>& downgrade);
std::string render_sql_script(const Revision& header, const std::vector<SqlStep>& upgrade,
                              const std::vector<SqlStep>& downgrade);

/// The SQL form with sections taken over as they are, comments and all; without `downgrade` the
/// script has no such section. Throws kUnsupported for a line that would be read as a marker.
std::string render_sql_script(const Revision& header, const SqlSectionText& upgrade,
                              const std::optional<SqlSectionText>& downgrade);

/// Statements as a section's text, each with its semicolon.
std::string render_sql_statements(const std::vector<SqlStep>& steps);

/// A section's operations as a YAML list; "" for none.
std::string render_operations(const std::vector<Operation>& operations);

/// Fills in a script template. Its placeholders: ${message} ${revision} ${down_revision}
/// ${depends_on} ${branch_labels} ${created} ${upgrade} ${downgrade}; "$${" stands for "${".
/// A placeholder that is all the value of its line ("message: ${message}") becomes a header value,
/// quoted where it must be; elsewhere it is plain text on one line. Lines that hold only an empty
/// ${depends_on}, ${branch_labels}, ${created}, or a comment with an empty ${message}, are left
/// out. ${upgrade} and ${downgrade} stand alone on their line and become the operations
/// (`upgrade_yaml`: render_operations), indented like them; when there are none, the line goes, and
/// [] is added to the key above it unless operations follow. Throws kConfig at `template_file`:line
/// for an unknown placeholder, and when ${revision}, ${down_revision}, ${upgrade} or ${downgrade}
/// is missing.
std::string apply_template(std::string_view template_text, const Revision& header,
                           std::string_view upgrade_yaml, std::string_view downgrade_yaml,
                           const std::string& template_file = "template.yaml");

/// The template that render_yaml_script uses, what `migrations/template.yaml` replaces.
std::string_view built_in_template();

/// Lower-case words of a message joined by _, at most `max_length` bytes long, cut at a word (a
/// first word that is too long is cut inside). `max_length` 0: no limit.
std::string slug_of(std::string_view message, int max_length);

/// file_template with {rev} {slug} {year} {month} {day} {hour} {minute} {second} {epoch} filled in,
/// and ".yaml" or ".sql" behind; `created` is an ISO time, whose own clock the parts show. Throws
/// kConfig for an unknown token.
std::string script_file_name(std::string_view file_template, const Revision& revision,
                             std::string_view created, int slug_length, ScriptFormat format);

}  // namespace ormdb
