#include "tests/support/sandbox.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

namespace troupe::test {

namespace {

// What threads, memory, time and the streams that are open already need.
constexpr long allowed[] = {
#ifdef __SANITIZE_ADDRESS__
  // By which it finds out whether memory is there.
  SYS_pipe2,
#endif
#ifdef SYS_epoll_wait
  SYS_epoll_wait,
  SYS_poll,
#endif
  SYS_read,
  SYS_write,
  SYS_writev,
  SYS_pread64,
  SYS_close,
  SYS_mmap,
  SYS_munmap,
  SYS_mremap,
  SYS_mprotect,
  SYS_madvise,
  SYS_brk,
  SYS_futex,
  SYS_set_robust_list,
  SYS_rseq,
  SYS_membarrier,
  SYS_rt_sigaction,
  SYS_rt_sigprocmask,
  SYS_rt_sigreturn,
  SYS_sigaltstack,
  SYS_sched_yield,
  SYS_sched_getaffinity,
  SYS_nanosleep,
  SYS_clock_nanosleep,
  SYS_clock_gettime,
  SYS_clock_getres,
  SYS_gettimeofday,
  SYS_gettid,
  SYS_getpid,
  SYS_getrandom,
  SYS_eventfd2,
  SYS_epoll_create1,
  SYS_epoll_ctl,
  SYS_epoll_pwait,
  SYS_ppoll,
  SYS_prctl,
  SYS_tgkill,
  SYS_restart_syscall,
  SYS_exit,
  SYS_exit_group};

// The process's own, opened before the sandbox is closed.
int status_file = -1;
// Where a call that is not allowed is told of.
int report = -1;

void add(std::vector<sock_filter>& to, sock_filter one) {
  to.push_back(one);
}

bool close_in() {
  std::vector<sock_filter> filter;
  add(filter, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (auto number : allowed) {
    add(filter, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                         static_cast<uint32_t>(number), 0, 1));
    add(filter, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  // A thread is no program. What clone3 is asked for cannot be seen here; the
  // C library takes clone instead.
  add(filter, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1));
  add(filter, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  add(filter, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
  add(filter, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
  add(filter, BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  add(filter, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  add(filter, BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// The name that a call to open a file was given, and where its answer goes.
/// Null where it is not known how this processor hands them over.
const char* opened_name(ucontext_t& at) {
#ifdef __x86_64__
  const char* out = nullptr;
  std::memcpy(&out, &at.uc_mcontext.gregs[REG_RSI], sizeof out);
  return out;
#else
  static_cast<void>(at);
  return nullptr;
#endif
}

void answer_with(ucontext_t& at, long answer) {
#ifdef __x86_64__
  at.uc_mcontext.gregs[REG_RAX] = answer;
#else
  static_cast<void>(at);
  static_cast<void>(answer);
#endif
}

/// What the C library would like to know of the kernel it runs on, for its own
/// threads and memory; it can do without.
bool is_own_question(std::string_view name) {
  return name == "/sys/devices/system/cpu/online" || name == "/proc/stat"
         || name == "/proc/sys/vm/overcommit_memory";
}

void on_call(int, siginfo_t* what, void* context) {
  auto& at = *static_cast<ucontext_t*>(context);
  auto name = what->si_syscall == SYS_openat ? opened_name(at) : nullptr;
  if (name && is_own_question(name)) {
    answer_with(at, -ENOENT);
    return;
  }
  std::array<char, 16> text{};
  auto end = std::to_chars(text.begin(), text.end(), what->si_syscall).ptr;
  *end++ = ' ';
  static_cast<void>(
    ::write(report, text.data(), static_cast<size_t>(end - text.begin())));
  if (name)
    static_cast<void>(::write(report, name, std::strlen(name)));
  ::_exit(4);
}

[[noreturn]] void act_inside(int answer,
                             const std::function<std::string()>& act) {
  report = answer;
  struct sigaction handler {};
  handler.sa_sigaction = on_call;
  handler.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSYS, &handler, nullptr);
  // No file is needed for it, and whoever asks for it gets what no host says.
  ::setenv("TZ", "FAR-9", 1);
  ::tzset();
  status_file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (!close_in())
    ::_exit(2);
  auto text = act();
  for (size_t at = 0; at < text.size();) {
    auto n = ::write(answer, text.data() + at, text.size() - at);
    if (n <= 0)
      ::_exit(3);
    at += static_cast<size_t>(n);
  }
  ::_exit(0);
}

} // namespace

std::string in_sandbox(const std::function<std::string()>& act) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return "no pipe";
  auto child = ::fork();
  if (child == 0)
    act_inside(ends[1], act);
  ::close(ends[1]);
  std::string out;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    out.append(buffer, static_cast<size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  // Who blocks signals hears nothing of it and is killed.
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    return "system call with signals blocked";
  if (WIFSIGNALED(status))
    return "signal " + std::to_string(WTERMSIG(status));
  switch (WEXITSTATUS(status)) {
  case 0:
    return out;
  case 4:
    return "system call " + out;
  default:
    return "no sandbox";
  }
}

bool has_sandbox() {
#ifdef __SANITIZE_THREAD__
  return false;
#else
  static const bool has = in_sandbox([] { return "yes"; }) == "yes";
  return has;
#endif
}

unsigned threads_of_process() {
  constexpr std::string_view key = "\nThreads:\t";
  auto own = status_file >= 0;
  auto file = own ? status_file : ::open("/proc/self/status", O_RDONLY);
  std::array<char, 8192> buffer{};
  auto size = ::pread(file, buffer.data(), buffer.size(), 0);
  if (!own)
    ::close(file);
  std::string_view text{buffer.data(),
                        size > 0 ? static_cast<size_t>(size) : 0};
  auto at = text.find(key);
  unsigned out = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(),
                    out);
  return out;
}

} // namespace troupe::test
