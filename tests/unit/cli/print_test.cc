#include "cli/print.h"

#include <catch2/catch.hpp>

#include "cli/progress.h"

namespace ormdb::cli {
namespace {

const Style kPlain(false);

Revision revision(const std::string& id, const std::vector<std::string>& parents,
                  const std::string& message) {
  Revision result;
  result.id = id;
  result.down_revisions = parents;
  result.message = message;
  return result;
}

}  // namespace

TEST_CASE("an error shows its place, its statement, its candidates and the way on") {
  const Error error = Error(ErrorKind::kModel, "unknown type 'integr' for column post.id")
                          .at("models.yaml", 12, "      id: {type: integr}")
                          .hint("did you mean 'integer'?");
  CHECK(error_text(error, kPlain) ==
        "error: unknown type 'integr' for column post.id\n"
        "  --> models.yaml:12\n"
        "   |\n"
        "12 |       id: {type: integr}\n"
        "   |\n"
        "hint: did you mean 'integer'?\n");

  const Error refused = Error(ErrorKind::kDatabase, "UNIQUE constraint failed: user.email")
                            .revision("4f1c2a9be07d")
                            .operation(3)
                            .statement("CREATE UNIQUE INDEX ix\nON user (email)")
                            .sqlstate("2067");
  CHECK(error_text(refused, kPlain) ==
        "error: UNIQUE constraint failed: user.email\n"
        "  in revision 4f1c2a9be07d, operation 3\n"
        "  statement: (code 2067)\n"
        "    CREATE UNIQUE INDEX ix\n"
        "    ON user (email)\n");

  const Error several =
      Error(ErrorKind::kMultipleHeads, "several heads").candidates({"aaaa", "bbbb"});
  CHECK(error_text(several, kPlain) ==
        "error: several heads\n"
        "  candidates:\n"
        "    aaaa\n"
        "    bbbb\n");

  CHECK(error_text(Error(ErrorKind::kIo, "no such file").at("ormdb.yaml"), kPlain) ==
        "error: no such file\n  --> ormdb.yaml\n");
}

TEST_CASE("colour is escape codes around the words, and nothing without it") {
  CHECK(kPlain(Paint::kRed, "error:") == "error:");
  CHECK(Style(true)(Paint::kRed, "error:") == "\x1b[1;31merror:\x1b[0m");
  CHECK(Style(true)(Paint::kRed, "").empty());
  CHECK(error_text(Error(ErrorKind::kIo, "gone"), Style(true)) ==
        "\x1b[1;31merror:\x1b[0m \x1b[1mgone\x1b[0m\n");
}

TEST_CASE("what a database says cannot steer the terminal") {
  CHECK(printable("a\x1b[2Jb\rc\x7f") == "a\\x1b[2Jb\\x0dc\\x7f");
  CHECK(printable("tab\tline\nümlaut") == "tab\tline\nümlaut");
  const std::string text = error_text(Error(ErrorKind::kDatabase, "\x1b]0;x\x07"), kPlain);
  CHECK(text == "error: \\x1b]0;x\\x07\n");
}

TEST_CASE("a step is one line with its parents, message, statements and time") {
  StepResult step;
  step.revision = revision("4f1c", {"9ad0"}, "add slug");
  step.statements = {"ALTER", "UPDATE", "CREATE"};
  step.milliseconds = 3.14;
  CHECK(step_text(step, Direction::kUpgrade, kPlain) ==
        "upgrade 9ad0 -> 4f1c, add slug (3 statements, 3.1 ms)\n");
  CHECK(step_text(step, Direction::kDowngrade, kPlain) ==
        "downgrade 4f1c -> 9ad0, add slug (3 statements, 3.1 ms)\n");

  StepResult merge;
  merge.revision = revision("cccc", {"aaaa", "bbbb"}, "");
  CHECK(step_text(merge, Direction::kUpgrade, kPlain) ==
        "upgrade aaaa, bbbb -> cccc (0 statements)\n");

  StepResult base;
  base.revision = revision("aaaa", {}, "first");
  base.statements = {"CREATE TABLE t (id)"};
  CHECK(step_text(base, Direction::kUpgrade, kPlain) ==
        "upgrade <base> -> aaaa, first (1 statement)\n");
}

TEST_CASE("operations are listed, those that can lose data are marked") {
  Column column;
  column.name = "slug";
  const std::string text =
      operations_text({AddColumn{"post", column}, DropColumn{"post", column}}, kPlain);
  const std::size_t second = text.find('\n') + 1;
  CHECK(text.substr(0, second).find("(destructive)") == std::string::npos);
  CHECK(text.substr(0, second).find("post.slug") != std::string::npos);
  CHECK(text.substr(second).find("(destructive)") != std::string::npos);
}

TEST_CASE("a progress line fits the terminal and keeps characters whole") {
  CHECK(progress_line(1, 4, "first", 80) == "[--------------------] 1/4 first");
  CHECK(progress_line(3, 4, "third", 80) == "[##########----------] 3/4 third");
  CHECK(progress_line(3, 4, "third", 10) == "[#########");
  CHECK(progress_line(1, 1, "ää", 30) == "[--------------------] 1/1 ä");
}

TEST_CASE("a progress bar is silent in the first second") {
  char* buffer = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&buffer, &size);
  {
    ProgressBar bar(stream, true, 80);
    bar.update(1, 2, "a");
  }
  std::fclose(stream);
  CHECK(std::string(buffer, size).empty());
  std::free(buffer);
}

}  // namespace ormdb::cli
