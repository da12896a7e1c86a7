#include <catch2/catch.hpp>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/words.h"

namespace ormdb::cli {
namespace {

// "upgrade: heads sql config=a.yaml": arguments, then what was given of the command's and the
// global options, in the table's order.
std::string parsed(const std::vector<std::string>& words) {
  const CommandLine line = parse_command_line(words);
  std::vector<std::string> parts = line.options.arguments();
  const auto add = [&](std::span<const OptionSpec> options) {
    for (const OptionSpec& option : options) {
      if (!line.options.has(option.key())) continue;
      const std::string key(option.key());
      if (option.value.empty()) parts.push_back(key);
      for (const std::string& value : line.options.values(key)) parts.push_back(key + "=" + value);
    }
  };
  if (line.command != nullptr) add(line.command->options);
  add(global_options());
  return line.word + ":" + (parts.empty() ? "" : " ") + join(parts, " ");
}

std::string refusal(const std::vector<std::string>& words) {
  try {
    return "parsed as " + parsed(words);
  } catch (const Error& error) {
    REQUIRE(error.kind() == ErrorKind::kUsage);
    REQUIRE(error.exit_code() == 2);
    return error.message();
  }
}

}  // namespace

TEST_CASE("a command line is read as a user of git and psql expects") {
  struct Case {
    std::vector<std::string> words;
    std::string expected;
  };
  const auto [words, expected] = GENERATE(values<Case>({
      {{"upgrade"}, "upgrade:"},
      // Words after the command are arguments, whatever they are called.
      {{"upgrade", "heads"}, "upgrade: heads"},
      {{"show", "current"}, "show: current"},
      {{"stamp", "heads", "history"}, "stamp: heads history"},
      {{"diff", "models", "check"}, "diff: models check"},
      // Global options stand anywhere.
      {{"-c", "a.yaml", "upgrade", "heads"}, "upgrade: heads config=a.yaml"},
      {{"upgrade", "-c", "a.yaml", "heads"}, "upgrade: heads config=a.yaml"},
      {{"upgrade", "heads", "--config=a.yaml"}, "upgrade: heads config=a.yaml"},
      {{"--config", "upgrade", "heads"}, "heads: config=upgrade"},
      {{"-cupgrade", "heads"}, "heads: config=upgrade"},
      {{"-qc", "upgrade", "heads"}, "heads: config=upgrade quiet"},
      {{"--json", "-v", "upgrade", "-q"}, "upgrade: json quiet verbose"},
      {{"upgrade", "-vv", "-v"}, "upgrade: verbose"},
      // -x takes one word.
      {{"upgrade", "-x", "a=1", "4f1c"}, "upgrade: 4f1c x=a=1"},
      {{"upgrade", "-x", "a=1", "-x", "b=2", "4f1c"}, "upgrade: 4f1c x=a=1 x=b=2"},
      {{"-x", "a=1", "upgrade", "4f1c"}, "upgrade: 4f1c x=a=1"},
      {{"upgrade", "-xa=1", "4f1c"}, "upgrade: 4f1c x=a=1"},
      {{"migrate", "--fill", "t.c=[1,2]", "--fill", "t.d=x"}, "migrate: fill=t.c=[1,2] fill=t.d=x"},
      // Negative numbers are arguments and values.
      {{"downgrade", "-1"}, "downgrade: -1"},
      {{"downgrade", "-1", "--sql"}, "downgrade: -1 sql"},
      {{"downgrade", "--", "-1"}, "downgrade: -1"},
      {{"downgrade", "-12"}, "downgrade: -12"},
      {{"upgrade", "+2"}, "upgrade: +2"},
      {{"upgrade", "a@+1"}, "upgrade: a@+1"},
      {{"history", "-r", "-3:"}, "history: rev-range=-3:"},
      {{"history", "-r-3:"}, "history: rev-range=-3:"},
      {{"history", "--rev-range=-3:"}, "history: rev-range=-3:"},
      {{"history", "-r", ":current", "-i"}, "history: rev-range=:current indicate-current"},
      // After -- everything is an argument.
      {{"stamp", "--", "--sql", "--", "-z"}, "stamp: --sql -- -z"},
      {{"--", "upgrade", "heads"}, "upgrade: heads"},
      {{"show", "-"}, "show: -"},
      {{"merge", "[a,b]", "{c}"}, "merge: [a,b] {c}"},
      // Values.
      {{"migrate", "-m", "add a column"}, "migrate: message=add a column"},
      {{"migrate", "-m", ""}, "migrate: message="},
      {{"migrate", "--message=--json"}, "migrate: message=--json"},
      {{"migrate", "-m", "--no-such"}, "migrate: message=--no-such"},
      {{"migrate", "-m", "--", "--dry-run"}, "migrate: message=-- dry-run"},
      {{"migrate", "--message=a=b"}, "migrate: message=a=b"},
      {{"migrate", "-m", "%{x} \"quoted\""}, "migrate: message=%{x} \"quoted\""},
      {{"revision", "--head", "a", "--head=b"}, "revision: head=a head=b"},
      {{"init", "/tmp/site"}, "init: /tmp/site"},
      {{"drop-db", "-y"}, "drop-db: yes"},
      {{"completion", "zsh"}, "completion: zsh"},
      // Help and version need no command and no arguments.
      {{"--version"}, ": version"},
      {{"-h"}, ": help"},
      {{"diff", "-h"}, "diff: help"},
      {{"-h", "diff"}, "diff: help"},
  }));
  CHECK(parsed(words) == expected);
}

TEST_CASE("a wrong command line names the word and the nearest right one") {
  struct Case {
    std::vector<std::string> words;
    std::string expected;
  };
  const auto [words, expected] = GENERATE(values<Case>({
      {{}, "no command given"},
      {{"--json"}, "no command given"},
      {{"upgrad"}, "unknown command 'upgrad' (did you mean 'upgrade'?)"},
      {{""}, "unknown command ''"},
      {{"upgrade", ""}, "an argument is empty"},
      {{"stamp", "a", "", "b"}, "an argument is empty"},
      {{"upgrade", "a", "b"}, "unexpected argument 'b'"},
      {{"heads", "upgrade"}, "unexpected argument 'upgrade'"},
      {{"diff", "models"}, "diff wants TO"},
      {{"completion"}, "completion wants bash|zsh|fish"},
      {{"completion", "fissh"}, "'fissh' is none of bash, zsh, fish (did you mean 'fish'?)"},
      {{"upgrade", "--sq"}, "unknown option --sq of upgrade (did you mean '--sql'?)"},
      {{"upgrade", "--alow-edited=1"},
       "unknown option --alow-edited of upgrade (did you mean '--allow-edited'?)"},
      {{"upgrade", "-z"}, "unknown option -z of upgrade"},
      {{"--sql", "upgrade"}, "unknown option --sql before the command"},
      {{"-m", "upgrade"}, "unknown option -m before the command"},
      {{"--confg", "a", "upgrade"},
       "unknown option --confg before the command (did you mean '--config'?)"},
      {{"upgrade", "-c"}, "-c wants a value"},
      {{"history", "-r", "--json"}, "-r wants a value, and --json is an option"},
      {{"merge", "--message", "--json"}, "--message wants a value, and --json is an option"},
      {{"upgrade", "--url"}, "--url wants a value"},
      {{"upgrade", "--url="}, "--url wants URL, got nothing"},
      {{"upgrade", "--url", ""}, "--url wants URL, got nothing"},
      {{"upgrade", "--url=", "heads"}, "--url wants URL, got nothing"},
      {{"upgrade", "--sql=no"}, "--sql takes no value"},
      {{"upgrade", "--sql=true"}, "--sql takes no value"},
      {{"--json=0", "upgrade"}, "--json takes no value"},
      {{"upgrade", "--=x"}, "unknown option -- of upgrade"},
      {{"upgrade", "--url", "a", "--url", "b"}, "--url is given twice"},
      {{"--url", "a", "upgrade", "--url=b"}, "--url is given twice"},
      {{"migrate", "-m", "a", "--message", "b"}, "--message is given twice"},
      {{"upgrade", "--color", "blue"}, "--color is one of auto, always, never, not 'blue'"},
      {{"migrate", "--format", "sq"},
       "--format is one of yaml, sql, not 'sq' (did you mean 'sql'?)"},
  }));
  CHECK(refusal(words) == expected);
}

TEST_CASE("every command of the table can be parsed and has help") {
  for (const Command& command : all_commands()) {
    CAPTURE(command.name);
    CHECK(parse_command_line({std::string(command.name), "--help"}).command == &command);
    CHECK_FALSE(command.help.empty());
    CHECK(command.run != nullptr);
    for (const OptionSpec& option : command.options) CHECK_FALSE(option.help.empty());
  }
}

}  // namespace ormdb::cli
