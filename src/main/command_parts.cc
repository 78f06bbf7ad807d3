#include "main/command_parts.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "admin/control_client.h"
#include "admin/verbs.h"
#include "main/data_directory.h"
#include "main/offline.h"

namespace roost::main {

int say(const Error& error) {
  fmt::print(stderr, "{}\n", admin::as_sentence(error.text));
  return admin::kFailed;
}

std::string plain_path(const std::string& typed) {
  std::string path = std::filesystem::absolute(typed).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Result<LockFile> hold_data_directory(const Config& config) {
  std::string path = config.data + "/backup.lock";
  auto lock = LockFile::acquire(path);
  if (!lock && lock.error().code == Code::in_use) {
    return no(Code::in_use, "Another backup or restore of " + config.data + " is under way");
  }
  if (lock) ROOST_TRY_VOID(give_like(config.data, path));
  return lock;
}

namespace {

class TerminalLine {
 public:
  explicit TerminalLine(std::string what) : what_(std::move(what)) {}
  TerminalLine(const TerminalLine&) = delete;
  TerminalLine& operator=(const TerminalLine&) = delete;
  ~TerminalLine() {
    if (last_ != Time()) fmt::print(stderr, "\n");
  }

  void show(const CopyCount& count) {
    static constexpr std::chrono::milliseconds kInterval{500};
    auto now = std::chrono::steady_clock::now();
    if (now - last_ < kInterval) return;
    last_ = now;
    fmt::print(stderr, "\r{}: {} files, {} MiB copied ", what_, count.files, count.copied_bytes >> 20);
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  const std::string what_;
  Time last_;
};

}  // namespace

CopyProgress progress_on_terminal(std::string what) {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return [line = std::make_shared<TerminalLine>(std::move(what))](const CopyCount& count) { line->show(count); };
}

Result<int> run_apart(const std::function<int()>& work) {
  std::fflush(nullptr);
  pid_t child = ::fork();
  if (child < 0) return fault(std::string("fork: ") + std::strerror(errno));
  if (child == 0) {
    int status = work();
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fault(std::string("waitpid: ") + std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : admin::kFailed;
}

Result<int> run_anywhere(const Config& config, const std::string& socket, const admin::Request& request) {
  ROOST_TRY(auto sent, admin::send_request(socket, request));
  if (sent) return *sent;
  return run_apart([&] { return run_offline(config, request); });
}

}  // namespace roost::main
