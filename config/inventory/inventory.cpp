#include "config/inventory/inventory.hpp"

#include "config/inventory/host_pattern.hpp"
#include "config/inventory/inventory_sources.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

/// What sources usually say of how hosts are reached, and as whom.
const std::vector<std::string> names_of_reach{"ansible_connection",
                                              "ansible_host",
                                              "ansible_port",
                                              "ansible_user",
                                              "ansible_password",
                                              "ansible_private_key_file",
                                              "ansible_timeout",
                                              "ansible_remote_user",
                                              "ansible_remote_tmp",
                                              "ansible_become",
                                              "ansible_become_user",
                                              "ansible_become_method",
                                              "ansible_become_password",
                                              "ansible_become_pass",
                                              "ansible_become_exe",
                                              "ansible_become_flags",
                                              "ansible_ssh_host",
                                              "ansible_ssh_port",
                                              "ansible_ssh_user",
                                              "ansible_ssh_pass",
                                              "ansible_ssh_password",
                                              "ansible_ssh_private_key_file",
                                              "ansible_ssh_args",
                                              "ansible_ssh_common_args",
                                              "ansible_ssh_extra_args",
                                              "ansible_ssh_executable",
                                              "ansible_python_interpreter"};

/// The one of these that a name is one typing error away from; empty: none. A
/// plural is a name of its own.
std::string reach_meant(const std::string& name) {
  if (!name.starts_with("ans"))
    return {};
  auto near = nearest_name(name, names_of_reach);
  return near.empty() || edits_between(name, near) != 1 || name == near + "s"
           ? std::string{}
           : near;
}

/// Says where names have typing errors without which a host would be reached
/// otherwise. Each of these names once.
void warn_of_reach(const inventory_data& data, std::vector<std::string>& to) {
  std::set<std::string> seen;
  auto look_at = [&](auto& holder) {
    for (auto& [file, vars] : holder.vars)
      for (auto& [key, x] : vars) {
        auto name = std::string{key.text_or("")};
        if (!seen.insert(name).second)
          continue;
        auto meant = reach_meant(name);
        if (!meant.empty() && file)
          to.push_back(fmt::format("{}: '{}' says nothing of how a host is "
                                   "reached; did you mean '{}'?",
                                   to_string(source_place{file, key.place()}),
                                   name, meant));
      }
  };
  for (auto& each : data.groups())
    look_at(each);
  for (auto& each : data.hosts())
    look_at(each);
}

} // namespace

inventory::inventory(std::shared_ptr<host> machine, inventory_options options)
    : machine_{std::move(machine)}, options_{std::move(options)} {
}

result<inventory> inventory::load(std::shared_ptr<host> machine,
                                  const std::vector<std::string>& sources,
                                  inventory_options options) {
  inventory out{std::move(machine), std::move(options)};
  for (auto& each : sources)
    out.sources_.push_back(is_host_list(*out.machine_, each)
                             ? each
                             : absolute_source(*out.machine_, each));
  auto& signs = out.options_.group_signs;
  bool replaces = signs == "always" || signs == "silently";
  if (replaces)
    out.data_.replace_signs();
  source_reader reader{*out.machine_, out.options_, out.data_, out.warnings_};
  for (auto& each : out.sources_)
    if (auto done = reader.read(each); !done)
      return done.why();
  if (auto done = out.data_.settle(); !done)
    return done.why();
  if (out.data_.has_signs() && (signs == "always" || signs == "never"))
    out.warnings_.push_back(
      fmt::format("Invalid characters were found in group names {}",
                  replaces ? "and automatically replaced: they became '_'"
                           : "but not replaced"));
  for (auto& each : out.data_.twice())
    out.warnings_.push_back(
      fmt::format("both a group and a host are called '{}'", each));
  warn_of_reach(out.data_, out.warnings_);
  return out;
}

result<chosen_hosts>
inventory::hosts(const std::vector<std::string>& patterns,
                 const std::vector<std::string>& limit) const {
  std::vector<std::string> all;
  for (auto& each : patterns)
    for (auto& part : split_patterns(each))
      all.push_back(std::move(part));
  host_search search{data_};
  auto found = search.find(all);
  if (!found)
    return found.why();
  chosen_hosts out{std::move(*found), {}};
  if (!limit.empty()) {
    auto within = search.find(limit);
    if (!within)
      return within.why();
    std::set<std::string> those{within->begin(), within->end()};
    std::erase_if(out.names, [&](auto& x) { return !those.contains(x); });
  }
  out.unmatched = std::move(search.unmatched);
  return out;
}

result<std::vector<std::string>>
inventory::read_limit(std::string_view text) const {
  std::vector<std::string> out;
  for (auto& each : split_patterns(text)) {
    if (each[0] != '@') {
      out.push_back(each);
      continue;
    }
    auto lines = machine_->files().read_stream(each.substr(1));
    if (!lines)
      return error{lines.why().code, "--limit: " + lines.why().message};
    for (auto& line : parts_of(*lines, '\n'))
      out.push_back(line);
  }
  return out;
}

dict inventory::groups() const {
  dict out;
  for (size_t i = 0; i < data_.groups().size(); ++i) {
    list names;
    for (auto member : data_.hosts_of(i))
      names.push_back(data_.hosts()[member].name);
    out.set(data_.groups()[i].name, std::move(names));
  }
  return out;
}

std::vector<std::string> inventory::take_warnings() {
  return std::exchange(warnings_, {});
}

} // namespace troupe
