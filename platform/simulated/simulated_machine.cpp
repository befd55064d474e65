#include "platform/simulated/simulated_machine.hpp"

#include "platform/simulated/account_programs.hpp"
#include "platform/simulated/simulated_shell.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe {

namespace {

constexpr const char* accounts_file = "root:x:0:0:root:/root:/bin/sh\n"
                                      "app:x:1000:1000::/home/app:/bin/sh\n";

/// Whether an operation leaves the disk other than it was.
bool changes_files(std::string_view operation) {
  for (std::string_view harmless : {"status", "read", "list", "access",
                                    "read_link", "resolve", "flags", "label"})
    if (operation == harmless)
      return false;
  return true;
}

/// Names of temporary files are never the same twice, and must not decide.
std::string without_temporary_names(const std::string& line) {
  constexpr std::string_view folder = "/tmp/";
  auto out = line;
  for (size_t at = 0; (at = out.find(folder, at)) != std::string::npos;
       at += folder.size())
    out.erase(at + folder.size(),
              std::min(out.find(' ', at), out.size()) - at - folder.size());
  return out;
}

} // namespace

simulated_machine::simulated_machine(machine_profile profile,
                                     std::shared_ptr<simulated_clock> clock,
                                     simulated_machine* like)
    : simulated_host{std::move(clock)}, profile_{std::move(profile)},
      family_{family_named(profile_.family)}, chance_{profile_.seed} {
  if (like)
    disk.begin_with(like->disk);
  else
    take_files();
  equip();
  identify();
  install_small_programs(*this);
  install_account_programs(*this);
  install_shell(*this);
  if (!like)
    for (auto& name : programs.installed())
      disk.put("/usr/bin/" + name, "", 0755);
  programs.befall([this](const std::string& line) { return fate_of(line); });
  disk.befall([this](std::string_view operation, const std::string& path) {
    return fault_of(operation, path);
  });
}

program_fate simulated_machine::fate_of(const std::string& command) {
  program_fate out;
  auto line = without_temporary_names(command);
  auto range = profile_.slowest - profile_.quickest;
  out.takes = profile_.quickest;
  if (range > range.zero())
    out.takes += std::chrono::nanoseconds{static_cast<int64_t>(
      static_cast<double>(range.count()) * chance_.draw("time " + line))};
  if (chance_.happens(profile_.program_faults, "program " + line)) {
    // Out of processes, or out of memory once it runs.
    if (chance_.draw("how " + line) < 0.5)
      out.refused = EAGAIN;
    else
      out.killed = true;
  }
  return out;
}

int simulated_machine::fault_of(std::string_view operation,
                                const std::string& path) {
  constexpr std::array<int, 3> numbers{ENOSPC, EIO, EROFS};
  if (!changes_files(operation) || path.starts_with("/tmp/"))
    return 0;
  auto key = fmt::format("{} {}", operation, path);
  if (!chance_.happens(profile_.file_faults, key))
    return 0;
  return numbers[static_cast<size_t>(chance_.draw("which " + key)
                                     * static_cast<double>(numbers.size()))];
}

void simulated_machine::take_files() {
  for (auto* folder : {"/bin", "/home/app", "/opt", "/proc", "/srv",
                       "/usr/local/bin", "/var/lib", "/var/log", "/var/tmp"})
    disk.put_folder(folder);
  for (auto& folder : family_.folders)
    disk.put_folder(folder);
  for (auto& path : family_.files)
    disk.put(path, "", 0755);
  disk.put("/etc/passwd", accounts_file);
  disk.put("/etc/group", "root:x:0:\napp:x:1000:\n");
  disk.put("/etc/hosts", "127.0.0.1 localhost\n");
  std::string release;
  for (auto& [key, text] : family_.os_release)
    release += fmt::format("{}=\"{}\"\n", key, text);
  disk.put("/etc/os-release", release);
  for (auto& [path, text] : family_.version_files)
    disk.put(path, text + "\n");
  disk.put("/bin/sh", "", 0755);
}

void simulated_machine::equip() {
  disk.put("/etc/hostname", profile_.name + "\n");
  for (auto& name : family_.services)
    services.add(name, {.running = true, .enabled = true, .starts = 1});
  packages.speak(family_.package_manager);
  if (family_.init == "openrc")
    services.speak_openrc(programs);
  packages.offer_all(profile_.has_all_packages);
  packages.offer("curl", {.versions = {"7.88.1-10", "7.88.1-9"},
                          .files = {"/usr/bin/curl"}});
  packages.offer("nginx",
                 {.versions = {"1.22.1-9", "1.18.0-6"},
                  .files = {"/usr/sbin/nginx", "/etc/nginx/nginx.conf"},
                  .service = "nginx"});
  net.services.push_back(
    {.port = 22, .text = "SSH-2.0-OpenSSH_9.2p1\r\n", .closes = false});
}

void simulated_machine::identify() {
  auto& distribution = machine.distribution_answer;
  distribution.os_release
    = {family_.os_release.begin(), family_.os_release.end()};
  distribution.version_files
    = {family_.version_files.begin(), family_.version_files.end()};
  // OpenRC's process 1 is that of every system.
  machine.kernel_answer.init = family_.init == "openrc" ? "init" : family_.init;
  machine.kernel_answer.release = family_.kernel;
  auto number = [&](std::string_view what, uint64_t below) {
    return seeded_number(profile_.seed, what) % below;
  };
  auto& kernel = machine.kernel_answer;
  kernel.node = profile_.name;
  kernel.fully_qualified_name = profile_.name + ".example.com";
  kernel.machine_id
    = fmt::format("{:016x}{:016x}", seeded_number(profile_.seed, "id"),
                  seeded_number(profile_.seed, "id, second half"));
  kernel.uptime_seconds = 60 + number("uptime", 10'000'000);
  auto cores
    = profile_.small ? 1U : static_cast<unsigned>(1U << number("cores", 5));
  auto& processor = machine.processor_answer;
  processor.cores_per_socket = cores;
  processor.virtual_processors = processor.usable = cores;
  machine.memory_answer.total
    = uint64_t{1} << (profile_.small ? 29 : 30 + number("memory", 6));
  machine.memory_answer.free = machine.memory_answer.total / 2;
  auto& ethernet = machine.network_answer.interfaces.back();
  ethernet.hardware_address
    = fmt::format("02:00:00:{:02x}:{:02x}:{:02x}", number("mac 1", 256),
                  number("mac 2", 256), number("mac 3", 256));
  auto third = number("net", 256);
  ethernet.ipv4
    = {{fmt::format("10.0.{}.{}", third, 2 + number("address", 252)),
        "255.255.255.0", fmt::format("10.0.{}.0", third),
        fmt::format("10.0.{}.255", third), 24, "eth0"}};
  machine.network_answer.ipv4
    = default_route{"eth0", fmt::format("10.0.{}.1", third)};
}

} // namespace troupe
