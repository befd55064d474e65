#include "platform/shell_output.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

extern char** environ;

namespace troupe {

namespace {

struct pipe_ends {
  int read = -1;
  int write = -1;

  ~pipe_ends() {
    close_end(read);
    close_end(write);
  }

  static void close_end(int& end) {
    if (end >= 0)
      close(end);
    end = -1;
  }
};

result<pid_t> start(const std::string& command, const std::string& folder,
                    int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (!folder.empty())
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::string shell = "sh";
  std::string flag = "-c";
  auto text = command;
  char* argv[] = {shell.data(), flag.data(), text.data(), nullptr};
  pid_t child = 0;
  auto problem
    = posix_spawn(&child, "/bin/sh", &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0)
    return system_error(problem, "cannot run /bin/sh");
  return child;
}

} // namespace

result<shell_output> run_shell(const std::string& command,
                               const std::string& folder, size_t limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return system_error(errno, "cannot make a pipe");
  pipe_ends both{ends[0], ends[1]};
  auto child = start(command, folder, both.write);
  if (!child)
    return child.why();
  pipe_ends::close_end(both.write);
  shell_output out;
  char buffer[65536];
  for (;;) {
    auto count = read(both.read, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      break;
    auto room = limit - std::min(limit, out.bytes.size());
    out.bytes.append(buffer, std::min(static_cast<size_t>(count), room));
  }
  int status = 0;
  while (waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  out.rc = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

} // namespace troupe
