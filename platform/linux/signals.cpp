#include "platform/signals.hpp"

#include "platform/posix/process_tree.hpp"
#include "platform/terminal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <latch>

namespace troupe {

signal_watch::signal_watch(std::function<void(signal_request)> on_signal)
    : on_signal_{std::move(on_signal)} {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t wanted;
  sigemptyset(&wanted);
  for (auto number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
    sigaddset(&wanted, number);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  signals_ = ::signalfd(-1, &wanted, SFD_CLOEXEC);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  // It waits for signals, and does nothing else, before anything forks.
  std::latch watching{1};
  thread_ = std::thread{[this, &watching] {
    watching.count_down();
    watch();
  }};
  watching.wait();
}

signal_watch::~signal_watch() {
  uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) == sizeof one)
    thread_.join();
  else
    thread_.detach();
  ::close(stop_);
  ::close(signals_);
}

void signal_watch::watch() {
  for (;;) {
    pollfd ready[2] = {{signals_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0)
      continue;
    if (ready[1].revents != 0)
      return;
    signalfd_siginfo info;
    if (::read(signals_, &info, sizeof info) != sizeof info)
      continue;
    if (info.ssi_signo == SIGUSR1)
      on_signal_(signal_request::report);
    else
      on_signal_(info.ssi_signo == SIGINT ? signal_request::interrupt
                                          : signal_request::terminate);
  }
}

void outlive_report_requests() {
  struct sigaction nothing = {};
  // A handler, as programs that are started inherit what is ignored.
  nothing.sa_handler = [](int) {};
  nothing.sa_flags = SA_RESTART;
  ::sigaction(SIGUSR1, &nothing, nullptr);
}

void take_write_limit_as_error() {
  std::signal(SIGXFSZ, SIG_IGN);
}

void end_with_words(const char* words, int status) noexcept {
  for (auto* each : {"troupe: ", words, "\n"})
    if (::write(STDERR_FILENO, each, std::strlen(each)) < 0)
      break;
  leave_terminal();
  ::_exit(status);
}

void end_at_once(int status) {
  leave_terminal();
  // Twice: what was being started during the first pass.
  for (int pass = 0; pass < 2; ++pass)
    for (auto pid : descendants(::getpid()))
      ::kill(pid, SIGKILL);
  ::_exit(status);
}

} // namespace troupe
