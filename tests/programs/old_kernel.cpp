// old_kernel COMMAND...: executes a command as on Linux 4.18, which knows none
// of the system calls from 424 (pidfd_send_signal) on. With 77 it says that
// this cannot be done here.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>

namespace {

constexpr unsigned first_unknown = 424;

bool forget_new_calls() {
  std::array<sock_filter, 4> program{
    {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
     BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_unknown, 0, 1),
     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  sock_fprog all{program.size(), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0;
}

} // namespace

int main(int count, char** arguments) {
  if (count < 2)
    return 64;
  if (!forget_new_calls())
    return 77;
  ::execvp(arguments[1], arguments + 1);
  std::perror(arguments[1]);
  return 127;
}
