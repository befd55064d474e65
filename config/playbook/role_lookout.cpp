#include "config/language/language.hpp"
#include "config/playbook/entry_forms.hpp"
#include "config/playbook/role_expander.hpp"

#include <fmt/format.h>

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
    auto got = with_.templates->evaluate(name, dict_variables{std::move(names)},
                                         terms());
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

std::optional<std::string> role_expander::known_text(const value& x,
                                                     const value& entry) const {
  if (!has_template(x))
    return x.is_text() ? std::optional{x.as_string()} : std::nullopt;
  auto got = with_.templates->evaluate(x, dict_variables{static_names(entry)},
                                       terms());
  return got && got->is_text() ? std::optional{got->as_string()} : std::nullopt;
}

evaluation_terms role_expander::terms() const {
  evaluation_terms out;
  out.here = found_.ahead;
  return out;
}

void role_expander::read_ahead(
  bool public_names, const std::function<void(role_expander&)>& read) {
  play_findings ahead;
  ahead.under_way = ahead.ahead = true;
  ahead.defaults = found_.defaults;
  ahead.vars = found_.vars;
  ahead.read_ahead = std::move(found_.read_ahead);
  // What is wrong with it is said when it is included.
  problems untold;
  role_expander inner{with_, folder_, known_, ahead, untold};
  inner.role_ = role_;
  inner.depth_ = depth_ + 1;
  read(inner);
  found_.read_ahead = std::move(ahead.read_ahead);
  auto& folders = ahead.module_folders;
  found_.module_folders.insert(found_.module_folders.end(), folders.begin(),
                               folders.end());
  if (public_names) {
    found_.defaults = std::move(ahead.defaults);
    found_.vars = std::move(ahead.vars);
  }
  auto outer = role_;
  for (auto& each : ahead.handlers_ahead) {
    if (found_.ahead) {
      found_.handlers_ahead.push_back(std::move(each));
      continue;
    }
    open_role open;
    open.frame = each.frame;
    open.vars = each.vars;
    role_ = &open;
    read_handlers(each.document, each.around);
  }
  role_ = outer;
}

void role_expander::look_into_role(const std::string& name, const value& entry,
                                   const std::string& action) {
  role_choice files;
  files.name = name;
  for (auto [to, option] : {std::pair{&files.tasks, "tasks_from"},
                            {&files.vars, "vars_from"},
                            {&files.defaults, "defaults_from"},
                            {&files.handlers, "handlers_from"}})
    if (auto* x = argument(entry, action, option)) {
      auto chosen = known_text(*x, entry);
      if (!chosen)
        return;
      *to = *chosen;
    }
  auto* said = argument(entry, action, "public");
  bool public_names = said && said->is_bool() && said->as_bool();
  auto beside = role_ && role_->frame ? folder_of(role_->frame->path) : "";
  auto path = reader_.find(name, folder_, beside);
  if (!path || depth_ > 100)
    return;
  auto key
    = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", *path, files.tasks, files.vars,
                  files.defaults, files.handlers, public_names);
  if (found_.read_ahead.insert(key).second)
    read_ahead(public_names, [&](role_expander& inner) {
      input_file nowhere{std::make_shared<const std::string>(), inner.out_};
      std::vector<node> untold;
      inner.add_chosen(files, nowhere, untold);
    });
}

/// Roles may be included from a file that is included itself.
void role_expander::look_into_tasks(const value& entry,
                                    const std::string& action,
                                    const input_file& file) {
  auto* given = entry.find(action);
  auto* name
    = given && given->is_text() ? given : argument(entry, action, "file");
  if (!name || !name->is_text() || depth_ > 100)
    return;
  auto beside = folder_of(*file.place_of(entry).file);
  for (auto& each : names_of_included(*name, entry)) {
    auto path = each.empty() ? each : find_tasks(each, beside, in_task);
    auto key
      = fmt::format("{}\n{}", path, role_ ? role_->frame->path : std::string{});
    if (path.empty() || !reader_.is_file(path)
        || !found_.read_ahead.insert(key).second)
      continue;
    read_ahead(false, [&](role_expander& inner) {
      if (auto tasks = inner.reader_.read(path))
        inner.read_list(*tasks, std::make_shared<const std::string>(path),
                        in_task);
    });
  }
}

} // namespace troupe
