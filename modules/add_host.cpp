#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// `HOST:PORT` taken apart; the port is empty when there is none. An address
/// of IPv6 has more than one colon, and no port outside brackets.
std::pair<std::string, std::string> host_and_port(const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || text.find(':') != colon
      || colon + 1 == text.size()
      || text.find_first_not_of("0123456789", colon + 1) != std::string::npos)
    return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

class add_host final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "add_host",
      .summary = "Adds a host with variables to the inventory of the run.",
      .arguments = {{.name = "name",
                     .summary = "The host, with a port if need be.",
                     .required = true,
                     .aliases = {"hostname", "host"}},
                    {.name = "groups",
                     .type = arg_type::list,
                     .summary = "Groups that it is put into.",
                     .aliases = {"group", "groupname"}}},
      .any_arguments = true,
      .pure = true,
      .once = true,
      .sets_variables = true,
      .example = R"({"add_host": {"name": "db1", "groups": ["db"],
                                  "port": 5432}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    inventory_names known{ctx};
    auto [name, port] = host_and_port(args.text("name"));
    dict vars;
    for (auto& [key, x] : args.all())
      if (!is_own(text_of(key)))
        vars.set(text_of(key), x);
    if (!port.empty())
      vars.set("ansible_ssh_port", static_cast<int64_t>(std::stoll(port)));
    module_result out;
    list groups;
    out.changed = known.join("all", name, out.facts);
    for (auto& each : args.texts("groups")) {
      out.changed = known.join(each, name, out.facts) || out.changed;
      groups.push_back(each);
    }
    out.changed = known.set_vars(name, vars, out.facts) || out.changed;
    out.data.set("add_host", dict{{"host_name", name},
                                  {"groups", std::move(groups)},
                                  {"host_vars", std::move(vars)}});
    return out;
  }

private:
  static bool is_own(std::string_view key) {
    constexpr std::string_view own[]{"name",   "hostname", "host",
                                     "groups", "group",    "groupname"};
    return std::find(std::begin(own), std::end(own), key) != std::end(own);
  }
};

const register_module add_host_registration{std::make_shared<add_host>()};

} // namespace

} // namespace troupe
