#include "config/language/language.hpp"
#include "config/playbook/entry_forms.hpp"
#include "config/playbook/role_expander.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

// Roles that are included while the run is under way, as far as they are known
// before it.

namespace {

/// The loop of an inclusion, as it is written; null: there is none, or one by a
/// lookup.
const value* loop_of(const value& entry) {
  auto* loop = entry.find("loop");
  for (auto* with : {"with_items", "with_list", "with_flattened"})
    loop = loop ? loop : entry.find(with);
  return loop;
}

bool has_loop(const value& entry) {
  auto& all = entry.as_dict();
  return std::any_of(all.begin(), all.end(), [](auto& each) {
    auto name = each.first.text_or("");
    return name == "loop" || name.starts_with("with_");
  });
}

/// The `vars` of an inclusion as its handlers see them, which run when its loop
/// is over: without an item that is known only then nothing rests on it.
dict vars_of_included(const value& entry, const dict& item) {
  auto out = item;
  bool open = item.empty() && has_loop(entry);
  if (auto* own = entry.find("vars"); own && own->is_dict())
    for (auto& [key, x] : own->as_dict())
      if (!open || !has_template(x))
        out.set(key, x);
  return out;
}

} // namespace

std::vector<role_expander::included_name>
role_expander::names_of_included(const value& name, const value& entry) const {
  // What a template makes of them is found when it is.
  constexpr size_t most = 1000;
  auto* loop = loop_of(entry);
  bool written = loop && loop->is_list() && !loop->as_list().empty();
  auto* control = entry.find("loop_control");
  auto* variable = control ? control->find("loop_var") : nullptr;
  auto named = [&](const value& item) {
    dict out;
    if (written)
      out.set(variable ? variable->text_or("item") : "item", item);
    return out;
  };
  if (!has_template(name))
    return {{name.as_string(),
             written ? named(loop->as_list().items.back()) : dict{}}};
  list items{value{}};
  if (loop && loop->is_list())
    items = loop->as_list();
  std::vector<included_name> out;
  for (size_t i = 0; i < items.size() && i < most; ++i) {
    auto item = named(items.items[i]);
    auto names = static_names(entry);
    for (auto& [key, x] : item)
      names.set(key, x);
    auto got = with_.templates->evaluate(name, dict_variables{std::move(names)},
                                         terms());
    if (got && got->is_text())
      out.push_back({got->as_string(), std::move(item)});
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

namespace {

void add_absent(dict& to, const dict& from) {
  for (auto& [key, x] : from)
    if (!to.find(key))
      to.set(key, x);
}

} // namespace

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
  inner.playbook_ = playbook_;
  inner.collections_ = collections_;
  inner.blocks_ = blocks_;
  inner.depth_ = depth_ + 1;
  read(inner);
  found_.read_ahead = std::move(ahead.read_ahead);
  auto& folders = ahead.module_folders;
  found_.module_folders.insert(found_.module_folders.end(), folders.begin(),
                               folders.end());
  // What comes later in the play is not there before: of two inclusions the
  // first counts.
  if (public_names) {
    add_absent(found_.defaults, ahead.defaults);
    add_absent(found_.vars, ahead.vars);
  }
  auto outer = role_;
  auto by = std::exchange(found_.comes_by, role_entry::included);
  for (auto& each : ahead.handlers_ahead) {
    if (found_.ahead) {
      found_.handlers_ahead.push_back(std::move(each));
      continue;
    }
    open_role open;
    open.frame = each.frame;
    open.vars = each.vars;
    open.collections = each.collections;
    role_ = &open;
    read_handlers(each.document, each.around);
  }
  role_ = outer;
  found_.comes_by = by;
}

void role_expander::look_into_role(const included_name& which,
                                   const value& entry,
                                   const std::string& action) {
  role_choice files;
  files.name = which.text;
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
  auto role = reader_.find(files.name, site(entry));
  if (!role || depth_ > 100)
    return;
  auto vars = vars_of_included(entry, which.item);
  auto key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", role->path, files.tasks,
                         files.vars, files.defaults, files.handlers,
                         public_names, to_json(value{vars}));
  if (found_.read_ahead.insert(key).second)
    read_ahead(public_names, [&](role_expander& inner) {
      input_file nowhere{std::make_shared<const std::string>(), inner.out_};
      std::vector<node> untold;
      inner.add_chosen(files, nowhere, untold, vars);
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
  auto from = *file.place_of(entry).file;
  for (auto& each : names_of_included(*name, entry)) {
    auto& text = each.text;
    auto path = text.empty() ? text : find_tasks(text, from, in_task);
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
