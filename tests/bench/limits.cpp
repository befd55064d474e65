// What this machine can do at best: loops without an engine around them. Used
// by bench.py, which runs them between its measurements of the engine, so that
// both see the same load. Prints JSON, one object a call.

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using words = std::vector<std::string>;
using steady = std::chrono::steady_clock;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "limits: {}: {}\n", what, std::strerror(errno));
  std::exit(1);
}

double seconds_of(const std::function<void()>& work) {
  auto start = steady::now();
  work();
  return std::chrono::duration<double>{steady::now() - start}.count();
}

pid_t start(words argv, posix_spawn_file_actions_t* actions) {
  std::vector<char*> pointers;
  for (auto& each : argv)
    pointers.push_back(each.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  errno = ::posix_spawnp(&pid, pointers[0], actions, nullptr, pointers.data(),
                         environ);
  if (errno != 0)
    die(argv[0]);
  return pid;
}

/// A child with its two pipes; unused while `pid` is 0.
struct child {
  pid_t pid = 0;
  std::array<int, 2> streams{-1, -1};

  bool open() const {
    return streams[0] >= 0 || streams[1] >= 0;
  }
};

child start_captured(const words& argv) {
  child out;
  std::array<std::array<int, 2>, 2> pipes{};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (size_t i = 0; i < 2; ++i) {
    if (::pipe2(pipes[i].data(), O_CLOEXEC) != 0)
      die("pipe2");
    ::posix_spawn_file_actions_adddup2(&actions, pipes[i][1],
                                       static_cast<int>(i) + 1);
    out.streams[i] = pipes[i][0];
  }
  out.pid = start(argv, &actions);
  ::posix_spawn_file_actions_destroy(&actions);
  for (auto& each : pipes)
    ::close(each[1]);
  return out;
}

/// Reads what has come; closes streams that have ended.
void serve(std::vector<child>& children) {
  std::vector<pollfd> set;
  std::vector<int*> owners;
  for (auto& each : children)
    for (auto& fd : each.streams)
      if (each.pid != 0 && fd >= 0) {
        set.push_back({fd, POLLIN, 0});
        owners.push_back(&fd);
      }
  ::poll(set.data(), set.size(), -1);
  static std::array<char, 65536> buffer;
  for (size_t i = 0; i < set.size(); ++i)
    if (set[i].revents != 0
        && ::read(set[i].fd, buffer.data(), buffer.size()) <= 0) {
      ::close(set[i].fd);
      *owners[i] = -1;
    }
}

/// Runs `argv` `n` times, `most` at once, with both outputs captured; "{}" in
/// an argument becomes the number of the run.
void spawn_loop(size_t n, size_t most, const words& argv) {
  std::vector<child> children(most);
  for (size_t started = 0, done = 0; done < n;) {
    for (auto& each : children)
      if (each.pid == 0 && started < n) {
        auto call = argv;
        for (auto& word : call)
          if (word == "{}")
            word = std::to_string(started);
        each = start_captured(call);
        ++started;
      }
    serve(children);
    for (auto& each : children)
      if (each.pid != 0 && !each.open()) {
        ::waitpid(each.pid, nullptr, 0);
        each.pid = 0;
        ++done;
      }
  }
}

/// Five lines, about 310 bytes: what bench.py has the engine write.
std::string content(size_t i) {
  std::string out;
  for (int k = 0; k < 5; ++k)
    out += fmt::format("line {} of file {}: the quick brown fox jumps over "
                       "the lazy dog\n",
                       k, i);
  return out;
}

void write_loop(size_t n, const std::string& folder) {
  for (size_t i = 0; i < n; ++i) {
    auto bytes = content(i);
    auto path = fmt::format("{}/f{}", folder, i);
    auto temporary = path + ".tmp";
    auto fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                     0600);
    if (fd < 0
        || ::write(fd, bytes.data(), bytes.size())
             != static_cast<ssize_t>(bytes.size())
        || ::fchmod(fd, 0640) != 0)
      die(temporary);
    ::close(fd);
    if (::rename(temporary.c_str(), path.c_str()) != 0)
      die(path);
  }
}

/// Looks whether the files of `write_loop` are still as they should be.
void check_loop(size_t n, const std::string& folder) {
  std::array<char, 8192> buffer;
  for (size_t i = 0; i < n; ++i) {
    auto bytes = content(i);
    auto path = fmt::format("{}/f{}", folder, i);
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0)
      die(path);
    auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    auto size = ::read(fd, buffer.data(), buffer.size());
    ::close(fd);
    if ((found.st_mode & 07777) != 0640
        || std::string_view{buffer.data(), static_cast<size_t>(size)} != bytes)
      die(path + " has changed");
  }
}

