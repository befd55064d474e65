#include "config/inventory/inventory.hpp"

#include "config/inventory/host_pattern.hpp"
#include "config/inventory/inventory_sources.hpp"
#include "config/plan/plan_text.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <set>

namespace troupe {

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
