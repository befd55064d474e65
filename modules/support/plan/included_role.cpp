#include "modules/support/plan/included_role.hpp"

#include "config/inventory/vars_file.hpp"
#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "modules/module.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// The file NAME, NAME.yml, ... in a folder; empty: there is none.
std::string role_file(host& machine, const std::string& folder,
                      const std::string& name) {
  for (auto* ending : {"", ".yml", ".yaml", ".json"}) {
    auto path = fmt::format("{}/{}{}", folder, name, ending);
    auto found = machine.files().status(path, true);
    if (found && *found && (*found)->kind == file_kind::regular)
      return path;
  }
  return {};
}

std::shared_ptr<const dict> role_vars(host& machine, const std::string& folder,
                                      dict more) {
  auto path = role_file(machine, folder, "main");
  auto text = machine.files().read(path, path.empty() ? 0 : longest_source);
  if (!path.empty() && text)
    if (auto vars = read_vars_text(*text, path, {nullptr}))
      for (auto& [key, x] : *vars)
        more.set(key, x);
  return std::make_shared<const dict>(std::move(more));
}

std::vector<std::string> role_needs(host& machine, const std::string& path) {
  std::vector<std::string> out;
  auto file = role_file(machine, path + "/meta", "main");
  if (file.empty())
    return out;
  auto text = machine.files().read(file, longest_source);
  auto meta = text ? parse_plan(*text, file) : text.why();
  auto* needs = meta && meta->is_dict() ? meta->find("dependencies") : nullptr;
  if (!needs || !needs->is_list())
    return out;
  for (auto& each : needs->as_list()) {
    auto* name = &each;
    if (each.is_dict())
      name = each.find("role") ? each.find("role") : each.find("name");
    if (name && name->is_text() && !has_template(*name))
      out.push_back(name->as_string());
  }
  return out;
}

} // namespace

included_role read_included_role(host& machine, const std::string& path,
                                 const std::string& tasks_from,
                                 const std::string& folder) {
  included_role out;
  out.frame.name = base_name(path);
  out.frame.path = path;
  out.frame.search_path = {path, path + "/tasks", folder};
  out.frame.defaults = role_vars(machine, path + "/defaults", {});
  out.frame.params = role_vars(machine, path + "/vars",
                               dict{{"role_path", path},
                                    {"role_name", out.frame.name},
                                    {"ansible_role_name", out.frame.name}});
  auto main = tasks_from.empty() ? std::string{"main"} : tasks_from;
  for (auto& file : {role_file(machine, path + "/tasks", main),
                     role_file(machine, path + "/handlers", "main")})
    if (!file.empty())
      out.files.push_back(file);
  out.needs = role_needs(machine, path);
  return out;
}

} // namespace troupe
