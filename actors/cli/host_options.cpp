#include "actors/cli/host_options.hpp"

#include "actors/conduct/conduct.hpp"
#include "actors/engine.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/inventory_hosts.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

namespace troupe {

void host_options::add_to(option_list& to) {
  to.push_back({.names = "-i,--inventory",
                .help = "Hosts of a playbook: a file, a folder, a program, or "
                        "HOST,HOST",
                .to = &inventories});
  to.push_back({.names = "-l,--limit",
                .help = "Only those of a playbook's hosts that match",
                .to = &limit});
  to.push_back({.names = "-f,--forks",
                .help = "How many hosts of a playbook work at once; 5 when not "
                        "given",
                .to = &forks,
                .least = 1,
                .most = most_forks});
  to.push_back({.names = "-c,--connection",
                .help
                = "How a playbook's hosts are reached; local is all there "
                  "is",
                .to = &connection});
}

std::vector<std::string> host_options::sources(host& machine) const {
  if (!inventories.empty())
    return inventories;
  return parts_of(machine.variable("ANSIBLE_INVENTORY").value_or(""), ',');
}

result<bool> host_options::meant_for(std::string_view text,
                                     const std::string& source,
                                     host& machine) const {
  if (sources(machine).empty() && !always && limit.empty())
    return false;
  plan_limits limits;
  limits.last_key_wins = true;
  auto document = parse_plan(text, source, limits);
  // What is wrong with a text is said when it is read as a plan.
  if (!document || is_playbook(*document))
    return true;
  if (inventories.empty() && limit.empty())
    return false;
  return error{errc::invalid_argument, std::string{plans_have_hosts}};
}

result<std::shared_ptr<playbook_hosts>>
host_options::read(const std::shared_ptr<host>& machine,
                   std::shared_ptr<const vault> passwords) const {
  using found = std::shared_ptr<playbook_hosts>;
  auto named = sources(*machine);
  if (named.empty() && !always && limit.empty())
    return found{};
  inventory_options how;
  how.secrets = std::move(passwords);
  how.tolerant = tolerant;
  auto again
    = [machine, named, how] { return inventory::load(machine, named, how); };
  auto all = again();
  if (!all)
    return all.why();
  std::vector<std::string> wanted;
  if (!limit.empty()) {
    auto read = all->read_limit(limit);
    if (!read)
      return read.why();
    wanted = std::move(*read);
    auto left = all->hosts({"all"}, wanted);
    auto local = all->hosts({"localhost"}, wanted);
    if (left && left->names.empty() && local && local->names.empty())
      return error{errc::not_found,
                   fmt::format("--limit '{}' matches no host", limit)};
  }
  return found{std::make_shared<inventory_hosts>(
    std::move(*all), std::move(wanted), std::move(again))};
}

value host_options::around() const {
  dict out;
  if (become)
    out.set("become", true);
  if (!become_user.empty())
    out.set("become_user", become_user);
  if (!become_method.empty())
    out.set("become_method", become_method);
  return out.empty() ? value{} : value{std::move(out)};
}

} // namespace troupe
