#include "modules/support/arguments/times.hpp"
#include "modules/support/facts/ansible_facts.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace troupe {

namespace {

// By bit, as capabilities(7) numbers them.
constexpr const char* capability_names[] = {"cap_chown",
                                            "cap_dac_override",
                                            "cap_dac_read_search",
                                            "cap_fowner",
                                            "cap_fsetid",
                                            "cap_kill",
                                            "cap_setgid",
                                            "cap_setuid",
                                            "cap_setpcap",
                                            "cap_linux_immutable",
                                            "cap_net_bind_service",
                                            "cap_net_broadcast",
                                            "cap_net_admin",
                                            "cap_net_raw",
                                            "cap_ipc_lock",
                                            "cap_ipc_owner",
                                            "cap_sys_module",
                                            "cap_sys_rawio",
                                            "cap_sys_chroot",
                                            "cap_sys_ptrace",
                                            "cap_sys_pacct",
                                            "cap_sys_admin",
                                            "cap_sys_boot",
                                            "cap_sys_nice",
                                            "cap_sys_resource",
                                            "cap_sys_time",
                                            "cap_sys_tty_config",
                                            "cap_mknod",
                                            "cap_lease",
                                            "cap_audit_write",
                                            "cap_audit_control",
                                            "cap_setfcap",
                                            "cap_mac_override",
                                            "cap_mac_admin",
                                            "cap_syslog",
                                            "cap_wake_alarm",
                                            "cap_block_suspend",
                                            "cap_audit_read",
                                            "cap_perfmon",
                                            "cap_bpf",
                                            "cap_checkpoint_restore"};

/// Blanks between quotes do not separate the words of a kernel command line.
std::vector<std::string> command_line_words(const std::string& line) {
  std::vector<std::string> out;
  std::string word;
  auto quoted = false;
  for (auto c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ' ' && !quoted) {
      if (!word.empty())
        out.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty())
    out.push_back(std::move(word));
  return out;
}

} // namespace

void collect_platform(fact_collection& to) {
  auto kernel = to.probe().kernel();
  if (!kernel)
    return to.warn("platform", kernel.why());
  auto dot = kernel->fully_qualified_name.find('.');
  to.set_text("system", kernel->name);
  to.set_text("kernel", kernel->release);
  to.set_text("kernel_version", kernel->version);
  to.set_text("machine", kernel->machine);
  to.set_text("architecture", kernel->machine);
  to.set_text("nodename", kernel->node);
  to.set_text("hostname", kernel->node.substr(0, kernel->node.find('.')));
  to.set_text("fqdn", kernel->fully_qualified_name);
  to.set_text("domain", dot == std::string::npos
                          ? ""
                          : kernel->fully_qualified_name.substr(dot + 1));
  to.set_text("userspace_bits", std::to_string(kernel->word_bits));
  // A 32-bit program on a 64-bit kernel is what the two facts tell apart.
  auto small = kernel->word_bits == 32 && kernel->machine == "x86_64";
  to.set_text("userspace_architecture", small ? "i386" : kernel->machine);
  if (!kernel->machine_id.empty())
    to.set_text("machine_id", kernel->machine_id);
  to.facts.set("uptime_seconds", kernel->uptime_seconds);
  to.facts.set("is_chroot", to.probe().exists("/etc/debian_chroot"));
}

void collect_load(fact_collection& to) {
  auto kernel = to.probe().kernel();
  if (!kernel)
    return to.warn("load", kernel.why());
  to.facts.set("loadavg", dict{{"1m", kernel->load[0]},
                               {"5m", kernel->load[1]},
                               {"15m", kernel->load[2]}});
}

void collect_date_time(fact_collection& to) {
  auto& clock = to.ctx.machine.clock();
  auto now = clock.now();
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                  now.time_since_epoch())
                  .count();
  auto fraction = micros % 1'000'000;
  auto epoch = std::to_string(micros / 1'000'000);
  dict out;
  auto local = [&](const char* name, const char* format) {
    out.set(name, local_time(clock, now, format));
  };
  local("year", "%Y");
  local("month", "%m");
  local("weekday", "%A");
  local("weekday_number", "%w");
  local("weeknumber", "%W");
  local("day", "%d");
  local("hour", "%H");
  local("minute", "%M");
  local("second", "%S");
  out.set("epoch", epoch);
  out.set("epoch_int", epoch);
  local("date", "%Y-%m-%d");
  local("time", "%H:%M:%S");
  out.set(
    "iso8601_micro",
    fmt::format("{}.{:06}Z", utc_time(now, "%Y-%m-%dT%H:%M:%S"), fraction));
  out.set("iso8601", utc_time(now, "%Y-%m-%dT%H:%M:%SZ"));
  out.set(
    "iso8601_basic",
    fmt::format("{}{:06}", local_time(clock, now, "%Y%m%dT%H%M%S"), fraction));
  local("iso8601_basic_short", "%Y%m%dT%H%M%S");
  local("tz", "%Z");
  local("tz_dst", "%Z");
  local("tz_offset", "%z");
  to.facts.set("date_time", std::move(out));
}

