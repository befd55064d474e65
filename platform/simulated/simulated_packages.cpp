#include "platform/simulated/simulated_packages.hpp"

#include "platform/simulated/apt_command.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* lists_stamp
  = "/var/lib/apt/periodic/update-success-stamp";

} // namespace

simulated_packages::simulated_packages(simulated_processes& programs,
                                       simulated_files& disk,
                                       simulated_services& services)
    : programs_{programs}, disk_{disk}, services_{services} {
  auto answer = [&](const char* program, auto member) {
    programs.on_program(program, [this, member](const process_spec& spec) {
      return (this->*member)(spec);
    });
  };
  answer("dpkg-query", &simulated_packages::query);
  answer("dpkg", &simulated_packages::compare);
  answer("apt-cache", &simulated_packages::policy);
  answer("apt-get", &simulated_packages::apt_get);
}

void simulated_packages::offer(const std::string& name,
                               simulated_package package) {
  std::lock_guard guard{lock_};
  offered_[name] = std::move(package);
}

void simulated_packages::offer_all(bool whether) {
  std::lock_guard guard{lock_};
  has_all_ = whether;
}

void simulated_packages::refuse(const std::string& name) {
  std::lock_guard guard{lock_};
  offered_.erase(name);
  refused_.insert(name);
}

void simulated_packages::install(const std::string& name) {
  std::unique_lock guard{lock_};
  auto* found = find(name);
  if (!found)
    return;
  change wanted{name, found->versions.front(), installed_.contains(name),
                false};
  guard.unlock();
  apply({wanted});
}

const simulated_package* simulated_packages::find(const std::string& name) {
  auto at = offered_.find(name);
  if (at == offered_.end() && has_all_ && !name.empty()
      && !refused_.contains(name)
      && name.find_first_of("/*? ") == std::string::npos)
    at = offered_.emplace(name, usual_package(name)).first;
  return at == offered_.end() ? nullptr : &at->second;
}

std::optional<std::string>
simulated_packages::installed(const std::string& name) {
  std::lock_guard guard{lock_};
  auto at = installed_.find(name);
  return at == installed_.end() ? std::nullopt : std::optional{at->second};
}

std::vector<simulated_packages::change> simulated_packages::upgrades() {
  std::vector<change> out;
  for (auto& [name, version] : installed_) {
    auto at = offered_.find(name);
    if (at != offered_.end() && at->second.versions.front() != version)
      out.push_back({name, at->second.versions.front(), true, false});
  }
  return out;
}

result<std::optional<simulated_packages::change>>
simulated_packages::install_of(const std::string& word,
                               const apt_command& from) {
  auto mark = word.find('=');
  auto name = word.substr(0, mark);
  auto there = installed_.find(name);
  auto* found = find(name);
  auto refused = [](std::string text) {
    return error{errc::not_found, std::move(text)};
  };
  if (!found)
    return refused(fmt::format("E: Unable to locate package {}\n", name));
  auto& versions = found->versions;
  auto version
    = mark == std::string::npos ? versions.front() : word.substr(mark + 1);
  if (std::find(versions.begin(), versions.end(), version) == versions.end())
    return refused(
      fmt::format("E: Version '{}' for '{}' was not found\n", version, name));
  auto same
    = there == installed_.end() ? from.only_upgrades : there->second == version;
  return same ? std::nullopt
              : std::optional{
                change{name, version, there != installed_.end(), false}};
}

result<std::vector<simulated_packages::change>>
simulated_packages::changes(const apt_command& from) {
  std::lock_guard guard{lock_};
  if (from.verb == "upgrade" || from.verb == "dist-upgrade")
    return upgrades();
  std::vector<change> out;
  for (auto& word : from.names) {
    if (from.verb == "remove") {
      if (installed_.contains(word))
        out.push_back({word, "", true, from.purges});
      else if (!find(word))
        return error{errc::not_found,
                     fmt::format("E: Unable to locate package {}\n", word)};
      continue;
    }
    auto one = install_of(word, from);
    if (!one)
      return one.why();
    if (*one)
      out.push_back(**one);
  }
  return out;
}

program_answer simulated_packages::apt_get(const process_spec& spec) {
  apt_command given{spec};
  auto refused
    = [](std::string text) { return program_answer{.rc = 100, .err = text}; };
  if (!given.unknown.empty())
    return {.rc = 100,
            .err = unknown_here("apt-get", given.unknown).err,
            .unknown = true};
  auto& verb = given.verb;
  if (verb == "update")
    return {.out = "Reading package lists...\n",
            .effect
            = [this](const process_spec&) { disk_.put(lists_stamp, ""); }};
  // Nothing is kept that could be cleaned, and nothing needs anything.
  if (verb == "clean" || verb == "autoclean" || verb == "autoremove")
    return {.out = "0 upgraded, 0 newly installed, 0 to remove and 0 not "
                   "upgraded.\n"};
  if (verb != "install" && verb != "remove" && verb != "upgrade"
      && verb != "dist-upgrade")
    return refused(fmt::format("E: Invalid operation {}\n", verb));
  auto all = changes(given);
  if (!all)
    return refused(all.why().message);
  size_t fresh = 0;
  size_t newer = 0;
  size_t gone = 0;
  for (auto& each : *all)
    ++(each.version.empty() ? gone : each.was_there ? newer : fresh);
  program_answer out;
  out.out = fmt::format("{} upgraded, {} newly installed, {} to remove and 0 "
                        "not upgraded.\n",
                        newer, fresh, gone);
  if (!given.simulates)
    out.effect = [this, all = *all](const process_spec&) { apply(all); };
  return out;
}

bool simulated_packages::is_program(const std::string& path) {
  return path.find("/bin/") != std::string::npos
         || path.find("/sbin/") != std::string::npos;
}

void simulated_packages::put_files(const simulated_package& package) {
  for (auto& path : package.files) {
    auto there = disk_.status(path, false);
    // The administrator's word about a configuration counts.
    if (there && *there && path.starts_with("/etc/"))
      continue;
    disk_.put(path, "", is_program(path) ? 0755 : 0644);
    if (is_program(path))
      programs_.install(path.substr(path.rfind('/') + 1));
  }
  if (!package.service.empty() && !services_.find(package.service))
    services_.add(package.service,
                  {.running = true, .enabled = true, .starts = 1});
}

void simulated_packages::take_files(const simulated_package& package,
                                    bool configuration_too) {
  for (auto& path : package.files) {
    if (path.starts_with("/etc/") && !configuration_too)
      continue;
    static_cast<void>(disk_.remove(path));
    if (is_program(path))
      programs_.uninstall(path.substr(path.rfind('/') + 1));
  }
  if (!package.service.empty())
    services_.remove(package.service);
}

void simulated_packages::apply(const std::vector<change>& all) {
  std::lock_guard guard{lock_};
  for (auto& each : all)
    if (each.version.empty()) {
      installed_.erase(each.name);
      take_files(offered_[each.name], each.purges);
    } else {
      installed_[each.name] = each.version;
      put_files(offered_[each.name]);
    }
}

} // namespace troupe
