#include "platform/posix/process_tree.hpp"

#include "platform/linux/proc_file.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <utility>

namespace troupe {

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

bool adopts_orphans() {
  int answer = 0;
  return ::prctl(PR_GET_CHILD_SUBREAPER, &answer) == 0 && answer != 0;
}

void disown_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

void name_this_process(const char* name) {
  ::prctl(PR_SET_NAME, name);
}

void end_with_parent() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void close_other_descriptors() {
  close_descriptors_from(3);
}

int process_handle(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
}

namespace {

std::string proc_path(pid_t pid, const char* name) {
  return "/proc/" + std::to_string(pid) + name;
}

void append_numbers(std::string_view text, std::vector<pid_t>& out) {
  auto at = text.data();
  auto end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    auto [next, code] = std::from_chars(at, end, pid);
    if (code == std::errc{})
      out.push_back(pid);
    at = next + 1;
  }
}

/// The fields of /proc/PID/stat behind the name, which may hold blanks and
/// parentheses: state, ppid, pgrp, session, ...
std::vector<std::string_view> stat_fields(std::string_view text) {
  std::vector<std::string_view> out;
  auto at = text.rfind(')');
  if (at == std::string_view::npos)
    return out;
  text.remove_prefix(std::min(at + 2, text.size()));
  while (!text.empty() && out.size() < 18) {
    auto blank = text.find(' ');
    out.push_back(text.substr(0, blank));
    text.remove_prefix(blank == std::string_view::npos ? text.size()
                                                       : blank + 1);
  }
  return out;
}

pid_t number_in(std::string_view text) {
  pid_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Every process whose parent is `parent`, by looking at all of them; for
/// kernels without the `children` files.
std::vector<pid_t> children_by_scan(pid_t parent) {
  std::vector<pid_t> out;
  for (auto pid : proc_numbers("/proc")) {
    auto text = read_proc_file(proc_path(pid, "/stat"));
    auto fields = stat_fields(text);
    if (fields.size() > 1 && number_in(fields[1]) == parent)
      out.push_back(pid);
  }
  return out;
}

bool has_children_files() {
  static const bool known
    = ::access(
        ("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(),
        R_OK)
      == 0;
  return known;
}

std::vector<pid_t> children_of(pid_t pid) {
  if (!has_children_files())
    return children_by_scan(pid);
  std::vector<pid_t> out;
  auto folder = proc_path(pid, "/task/");
  for (auto thread : proc_numbers(folder))
    append_numbers(
      read_proc_file(folder + std::to_string(thread) + "/children"), out);
  return out;
}

} // namespace

std::vector<pid_t> descendants(pid_t root) {
  auto out = children_of(root);
  for (size_t i = 0; i < out.size() && i < 100'000; ++i) {
    auto more = children_of(out[i]);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::vector<pid_t> adopted_children() {
  // The kernel hands orphans to the first thread of the adopting process,
  // while the children that workers start belong to the workers' threads.
  if (!has_children_files())
    return children_by_scan(::getpid());
  auto path = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
  auto text = read_proc_file(path);
  // One that ends while the list is read can hide the one behind it; a list
  // without any is true.
  for (int tries = 0; !text.empty() && tries < 8; ++tries) {
    auto again = read_proc_file(path);
    bool same = again == text;
    text = std::move(again);
    if (same)
      break;
  }
  std::vector<pid_t> out;
  append_numbers(text, out);
  return out;
}

process_identity identify(pid_t pid) {
  process_identity out;
  out.pid = pid;
  auto text = read_proc_file(proc_path(pid, "/stat"));
  auto fields = stat_fields(text);
  if (fields.size() < 4) {
    out.gone = true;
    return out;
  }
  // Of a program whose first thread has ended before the others it says Z as
  // well; field 17 is how many threads there are.
  out.zombie
    = fields[0] == "Z" && (fields.size() <= 17 || number_in(fields[17]) <= 1);
  // Bit 2 of the flags: PF_EXITING.
  out.exiting = out.zombie || fields[0] == "X"
                || (fields.size() > 6 && (number_in(fields[6]) & 4) != 0);
  out.group = number_in(fields[2]);
  out.session = number_in(fields[3]);
  return out;
}

namespace {

// The mark that is no part of the environment is a limit of CPU time for
// programs that run in real time, in microseconds: 146,000 years and more.
// It is inherited, also by who empties his environment and leaves his session,
// and everybody may read it.
constexpr uint64_t no_limit = ~uint64_t{0};
constexpr uint64_t mark_bit = uint64_t{1} << 62U;
constexpr unsigned call_width = 40;
constexpr uint64_t call_bits = (uint64_t{1} << call_width) - 1;

constexpr bool is_mark(uint64_t limit) {
  return (limit >> 62U) == 1;
}

/// Numbers of processes have at most 22 bits.
constexpr uint64_t limit_for(const task_mark& mark) {
  return mark_bit | (static_cast<uint64_t>(mark.runner) << call_width)
         | (mark.call & call_bits);
}

template <class Predicate>
bool any_entry(std::string_view text, Predicate&& holds) {
  for (size_t begin = 0; begin < text.size();) {
    auto end = text.find('\0', begin);
    if (end == std::string_view::npos)
      end = text.size();
    if (holds(text.substr(begin, end - begin)))
      return true;
    begin = end + 1;
  }
  return false;
}

/// The call of `runner` that the entry of an environment names.
std::optional<uint64_t> call_in(std::string_view entry, pid_t runner) {
  auto prefix = task_mark{runner, 0}.entry();
  prefix.pop_back();
  if (!entry.starts_with(prefix))
    return std::nullopt;
  uint64_t call = 0;
  entry.remove_prefix(prefix.size());
  auto end = entry.data() + entry.size();
  auto [at, code] = std::from_chars(entry.data(), end, call);
  if (code != std::errc{} || at != end)
    return std::nullopt;
  return call;
}

/// Any task's mark on `pid` by the limit; 0: none.
uint64_t limit_of(pid_t pid) {
  constexpr std::string_view row = "Max realtime timeout";
  auto text = read_proc_file(proc_path(pid, "/limits"));
  auto at = text.find(row);
  if (at == std::string::npos)
    return 0;
  at = text.find_first_not_of(' ', at + row.size());
  uint64_t limit = 0;
  if (at != std::string::npos)
    std::from_chars(text.data() + at, text.data() + text.size(), limit);
  return is_mark(limit) ? limit : 0;
}

} // namespace

std::string task_mark::entry() const {
  return fmt::format("{}={}.{}", task_marker_name, runner, call);
}

void mark_by_limit(const task_mark& mark) {
  // Between vfork and exec: only the system calls themselves.
  struct {
    uint64_t soft;
    uint64_t hard;
  } limit{};
  if (::syscall(SYS_prlimit64, 0, RLIMIT_RTTIME, nullptr, &limit) != 0)
    return;
  bool free = limit.soft == no_limit || is_mark(limit.soft);
  if (!free || limit.hard != no_limit)
    return;
  limit.soft = limit_for(mark);
  ::syscall(SYS_prlimit64, 0, RLIMIT_RTTIME, &limit, nullptr);
}

std::optional<bool> carries(pid_t pid, const task_mark& mark) {
  if (auto limit = limit_of(pid))
    return limit == limit_for(mark);
  auto text = read_proc_file(proc_path(pid, "/environ"));
  if (text.empty())
    return std::nullopt;
  auto entry = mark.entry();
  return any_entry(text, [&](std::string_view x) { return x == entry; });
}

std::vector<pid_t>
marked_processes(pid_t runner, const std::function<bool(uint64_t)>& wanted) {
  std::vector<pid_t> out;
  for (auto pid : proc_numbers("/proc")) {
    if (pid == ::getpid())
      continue;
    auto limit = limit_of(pid);
    bool ours = limit != 0
                  ? (limit & ~call_bits) == limit_for({runner, 0})
                      && wanted(limit & call_bits)
                  : any_entry(read_proc_file(proc_path(pid, "/environ")),
                              [&](std::string_view x) {
                                auto call = call_in(x, runner);
                                return call && wanted(*call);
                              });
    // What nobody has waited for yet carries its limits on: where the first
    // process of the system reaps late, or never, that is no process to end.
    if (ours && !identify(pid).zombie)
      out.push_back(pid);
  }
  return out;
}

bool sees_processes() {
  return ::access("/proc/self/stat", R_OK) == 0;
}

} // namespace troupe
