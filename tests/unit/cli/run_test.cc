// Whole command lines that need no project, through the streams.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/revision_text.h"

namespace ormdb::cli {
namespace {

class Captured {
 public:
  Captured() : stream(open_memstream(&buffer_, &size_)) {}
  ~Captured() {
    std::fclose(stream);
    std::free(buffer_);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  std::string text() const {
    std::fflush(stream);
    return std::string(buffer_, size_);
  }

 private:
  char* buffer_ = nullptr;
  std::size_t size_ = 0;

 public:
  std::FILE* stream;
};

struct Ran {
  int exit_code;
  std::string output, error;
};

Ran run(const std::vector<std::string>& words) {
  const Captured output;
  const Captured error;
  const int exit_code = run_command_line(words, Streams{output.stream, error.stream});
  return {exit_code, output.text(), error.text()};
}

Node document_of(const Ran& ran) { return parse_json(ran.output, ErrorKind::kInternal); }

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("a wrong command line exits 2 with text on standard error only") {
  const Ran ran = run({"upgrad"});
  CHECK(ran.exit_code == 2);
  CHECK(ran.output.empty());
  CHECK(ran.error ==
        "error: unknown command 'upgrad' (did you mean 'upgrade'?)\n"
        "hint: `ormdb --help` lists the commands\n");
}

TEST_CASE("with --json a wrong command line is one document on standard output") {
  const auto [words, command] = GENERATE(table<std::vector<std::string>, std::string>({
      {{"--json"}, "null"},
      {{"--json", "upgrad"}, "\"upgrad\""},
      {{"upgrade", "--bogus", "--json"}, "\"upgrade\""},
      {{"-d", "heads", "upgrade", "", "--json"}, "\"upgrade\""},
      {{"--json", "upgrade", "--url"}, "\"upgrade\""},
      {{"--bogus", "--json"}, "null"},
  }));
  const Ran ran = run(words);
  CHECK(ran.exit_code == 2);
  CHECK(ran.error.empty());
  const Node document = document_of(ran);
  CHECK(render_json(*document.find("command")) == command);
  CHECK(document.find("ok")->text == "false");
  CHECK(document.find("error")->find("kind")->text == "usage");
}

TEST_CASE("a missing project is a configuration error, in text and as JSON") {
  const std::vector<std::string> words = {"-c", "/nonexistent/ormdb.yaml", "heads"};
  const Ran ran = run(words);
  CHECK(ran.exit_code == 4);
  CHECK(ran.error.find("/nonexistent/ormdb.yaml") != std::string::npos);
  const Ran json = run({"-c", "/nonexistent/ormdb.yaml", "heads", "--json"});
  CHECK(json.exit_code == 4);
  CHECK(document_of(json).find("command")->text == "heads");
  CHECK(document_of(json).find("error")->find("kind")->text == "config");
}

TEST_CASE("help, version, templates and completion need no project") {
  CHECK(run({"--version"}).output == "ormdb " ORMDB_VERSION "\n");
  CHECK(run({"-h"}).output.find("ensure-version") != std::string::npos);
  CHECK(run({"-h"}).output.find("__complete") == std::string::npos);
  CHECK(run({"upgrade", "-h"}).output.find("--step-redo N") != std::string::npos);
  CHECK(run({"list-templates"}).output.find("multidb") != std::string::npos);
  for (const char* shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const Ran ran = run({"completion", shell});
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.find("ensure-version") != std::string::npos);
    CHECK(ran.output.find("check-heads") != std::string::npos);
    CHECK(ran.output.find("__complete revisions") != std::string::npos);
  }
  const Node version = document_of(run({"--version", "--json"}));
  CHECK(version.find("ok")->text == "true");
  CHECK(version.find("text")->text == "ormdb " ORMDB_VERSION "\n");
  CHECK(document_of(run({"diff", "-h", "--json"})).find("command")->text == "diff");
  CHECK(document_of(run({"list-templates", "--json"})).find("templates")->items.size() == 2);
}

TEST_CASE("colour follows --color, and NO_COLOR where it is auto") {
  const std::string bold = "\x1b[1m";
  CHECK(run({"-h"}).output.find(bold) == std::string::npos);
  CHECK(run({"-h", "--color", "always"}).output.find(bold) != std::string::npos);
  CHECK(run({"-h", "--color", "never"}).output.find(bold) == std::string::npos);
  CHECK(run({"-h", "--color", "always", "--json"}).output.find("\\u001b") == std::string::npos);
  const Environment no_color("NO_COLOR", "1");
  CHECK(run({"-h", "--color", "always"}).output.find(bold) != std::string::npos);
}

TEST_CASE("a result that cannot be written is not exit 0") {
  std::FILE* full = std::fopen("/dev/full", "w");
  REQUIRE(full != nullptr);
  const Captured error;
  CHECK(run_command_line({"--version"}, Streams{full, error.stream}) == 4);
  std::fclose(full);
  CHECK(error.text().find("cannot write to standard output") != std::string::npos);
}

TEST_CASE("options win over the environment") {
  const Environment config("ORMDB_CONFIG", "from_environment.yaml");
  const Environment url("ORMDB_URL", "sqlite:///environment.db");
  const Environment directory("ORMDB_DIRECTORY", "");
  OptionSet none;
  CHECK(Project(none).config_file() == "from_environment.yaml");
  CHECK(Project(none).overrides().url == "sqlite:///environment.db");
  CHECK(Project(none).overrides().migrations.empty());
  OptionSet given;
  given.add_value("config", "given.yaml");
  given.add_value("url", "sqlite:///given.db");
  given.add_value("x", "tenant=a=b");
  CHECK(Project(given).config_file() == "given.yaml");
  CHECK(Project(given).overrides().url == "sqlite:///given.db");
  CHECK(Project(given).overrides().x.at("tenant") == "a=b");
  OptionSet wrong;
  wrong.add_value("x", "tenant");
  CHECK_THROWS_WITH(Project(wrong).overrides(), "-x wants KEY=VALUE, got 'tenant'");
}

TEST_CASE("numbers and durations of options are checked") {
  OptionSet options;
  options.add_value("lock-timeout", "250ms");
  options.add_value("wait", "soon");
  options.add_value("step-done", "3");
  options.add_value("step-redo", "0");
  CHECK(duration_option(options, "lock-timeout") == 250);
  CHECK(duration_option(options, "run-lock-timeout") == std::nullopt);
  CHECK_THROWS_WITH(duration_option(options, "wait"), "--wait: 'soon' is no duration");
  CHECK(number_option(options, "step-done") == 3);
  CHECK_THROWS_WITH(number_option(options, "step-redo"), "--step-redo: '0' is no number from 1 up");
}

TEST_CASE("only arguments that depend on what is applied ask the database") {
  for (const char* argument : {"current", "+1", "side@+1", "current:", ":current", "+1:+2"}) {
    CAPTURE(argument);
    CHECK(needs_rows(argument));
  }
  for (const char* argument :
       {"head", "heads", "base", "4f1c", "-1", "4f1c+1", "side@head", ":", ""}) {
    CAPTURE(argument);
    CHECK_FALSE(needs_rows(argument));
  }
}

}  // namespace ormdb::cli
