#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/document.h"
#include "cli/help.h"
#include "cli/hint.h"
#include "cli/words.h"
#include "ormdb/cli.h"

namespace ormdb::cli {
namespace {

// Parsing --------------------------------------------------------------------------------------

/// CLI11's form of a spec's names: "-m,--message".
std::string parser_names(const OptionSpec& option) {
  std::string names = option.letter == 0 ? "" : std::string("-") + option.letter;
  if (!option.name.empty()) {
    names += (names.empty() ? "--" : ",--") + std::string(option.name);
  }
  return names;
}

void declare(CLI::App& app, std::span<const OptionSpec> options) {
  for (const OptionSpec& option : options) {
    if (option.value.empty()) {
      app.add_flag(parser_names(option))->disable_flag_override();
    } else {
      app.add_option(parser_names(option))
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
          ->allow_extra_args(false);
    }
  }
}

void collect(const CLI::App& app, std::span<const OptionSpec> options, OptionSet& set) {
  for (const OptionSpec& option : options) {
    const CLI::Option* parsed = app.get_option(option_display(option));
    if (parsed->count() == 0) continue;
    if (option.value.empty()) {
      set.set_flag(option.key());
      continue;
    }
    if (parsed->count() > 1 && !option.repeated) {
      throw Error(ErrorKind::kUsage, option_display(option) + " is given twice");
    }
    for (const std::string& value : parsed->results()) {
      check_value(option, value);
      set.add_value(option.key(), value);
    }
  }
}

/// Words that belong to no option, in order; what stands after -- is never one.
void collect_arguments(const std::vector<std::string>& words, OptionSet& set) {
  bool only_arguments = false;
  for (const std::string& word : words) {
    if (!only_arguments && word == "--") {
      only_arguments = true;
    } else if (word.empty()) {
      throw Error(ErrorKind::kUsage, "an argument is empty")
          .hint("is a shell variable unset? Leave the argument out to take the default");
    } else {
      set.add_argument(word);
    }
  }
}

OptionSet parse_options(const std::vector<std::string>& words, const Command* command) {
  check_options(words, command);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  declare(app, global_options());
  if (command != nullptr) declare(app, command->options);
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& failure) {
    throw Error(ErrorKind::kUsage, failure.what());
  }
  OptionSet options;
  collect_arguments(app.remaining(), options);
  collect(app, global_options(), options);
  if (command != nullptr) collect(app, command->options, options);
  return options;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  std::vector<std::string> rest = words;
  const std::size_t at = find_command_word(words);
  if (at < words.size()) {
    line.word = words[at];
    line.command = find_command(line.word);
    if (line.command == nullptr) throw unknown_command(line.word);
    const std::size_t first = at > 0 && words[at - 1] == "--" ? at - 1 : at;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(first),
               rest.begin() + static_cast<std::ptrdiff_t>(at + 1));
  }
  line.options = parse_options(rest, line.command);
  if (line.options.has("help") || line.options.has("version")) return line;
  if (line.command == nullptr) {
    throw Error(ErrorKind::kUsage, "no command given").hint("`ormdb --help` lists the commands");
  }
  check_arguments(*line.command, line.options);
  return line;
}

// Running --------------------------------------------------------------------------------------

namespace {

/// What came of one run of a command.
struct Outcome {
  std::string database;  // "" for a command that needs none
  Result result;
  std::optional<Error> error;

  int exit_code() const { return error ? error->exit_code() : result.exit_code; }
};

/// Writes results, and remembers that it could not.
class Printer {
 public:
  Printer(const Streams& streams, const Terminal& terminal)
      : streams_(streams), terminal_(terminal) {}

