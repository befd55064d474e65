#include "modules/support/plan/included_role.hpp"

#include "config/language/language.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/known_values.hpp"

namespace troupe {

namespace {

/// The names of the roles that a role needs, as far as they are written out.
std::vector<std::string> needs_of(const value& meta) {
  std::vector<std::string> out;
  auto* needs = meta.is_dict() ? meta.find("dependencies") : nullptr;
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

role_choice choice_in(const dict& args, known_values& values) {
  role_choice out;
  for (auto [to, option] : {std::pair{&out.tasks, "tasks_from"},
                            {&out.vars, "vars_from"},
                            {&out.defaults, "defaults_from"},
                            {&out.handlers, "handlers_from"}}) {
    auto* said = args.find(option);
    if (!said || !said->is_text())
      continue;
    auto known = values.values_of(*said);
    if (known && known->size() == 1 && known->front().is_text())
      *to = known->front().as_string();
  }
  return out;
}

included_role look_at_role(host& machine, const std::string& path,
                           const role_choice& choice,
                           const std::string& folder) {
  playbook_setting with;
  // It is there as long as this takes.
  with.machine = {std::shared_ptr<host>{}, &machine};
  with.limits.last_key_wins = true;
  // Where roles are elsewhere is nothing to a folder that is known.
  with.ansible = std::make_shared<const ansible_settings>();
  auto found = role_reader{with}.look(choice, path);
  included_role out;
  out.frame.name = base_name(path);
  out.frame.path = path;
  out.frame.search_path = {path, path + "/tasks", folder};
  out.frame.defaults = std::make_shared<const dict>(std::move(found.defaults));
  dict names{{"role_path", path},
             {"role_name", out.frame.name},
             {"ansible_role_name", out.frame.name}};
  for (auto& [key, x] : found.vars)
    names.set(key, x);
  out.frame.params = std::make_shared<const dict>(std::move(names));
  for (auto* each : {&found.tasks, &found.handlers})
    if (!each->path.empty())
      out.files.push_back(each->path);
  out.needs = needs_of(found.meta.content);
  return out;
}

} // namespace troupe
