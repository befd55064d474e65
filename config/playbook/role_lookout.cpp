#include "config/language/language.hpp"
#include "config/playbook/entry_forms.hpp"
#include "config/playbook/role_expander.hpp"

namespace troupe {

// Roles that are included while the run is under way, as far as they are known
// before it.

std::vector<std::string>
role_expander::names_of_included(const value& name, const value& entry) const {
  // What a template makes of them is found when it is.
  constexpr size_t most = 1000;
  if (!has_template(name))
    return {name.as_string()};
  auto* loop = entry.find("loop");
  for (auto* with : {"with_items", "with_list", "with_flattened"})
    loop = loop ? loop : entry.find(with);
  list items{value{}};
  if (loop && loop->is_list())
    items = loop->as_list();
  auto* control = entry.find("loop_control");
  auto* variable = control ? control->find("loop_var") : nullptr;
  std::vector<std::string> out;
  for (size_t i = 0; i < items.size() && i < most; ++i) {
    auto names = static_names(entry);
    names.set(variable ? variable->text_or("item") : "item", items.items[i]);
    auto got
      = with_.templates->evaluate(name, dict_variables{std::move(names)});
    if (got && got->is_text())
      out.push_back(got->as_string());
  }
  return out;
}

/// The handlers of a role that is included later are there from the beginning.
void role_expander::look_into_include(const value& entry,
                                      const std::string& action) {
  auto* name = argument(entry, action, "name");
  name = name ? name : argument(entry, action, "role");
  if (name && name->is_text())
    for (auto& each : names_of_included(*name, entry))
      look_into_role(each, entry, action);
}

void role_expander::look_into_role(const std::string& name, const value& entry,
                                   const std::string& action) {
  role_choice files;
  files.name = name;
  if (auto* x = argument(entry, action, "handlers_from"))
    files.handlers = x->text_or("main");
  auto beside = role_ ? folder_of(role_->frame->path) : "";
  auto role = reader_.load(files, folder_, beside);
  if (!role || circles(role->path) || depth_ > 100)
    return;
  auto outer = role_;
  open_role open;
  open.needed_by = outer;
  open.chosen = true;
  open.vars = role->vars;
  open.frame = frame_for(*role, open, {});
  role_ = &open;
  for (auto* folder : {"/library", "/modules"})
    if (auto path = role->path + folder; reader_.exists(path))
      found_.module_folders.push_back(path);
  auto* public_names = argument(entry, action, "public");
  if (public_names && public_names->is_bool() && public_names->as_bool()) {
    for (auto& [key, x] : role->defaults)
      found_.defaults.set(key, x);
    for (auto& [key, x] : role->vars)
      found_.vars.set(key, x);
  }
  read_handlers_of(*role);
  role_ = outer;
}

} // namespace troupe
