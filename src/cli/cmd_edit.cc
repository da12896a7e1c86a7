// edit: a script in the user's editor.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file_system.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/revision_text.h"

namespace ormdb::cli {
namespace {

// A command that takes file names: EDITOR, VISUAL, or the first of the usual ones on PATH.
std::string find_editor() {
  for (const char* variable : {"EDITOR", "VISUAL"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && !trim(value).empty()) return value;
  }
  const char* path = std::getenv("PATH");
  for (const char* name : {"sensible-editor", "editor", "nano", "vim", "code"}) {
    for (const std::string& directory : split(path == nullptr ? "" : path, ':')) {
      if (access(path_join(directory, name).c_str(), X_OK) == 0) return name;
    }
  }
  throw Error(ErrorKind::kConfig, "no editor found").hint("set EDITOR, e.g. EDITOR=nano");
}

// The shell splits the editor's words ("code --wait"), as git lets it.
[[noreturn]] void become_editor(const std::string& editor, const std::string& file, bool json) {
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  // Standard output belongs to the one document.
  if (json) dup2(STDERR_FILENO, STDOUT_FILENO);
  const std::string script = editor + " \"$@\"";
  execl("/bin/sh", "sh", "-c", script.c_str(), "sh", file.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

void open_editor(const std::string& editor, const std::string& file, bool json) {
  const pid_t child = fork();
  if (child < 0) {
    throw Error(ErrorKind::kIo, std::string("cannot start the editor: ") + std::strerror(errno));
  }
  if (child == 0) become_editor(editor, file, json);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::string how = WIFEXITED(status)
                              ? "ended with exit code " + std::to_string(WEXITSTATUS(status))
                              : "was ended by signal " + std::to_string(WTERMSIG(status));
  throw Error(ErrorKind::kIo, "the editor '" + editor + "' " + how)
      .at(file)
      .hint("EDITOR and VISUAL name the editor");
}

}  // namespace

Result run_edit(CommandContext& context) {
  const std::vector<const Revision*> revisions =
      resolve_argument(context, context.options().argument(0, "head"));
  const std::string editor = find_editor();
  std::vector<std::string> files;
  for (const Revision* revision : revisions) {
    const std::string file = display_path(revision->file);
    open_editor(editor, file, context.json());
    files.push_back(file);
  }
  Result result;
  if (context.json()) {
    result.document = Node::map({{"files", Node::strings(files)}});
  } else if (files.empty()) {
    result.notice = "nothing to edit\n";
  }
  return result;
}

}  // namespace ormdb::cli
