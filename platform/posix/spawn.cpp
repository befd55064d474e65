#include "platform/posix/spawn.hpp"

#include "platform/posix/child_streams.hpp"
#include "platform/posix/process_tree.hpp"
#include "platform/rights.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <set>

extern char** environ;

namespace troupe {

void descriptor::reset(int fd) {
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = fd;
}

namespace {

constexpr std::string_view default_path
  = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Everything the child needs, made before it exists: between vfork and exec
/// it shares our memory and may call nothing that allocates or locks.
struct child_plan {
  std::vector<std::string> paths;
  std::vector<const char*> argv;
  std::vector<const char*> environment;
  const char* working_directory = nullptr;
  int in = -1;
  int out = -1;
  int err = -1;
  sigset_t mask{};
  bool own_session = true;
  // Its streams are a terminal, which shall control its session.
  bool own_terminal = false;
  // This thread acts for another user; the program shall have no way back.
  bool drop_rights = false;
  uid_t uid = 0;
  gid_t gid = 0;
  task_mark mark;
};

/// What the child tells us through the shared memory.
struct child_report {
  int error = 0;
  bool at_directory = false;
};

// Signals that this program or a library may have caught or ignored. A handler
// must be gone before signals are let through: it would run in our memory.
constexpr int reset_signals[]
  = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM, SIGTERM,  SIGUSR1,
     SIGUSR2, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGXFSZ};

[[noreturn]] void become_program(const child_plan& plan,
                                 volatile child_report& report) {
  if (plan.own_session)
    ::setsid();
  else
    ::setpgid(0, 0);
  mark_by_limit(plan.mark);
  // In another thread's memory: only the system calls themselves, which are
  // about this process alone.
  if (plan.drop_rights
      && (::syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid) != 0
          || ::syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid) != 0)) {
    report.error = errno;
    ::_exit(127);
  }
  // A change of rights takes this back.
  end_with_parent();
  for (auto number : reset_signals)
    ::signal(number, SIG_DFL);
  ::dup2(plan.in, 0);
  ::dup2(plan.out, 1);
  ::dup2(plan.err, 2);
  if (plan.own_terminal)
    ::ioctl(0, TIOCSCTTY, 0);
  close_other_descriptors();
  if (plan.working_directory && ::chdir(plan.working_directory) != 0) {
    report.error = errno;
    report.at_directory = true;
    ::_exit(127);
  }
  ::sigprocmask(SIG_SETMASK, &plan.mask, nullptr);
  // As execvp: a folder that lacks the program is passed over, and a file
  // that may not be executed is remembered in case no other one is found.
  auto denied = 0;
  for (auto& path : plan.paths) {
    ::execve(path.c_str(), const_cast<char* const*>(plan.argv.data()),
             const_cast<char* const*>(plan.environment.data()));
    if (errno == EACCES)
      denied = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR)
      break;
  }
  report.error
    = denied != 0 && (errno == ENOENT || errno == ENOTDIR) ? denied : errno;
  ::_exit(127);
}

// Its own function and never inlined: nothing of the caller's frame may live
// in registers that the child changes.
__attribute__((noinline)) pid_t start(const child_plan& plan,
                                      volatile child_report& report) {
  auto pid = ::vfork();
  if (pid == 0)
    become_program(plan, report);
  return pid;
}

/// Of two entries of one name some programs take the first and others the last:
/// only the last one stays.
void keep_last_of_each(std::vector<const char*>& entries) {
  std::set<std::string_view> known;
  auto kept = std::remove_if(
    entries.rbegin(), entries.rend(), [&](std::string_view entry) {
      return !known.insert(entry.substr(0, entry.find('='))).second;
    });
  entries.erase(entries.begin(), kept.base());
}

/// Our environment with the entries of `spec`; `storage` owns the new ones.
std::vector<const char*> environment_of(const process_spec& spec,
                                        const task_mark& mark,
                                        std::vector<std::string>& storage) {
  storage.reserve(spec.environment.size() + 1);
  for (auto& [name, text] : spec.environment)
    storage.push_back(fmt::format("{}={}", name, text));
  storage.push_back(mark.entry());
  std::vector<const char*> out;
  for (auto entry = environ; entry && *entry; ++entry)
    out.push_back(*entry);
  for (auto& each : storage)
    out.push_back(each.c_str());
  keep_last_of_each(out);
  out.push_back(nullptr);
  return out;
}

