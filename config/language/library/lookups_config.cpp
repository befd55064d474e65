#include "config/language/language.hpp"
#include "config/language/run/run_lookup.hpp"
#include "config/playbook/ansible_settings.hpp"

#include <algorithm>

namespace troupe {

std::shared_ptr<const dict> configuration_of(evaluator& e) {
  auto& run = e.run_state();
  if (auto& given = run.core().options.configuration)
    return given;
  auto machine = run.machine();
  return machine ? ansible_settings::of(**machine)->all()
                 : ansible_settings{}.all();
}

namespace {

using values = std::vector<value>;

/// An option of a plug-in of Ansible.
struct plugin_option {
  std::string_view type;
  std::string_view plugin;
  std::string_view name;
  /// Variables that say it, between blanks; the last that is there counts.
  std::string_view variables;
  /// The setting that says it otherwise; empty, or without a value: `otherwise`
  /// does.
  std::string_view setting;
  std::string_view otherwise = {};
};

constexpr plugin_option plugin_options[] = {
  {"connection", "ssh", "remote_user", "ansible_user ansible_ssh_user",
   "DEFAULT_REMOTE_USER"},
  {"connection", "ssh", "port", "ansible_port ansible_ssh_port",
   "DEFAULT_REMOTE_PORT"},
  {"connection", "ssh", "private_key_file",
   "ansible_private_key_file ansible_ssh_private_key_file",
   "DEFAULT_PRIVATE_KEY_FILE"},
  {"connection", "ssh", "pipelining",
   "ansible_pipelining ansible_ssh_pipelining", "ANSIBLE_PIPELINING"},
  {"connection", "ssh", "host_key_checking",
   "ansible_host_key_checking ansible_ssh_host_key_checking",
   "SSH_HOST_KEY_CHECKING"},
  {"connection", "ssh", "ssh_args", "ansible_ssh_args", "SSH_ARGS",
   "-C -o ControlMaster=auto -o ControlPersist=60s"},
  {"connection", "ssh", "ssh_common_args", "ansible_ssh_common_args",
   "SSH_COMMON_ARGS"},
  {"connection", "ssh", "ssh_extra_args", "ansible_ssh_extra_args",
   "SSH_EXTRA_ARGS"},
  {"connection", "ssh", "ssh_executable", "ansible_ssh_executable",
   "SSH_EXECUTABLE", "ssh"},
  {"connection", "ssh", "timeout", "ansible_ssh_timeout", "SSH_TIMEOUT"},
  {"shell", "sh", "remote_tmp", "ansible_remote_tmp", "REMOTE_TMP",
   "~/.ansible/tmp"},
  {"shell", "sh", "async_dir", "ansible_async_dir", "", "~/.ansible_async"},
};

/// What stands among Ansible's settings and is none.
bool is_function(std::string_view name) {
  for (std::string_view each :
       {"ConfigManager", "Sequence", "add_internal_fqcns", "set_constant",
        "to_text"})
    if (name == each)
      return true;
  return false;
}

/// Nothing: there is no such option.
result<std::optional<value>> option_of(evaluator& e, const std::string& type,
                                       const std::string& plugin,
                                       const std::string& name) {
  using found = std::optional<value>;
  std::string_view bare = plugin;
  for (std::string_view prefix : {"ansible.builtin.", "ansible.legacy."})
    if (bare.starts_with(prefix))
      bare.remove_prefix(prefix.size());
  auto known
    = [&](auto& each) { return each.type == type && each.plugin == bare; };
  if (std::none_of(std::begin(plugin_options), std::end(plugin_options), known))
    return lookup_failure("Unable to load {} plugin \"{}\"", type, plugin);
  for (auto& each : plugin_options) {
    if (!known(each) || each.name != name)
      continue;
    value out{each.otherwise};
    if (auto all = configuration_of(e); !each.setting.empty())
      if (auto* x = all->find(each.setting);
          x && !(x->is_null() && !each.otherwise.empty()))
        out = *x;
    for (auto rest = each.variables; !rest.empty();) {
      auto end = std::min(rest.find(' '), rest.size());
      if (auto* x = e.run_state().names().find(rest.substr(0, end))) {
        auto got = e.run_state().evaluate(*x);
        if (!got)
          return got.why();
        out = std::move(*got);
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return found{std::move(out)};
  }
  return found{};
}

result<values> configuration(evaluator& e, const values& terms,
                             const bound_arguments& with) {
  values out;
  auto missing = with.text(0, "error");
  if (!missing)
    return missing.why();
  if (*missing != "error" && *missing != "warn" && *missing != "skip")
    return lookup_failure("Invalid value \"{}\" for configuration option "
                          "\"plugin_type: lookup plugin: config setting: "
                          "on_missing \", valid values are: error, skip, warn",
                          *missing);
  auto type = with.text(1, "");
  auto plugin = with.text(2, "");
  if (!type || !plugin)
    return type ? plugin.why() : type.why();
  if (type->empty() != plugin->empty())
    return lookup_failure("Both plugin_type and plugin_name are required, "
                          "cannot use one without the other");
  auto all = configuration_of(e);
  for (auto& term : terms) {
    auto name = term_identifier(term);
    if (!name)
      return name.why();
    result<std::optional<value>> x = std::optional<value>{};
    if (!plugin->empty())
      x = option_of(e, *type, *plugin, *name);
    else if (auto* found = all->find(*name))
      x = std::optional{*found};
    else if (is_function(*name))
      return lookup_failure("Invalid setting \"{}\" attempted", *name);
    if (!x)
      return x.why();
    if (*x)
      out.push_back(std::move(**x));
    else if (*missing == "error")
      return lookup_failure("Unable to find setting {}", *name);
  }
  return out;
}

constexpr lookup_row config_lookup_rows[] = {
  {"config", "on_missing= plugin_type= plugin_name= **named", configuration},
};

} // namespace

std::span<const lookup_row> config_lookups() {
  return config_lookup_rows;
}

} // namespace troupe