size_t slurp(const std::string& path) {
  static std::array<char, 1 << 16> buffer;
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  size_t total = 0;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
    total += static_cast<size_t>(got);
  ::close(fd);
  return total;
}

void slurp_tree(const std::string& folder, const words& names) {
  auto* open = ::opendir(folder.c_str());
  if (!open)
    return;
  while (auto* entry = ::readdir(open))
    if (entry->d_name[0] != '.')
      for (auto& name : names)
        slurp(fmt::format("{}/{}/{}", folder, entry->d_name, name));
  ::closedir(open);
}

/// Reads the places that the facts come from and throws them away.
void read_facts() {
  for (std::string_view name :
       {"cpuinfo", "meminfo", "mounts", "uptime", "loadavg", "version",
        "cmdline", "stat", "1/comm", "1/cgroup", "net/route", "net/ipv6_route",
        "net/if_inet6", "net/dev", "swaps", "modules"})
    slurp(fmt::format("/proc/{}", name));
  for (std::string_view name :
       {"os-release", "debian_version", "lsb-release", "hostname", "hosts",
        "resolv.conf", "passwd", "group", "machine-id", "timezone",
        "ssh/ssh_host_rsa_key.pub", "ssh/ssh_host_ed25519_key.pub",
        "ssh/ssh_host_ecdsa_key.pub"})
    slurp(fmt::format("/etc/{}", name));
  for (std::string_view name :
       {"product_name", "product_serial", "product_uuid", "product_version",
        "sys_vendor", "board_name", "board_vendor", "bios_vendor",
        "bios_version", "bios_date", "chassis_vendor", "chassis_type"})
    slurp(fmt::format("/sys/class/dmi/id/{}", name));
  slurp_tree("/sys/class/net", {"address", "mtu", "operstate", "speed", "type",
                                "duplex", "flags", "device/uevent"});
  slurp_tree("/sys/block",
             {"size", "removable", "ro", "queue/rotational", "queue/scheduler",
              "queue/logical_block_size", "device/model", "device/vendor"});
  ifaddrs* addresses = nullptr;
  if (::getifaddrs(&addresses) == 0)
    ::freeifaddrs(addresses);
  utsname system{};
  ::uname(&system);
  std::ifstream mounts{"/proc/self/mounts"};
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields{line};
    std::string device;
    std::string point;
    fields >> device >> point;
    struct statvfs sizes {};
    ::statvfs(point.c_str(), &sizes);
  }
}

double cpu_of(const rusage& used) {
  auto seconds = [](const timeval& x) {
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Runs one program with our own streams: its times, status and peak memory.
void measure(const words& argv) {
  int status = 0;
  rusage used{};
  auto wall = seconds_of([&] {
    auto pid = start(argv, nullptr);
    ::wait4(pid, &status, 0, &used);
  });
  fmt::print(stderr,
             "{{\"seconds\":{:.6f},\"cpu\":{:.6f},\"peak_kb\":{},\"rc\":{}}}\n",
             wall, cpu_of(used), used.ru_maxrss,
             WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
}

void print(double seconds) {
  rusage own{};
  rusage of_children{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &of_children);
  fmt::print("{{\"seconds\":{:.6f},\"cpu\":{:.6f}}}\n", seconds,
             cpu_of(own) + cpu_of(of_children));
}

constexpr auto usage = R"(usage: limits spawn N AT_ONCE [PROGRAM [ARG ...]]
       limits write N FOLDER     make files as copy would at best
       limits check N FOLDER     see that they are as they were
       limits facts N            read what facts come from
       limits measure PROGRAM [ARG ...]
)";

} // namespace

int main(int argc, char** argv) {
  words given{argv + 1, argv + argc};
  if (given.size() >= 2 && given[0] == "measure") {
    measure({given.begin() + 1, given.end()});
    return 0;
  }
  auto n = given.size() < 2 ? 0 : std::strtoul(given[1].c_str(), nullptr, 10);
  if (n > 0 && given[0] == "spawn" && given.size() >= 3) {
    auto most = std::strtoul(given[2].c_str(), nullptr, 10);
    words call{given.begin() + 3, given.end()};
    if (call.empty())
      call = {"/bin/true"};
    print(seconds_of([&] { spawn_loop(n, most < 1 ? 1 : most, call); }));
  } else if (n > 0 && given[0] == "write" && given.size() == 3) {
    print(seconds_of([&] { write_loop(n, given[2]); }));
  } else if (n > 0 && given[0] == "check" && given.size() == 3) {
    print(seconds_of([&] { check_loop(n, given[2]); }));
  } else if (n > 0 && given[0] == "facts" && given.size() == 2) {
    print(seconds_of([&] {
      for (size_t i = 0; i < n; ++i)
        read_facts();
    }));
  } else {
    fmt::print(stderr, "{}", usage);
    return 64;
  }
  return 0;
}