error spawn_error(const process_spec& spec, const std::string& program,
                  const child_report& report) {
  if (report.at_directory)
    return system_error(report.error, "cannot change to directory '"
                                        + spec.working_directory + "'");
  switch (report.error) {
  case ENOENT: {
    struct stat status;
    if (program.find('/') != std::string::npos
        && ::stat(program.c_str(), &status) == 0)
      return {errc::not_found,
              fmt::format("cannot run '{}': the interpreter or loader that "
                          "it names does not exist",
                          program)};
    return {errc::not_found,
            fmt::format("cannot run '{}': no such program", program)};
  }
  case ENOEXEC:
    return {errc::unsupported,
            fmt::format("cannot run '{}': not a program of this machine and "
                        "no '#!' line (Exec format error)",
                        program)};
  case E2BIG:
    return {errc::exhausted,
            fmt::format("cannot run '{}': arguments and environment are "
                        "longer than the system accepts (Argument list too "
                        "long)",
                        program)};
  default:
    return system_error(report.error, fmt::format("cannot run '{}'", program));
  }
}

/// Whether a terminal controls this process: children must not be able to ask
/// it for anything.
bool is_controlled_by_terminal() {
  static const bool found = [] {
    descriptor terminal{::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)};
    return static_cast<bool>(terminal);
  }();
  return found;
}

bool worth_a_retry(int number) {
  return number == EAGAIN || number == ENOMEM;
}

/// vfork with all signals blocked, so that none of our handlers runs in the
/// child; again after a pause when the machine is short of processes.
pid_t start_with_retries(child_plan& plan, child_report& report) {
  sigset_t all;
  sigfillset(&all);
  for (int attempt = 0;; ++attempt) {
    sigset_t before;
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    sigemptyset(&plan.mask);
    plan.uid = ::geteuid();
    plan.gid = ::getegid();
    plan.drop_rights = acts_for_another();
    report = {};
    auto pid = start(plan, report);
    auto number = pid < 0 ? errno : report.error;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid > 0 && number != 0)
      ::waitpid(pid, nullptr, 0);
    if (number == 0)
      return pid;
    report.error = number;
    if (!worth_a_retry(number) || !pause_for_another(attempt))
      return -1;
  }
}

} // namespace

std::string search_path_of(const process_spec& spec) {
  auto& own = spec.environment;
  auto last = std::find_if(own.rbegin(), own.rend(),
                           [](auto& each) { return each.first == "PATH"; });
  if (last != own.rend())
    return last->second;
  auto path = std::getenv("PATH");
  return path ? std::string{path} : std::string{default_path};
}

std::vector<std::string> candidates(std::string_view program,
                                    std::string_view folders) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= folders.size();) {
    auto end = folders.find(':', begin);
    auto folder = folders.substr(
      begin, end == std::string_view::npos ? end : end - begin);
    // An empty entry means the current folder, as in a shell.
    out.push_back(fmt::format("{}/{}", folder.empty() ? "." : folder, program));
    if (end == std::string_view::npos)
      break;
    begin = end + 1;
  }
  return out;
}

namespace {

/// The system takes a NUL byte for the end of a text: none may hold one.
result<void> cut_by_nul(const process_spec& spec, const std::string& program) {
  auto refuse = [&](const char* what) {
    return error{errc::invalid_argument,
                 fmt::format("cannot run '{}': {} holds a NUL byte",
                             program.c_str(), what)};
  };
  auto cut = [](const std::string& text) {
    return text.find('\0') != std::string::npos;
  };
  if (cut(program))
    return refuse("the name of the program");
  if (cut(spec.working_directory))
    return refuse("the folder");
  if (std::any_of(spec.argv.begin(), spec.argv.end(), cut))
    return refuse("an argument");
  for (auto& [name, text] : spec.environment)
    if (cut(name) || cut(text))
      return refuse("the environment");
  return {};
}

} // namespace

result<spawned_child> spawn_child(const process_spec& spec,
                                  const task_mark& mark) {
  if (spec.argv.empty())
    return error{errc::invalid_argument, "there is no program to run"};
  auto& program = spec.executable.empty() ? spec.argv[0] : spec.executable;
  if (program.empty())
    return error{errc::invalid_argument, "the name of the program is empty"};
  if (auto cut = cut_by_nul(spec, program); !cut)
    return cut.why();
  child_plan plan;
  if (program.find('/') != std::string::npos)
    plan.paths = {program};
  else
    plan.paths = candidates(program, search_path_of(spec));
  for (auto& arg : spec.argv)
    plan.argv.push_back(arg.c_str());
  plan.argv.push_back(nullptr);
  std::vector<std::string> storage;
  plan.environment = environment_of(spec, mark, storage);
  plan.mark = mark;
  if (!spec.working_directory.empty())
    plan.working_directory = spec.working_directory.c_str();
  spawned_child child;
  auto streams = open_streams(spec, program, child);
  if (!streams)
    return streams.why();
  plan.own_terminal = streams->is_terminal;
  // A session costs the system 15 us more than a process group.
  plan.own_session = plan.own_terminal || is_controlled_by_terminal();
  plan.in = streams->in_number;
  plan.out = streams->out.get();
  plan.err = streams->err ? streams->err.get() : plan.out;
  child_report report;
  child.pid = start_with_retries(plan, report);
  if (child.pid < 0)
    return spawn_error(spec, program, report);
  return child;
}

} // namespace troupe