  void output(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), streams_.output) != text.size()) remember();
  }
  void error(const std::string& text) {
    flush();
    std::fputs(text.c_str(), streams_.error);
    std::fflush(streams_.error);
  }
  void error(const Error& error_value) {
    error(error_text(error_value, Style(terminal_.color_error)));
  }

  /// The exit code of the process: never 0 when something was not written.
  int finish(int exit_code) {
    flush();
    if (failure_ == 0) return exit_code;
    const Error failed(ErrorKind::kIo,
                       std::string("cannot write to standard output: ") + std::strerror(failure_));
    // Whoever closed the pipe (`| head`) knows.
    if (failure_ != EPIPE) error(failed);
    return exit_code == 0 ? failed.exit_code() : exit_code;
  }

 private:
  void flush() {
    if (std::fflush(streams_.output) != 0) remember();
  }
  void remember() {
    if (failure_ == 0) failure_ = errno == 0 ? EIO : errno;
  }

  const Streams& streams_;
  const Terminal& terminal_;
  int failure_ = 0;
};

/// The exception being handled, as an Error.
Error current_error() {
  constexpr const char* kReport = "this is a bug in ormdb: please report the command and this text";
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::kInternal, "out of memory");
  } catch (const std::exception& exception) {
    return Error(ErrorKind::kInternal, exception.what()).hint(kReport);
  } catch (...) {
    return Error(ErrorKind::kInternal, "an unknown exception").hint(kReport);
  }
}

Outcome run_once(const CommandLine& line, const Terminal& terminal, const Streams& streams,
                 Project& project, const ProjectDatabase& database) {
  Outcome outcome;
  outcome.database = database.name;
  outcome.error = database.error;
  if (outcome.error) return outcome;
  try {
    CommandContext context(*line.command, line.options, terminal, streams, project, database);
    if (line.command->need == Need::kDatabase) context.wait_for_server();
    outcome.result = line.command->run(context);
  } catch (...) {
    outcome.error = with_fitting_hint(current_error(), *line.command, line.options);
  }
  return outcome;
}

Node document_of(const Outcome& outcome, const std::string& word) {
  Node document = document_head(!outcome.error, word, outcome.database);
  if (outcome.error) return document.set("error", error_document(*outcome.error));
  for (const Node::Entry& entry : outcome.result.document.entries) {
    document.set(entry.first, entry.second);
  }
  return document;
}

Node document_of(const std::vector<Outcome>& outcomes, const std::string& word) {
  Node databases = Node::list();
  bool ok = true;
  for (const Outcome& outcome : outcomes) {
    databases.push(document_of(outcome, word));
    ok = ok && !outcome.error;
  }
  return document_head(ok, word, "").set("databases", std::move(databases));
}

void print_text(const Outcome& outcome, bool several, bool quiet, Printer& printer) {
  if (several) printer.output(outcome.result.comment + "[" + outcome.database + "]\n");
  printer.output(outcome.result.text);
  if (!quiet) printer.output(outcome.result.notice);
  if (!outcome.error) return;
  Error error = *outcome.error;
  if (several) error.message("[" + outcome.database + "] " + error.message());
  printer.error(error);
}

/// "2 databases: default ok, analytics failed (exit 5)"
std::string summary(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> parts;
  for (const Outcome& outcome : outcomes) {
    const std::string code = " (exit " + std::to_string(outcome.exit_code()) + ")";
    parts.push_back(outcome.database + (outcome.error              ? " failed" + code
                                        : outcome.exit_code() != 0 ? " not clean" + code
                                                                   : " ok"));
  }
  return counted(outcomes.size(), "database") + ": " + join(parts, ", ") + "\n";
}

int exit_code_of(const std::vector<Outcome>& outcomes) {
  int found = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.error) return outcome.exit_code();
    if (found == 0) found = outcome.exit_code();
  }
  return found;
}