void collect_environment(fact_collection& to) {
  dict out;
  for (auto& [name, text] : to.ctx.machine.environment())
    out.set(name, value::from_host(text));
  for (auto& [name, text] : to.ctx.environment)
    out.set(name, value::from_host(text));
  to.facts.set("env", std::move(out));
}

void collect_user(fact_collection& to) {
  auto process = to.probe().process();
  if (!process)
    return to.warn("user", process.why());
  to.set_text("user_id", process->user);
  to.facts.set("user_uid", int64_t{process->uid});
  to.facts.set("user_gid", int64_t{process->gid});
  to.set_text("user_gecos", process->gecos);
  to.set_text("user_dir", process->home);
  to.set_text("user_shell", process->shell);
  to.facts.set("real_user_id", int64_t{process->uid});
  to.facts.set("effective_user_id", int64_t{process->effective_uid});
  to.facts.set("real_group_id", int64_t{process->gid});
  to.facts.set("effective_group_id", int64_t{process->effective_gid});
}

/// What templates ask of a Python of this version.
value python_of(const std::string& program, const std::string& version) {
  auto dot = version.find('.');
  auto number = [](const std::string& text) {
    int64_t out = 0;
    for (auto c : text)
      if (c >= '0' && c <= '9' && out < 1'000'000)
        out = out * 10 + (c - '0');
      else
        break;
    return out;
  };
  auto major = number(version);
  auto minor = dot == version.npos ? 0 : number(version.substr(dot + 1));
  return value{dict{{"executable", program},
                    {"type", "cpython"},
                    {"version", dict{{"major", major}, {"minor", minor}}},
                    {"version_info", list{value{major}, value{minor}}}}};
}

/// Python's version as the name of its program has it ("3.11"): templates
/// ask for it, and no program is started to find out more.
void collect_python(fact_collection& to) {
  auto& files = to.ctx.machine.files();
  for (std::string path : {"/usr/bin/python3", "/usr/local/bin/python3"}) {
    auto real = files.real_path(path);
    if (!real)
      continue;
    auto name = real->substr(real->rfind('/') + 1);
    constexpr std::string_view prefix = "python";
    if (name.starts_with(prefix) && name.size() > prefix.size() + 1) {
      auto version = name.substr(prefix.size());
      to.set_text("python_version", version);
      to.facts.set("python", python_of(path, version));
      return;
    }
  }
}

void collect_command_line(fact_collection& to) {
  auto kernel = to.probe().kernel();
  if (!kernel)
    return to.warn("command line", kernel.why());
  dict last;
  dict every;
  for (auto& word : command_line_words(kernel->command_line)) {
    auto mark = word.find('=');
    auto name = word.substr(0, mark);
    auto x = mark == std::string::npos
               ? value{true}
               : value::from_host(word.substr(mark + 1));
    last.set(name, x);
    // Repeated options become a list in one of the two facts only.
    auto* before = every.find(std::string_view{name});
    if (!before || mark == std::string::npos)
      every.set(name, x);
    else if (before->is_list())
      before->as_list().push_back(x);
    else
      every.set(name, list{*before, x});
  }
  to.facts.set("cmdline", std::move(last));
  to.facts.set("proc_cmdline", std::move(every));
}

void collect_security(fact_collection& to) {
  auto security = to.probe().security();
  auto kernel = to.probe().kernel();
  if (kernel)
    to.facts.set("fips", kernel->fips);
  if (!security)
    return to.warn("security", security.why());
  to.facts.set("apparmor",
               dict{{"status", security->apparmor ? "enabled" : "disabled"}});
  dict selinux{{"status", security->selinux_present ? "enabled" : "disabled"}};
  if (security->selinux_present) {
    selinux.set("mode", value::from_host(security->selinux_mode));
    selinux.set("config_mode",
                value::from_host(security->selinux_configured_mode));
    selinux.set("type", value::from_host(security->selinux_type));
    selinux.set("policyvers", security->selinux_policy_version);
  }
  to.facts.set("selinux", std::move(selinux));
}

void collect_capabilities(fact_collection& to) {
  auto kernel = to.probe().kernel();
  if (!kernel || kernel->effective_capabilities.empty())
    return;
  auto bits
    = std::strtoull(kernel->effective_capabilities.c_str(), nullptr, 16);
  list names;
  auto known = std::size(capability_names);
  for (size_t i = 0; i < known; ++i)
    if ((bits >> i & 1U) != 0)
      names.push_back(capability_names[i]);
  auto everything = names.size() == known;
  to.facts.set("system_capabilities_enforced", everything ? "False" : "True");
  to.facts.set("system_capabilities", everything ? list{} : std::move(names));
}

void collect_ssh_keys(fact_collection& to) {
  auto keys = to.probe().ssh_host_keys();
  if (!keys)
    return to.warn("ssh key", keys.why());
  for (auto& [type, key] : *keys) {
    auto name = fmt::format("ssh_host_key_{}_public", type);
    to.set_text(name, key.second);
    to.set_text(name + "_keytype", key.first);
  }
}

} // namespace troupe
