#include "base/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/file_system.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

Error not_started(const std::string& line) {
  return Error(ErrorKind::kIo,
               "cannot run '" + line + "': " + std::generic_category().message(errno));
}

/// A file for standard error, which popen does not hand over; gone at the end.
class ErrorFile {
 public:
  ErrorFile() {
    const char* directory = std::getenv("TMPDIR");
    path_ = path_join(directory == nullptr ? "/tmp" : directory, "ormdb_XXXXXX");
    const int file = mkstemp(path_.data());
    if (file < 0) throw not_started(path_);
    close(file);
  }
  ~ErrorFile() { unlink(path_.c_str()); }
  ErrorFile(const ErrorFile&) = delete;
  ErrorFile& operator=(const ErrorFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::string shell_quoted(std::string_view text) {
  return "'" + replace_all(std::string(text), "'", "'\\''") + "'";
}

CommandOutput run_command(const std::string& line, const std::string& directory) {
  const ErrorFile errors;
  const std::string whole = "exec 2>" + shell_quoted(errors.path()) + " </dev/null; cd -- " +
                            shell_quoted(directory) + " && " + line;
  FILE* pipe = popen(whole.c_str(), "r");
  if (pipe == nullptr) throw not_started(line);
  CommandOutput result;
  std::array<char, 65536> buffer{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(buffer.data(), 1, buffer.size(), pipe);
    result.output.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  result.error = read_file(errors.path());
  return result;
}

}  // namespace ormdb