int run_command(const CommandLine& line, const Terminal& terminal, const Streams& streams,
                const ProgramModels& models, Printer& printer) {
  Project project(line.options, models);
  std::vector<ProjectDatabase> databases(1);
  bool several = false;
  if (line.command->need != Need::kNothing) {
    databases = project.databases();
    several = project.several();
  }
  const bool json = line.options.has("json");
  const bool quiet = line.options.has("quiet");
  std::vector<Outcome> outcomes;
  for (const ProjectDatabase& database : databases) {
    outcomes.push_back(run_once(line, terminal, streams, project, database));
    if (!json) print_text(outcomes.back(), several, quiet, printer);
  }
  if (json) {
    const Node document =
        several ? document_of(outcomes, line.word) : document_of(outcomes.front(), line.word);
    printer.output(render_json(document) + "\n");
  } else if (several && !quiet) {
    printer.error(summary(outcomes));
  }
  return exit_code_of(outcomes);
}

void print_about(const CommandLine& line, const Terminal& terminal, Printer& printer) {
  const bool json = line.options.has("json");
  const Style style(terminal.color_output && !json);
  std::string text = "ormdb " ORMDB_VERSION "\n";
  if (!line.options.has("version")) {
    text = line.command == nullptr ? program_help(style) : command_help(*line.command, style);
  }
  if (json) {
    text = render_json(document_head(true, line.word, "").set("text", text)) + "\n";
  }
  printer.output(text);
}

void apply_log_level(const OptionSet& options) {
  set_log_level(options.has("quiet")     ? LogLevel::kQuiet
                : options.has("verbose") ? LogLevel::kVerbose
                                         : LogLevel::kNormal);
}

/// The command's word of a line that could not be parsed, or "".
std::string guess_word(const std::vector<std::string>& words) {
  try {
    const std::size_t at = find_command_word(words);
    return at < words.size() ? words[at] : "";
  } catch (const Error&) {
    return "";
  }
}

/// A failure before any command ran.
void print_failure(const Error& error, const std::vector<std::string>& words, Printer& printer) {
  const auto end = std::find(words.begin(), words.end(), "--");
  if (std::find(words.begin(), end, "--json") == end) return printer.error(error);
  Node document = document_head(false, guess_word(words), "").set("error", error_document(error));
  printer.output(render_json(document) + "\n");
}

/// A signal is ignored while it lives: what would have sent it fails instead.
class IgnoreSignal {
 public:
  explicit IgnoreSignal(int signal) : signal_(signal) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(signal_, &ignore, &former_);
  }
  ~IgnoreSignal() { sigaction(signal_, &former_, nullptr); }
  IgnoreSignal(const IgnoreSignal&) = delete;
  IgnoreSignal& operator=(const IgnoreSignal&) = delete;

 private:
  int signal_;
  struct sigaction former_ {};
};

/// A closed standard stream must not become the descriptor of a file that is opened later. What
/// takes its place fails as it would have: it is open for the other direction only.
void occupy_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // The lowest free descriptor is this one, as those below are taken.
    if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace

int run_command_line(const std::vector<std::string>& words, const Streams& streams,
                     const ProgramModels& models) {
  Terminal terminal = detect_terminal(ColorMode::kAuto, streams.output, streams.error);
  Printer printer(streams, terminal);
  try {
    const CommandLine line = parse_command_line(words);
    terminal = detect_terminal(parse_color_mode(line.options.value("color", "auto")),
                               streams.output, streams.error);
    apply_log_level(line.options);
    if (line.options.has("help") || line.options.has("version")) {
      print_about(line, terminal, printer);
      return printer.finish(0);
    }
    return printer.finish(run_command(line, terminal, streams, models, printer));
  } catch (...) {
    const Error error = current_error();
    print_failure(error, words, printer);
    return printer.finish(error.exit_code());
  }
}

}  // namespace ormdb::cli

namespace ormdb {

int run_cli(int argc, const char* const* argv) { return run_cli(argc, argv, ProgramModels()); }

int run_cli(int argc, const char* const* argv, const ProgramModels& models) {
  cli::occupy_standard_descriptors();
  const cli::IgnoreSignal broken_pipe(SIGPIPE);
  const cli::IgnoreSignal file_size_limit(SIGXFSZ);
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) words.emplace_back(argv[i]);
  return cli::run_command_line(words, cli::Streams{}, models);
}

}  // namespace ormdb
