#include "config/playbook/role_expander.hpp"

#include "config/plan/keywords_reader.hpp"
#include "config/playbook/role_memory.hpp"
#include "config/playbook/role_option_checks.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// Roles; see task_entries.cpp for entries of lists of tasks.

void say_vars_first(keywords& said, const dict& vars) {
  if (vars.empty())
    return;
  keywords out;
  keyword_of<keyword_type::variables> row{"vars"};
  out.say({value{vars}, static_cast<uint8_t>(row.number()), false});
  for (auto& each : said)
    out.say(each);
  said = std::move(out);
}

value without(const value& entry, const std::vector<std::string>& names) {
  dict out;
  for (auto& [key, x] : entry.as_dict())
    if (std::find(names.begin(), names.end(), key.text_or("")) == names.end())
      out.set(key, x);
  value made{std::move(out)};
  made.place_at(entry.place());
  return made;
}

said_keyword said_collections(const std::vector<std::string>& names) {
  list out;
  for (auto& each : names)
    out.push_back(each);
  any_keyword row{"collections"};
  return {value{std::move(out)}, static_cast<uint8_t>(row.number()), false};
}

namespace {

std::vector<std::string> texts_in(const value& x) {
  std::vector<std::string> out;
  if (x.is_text())
    out.push_back(x.as_string());
  if (x.is_list())
    for (auto& each : x.as_list())
      out.emplace_back(each.text_or(""));
  return out;
}

void put_over(dict& to, const dict& from) {
  for (auto& [key, x] : from)
    to.set(key, x);
}

/// The roles whose tasks have led to an included or imported role, the nearest
/// first. Others have none.
void take_parents(const open_role& open, dict& names) {
  constexpr std::pair<const char*, std::string role_frame::*> all[]
    = {{"ansible_parent_role_names", &role_frame::name},
       {"ansible_parent_role_paths", &role_frame::path}};
  auto* above = open.needed_by ? open.needed_by->frame.get() : nullptr;
  for (auto& [name, member] : all) {
    names.erase(std::string_view{name});
    if (!open.chosen || !above)
      continue;
    list parents;
    parents.push_back(above->*member);
    if (auto* more = above->params->find(std::string_view{name}))
      for (auto& each : more->as_list())
        parents.push_back(each);
    names.set(std::string_view{name}, std::move(parents));
  }
}

} // namespace

bool role_expander::circles(const std::string& path) const {
  for (auto* at = role_; at; at = at->needed_by)
    if (at->frame && at->frame->path == path)
      return true;
  return false;
}

role_site role_expander::site(const value& said) const {
  role_site out{folder_,
                role_ && role_->frame ? folder_of(role_->frame->path) : "",
                role_ ? role_->collections : collections_};
  if (!blocks_.empty() && blocks_.back().first == role_)
    out.collections = blocks_.back().second;
  if (auto* own = said.find("collections"))
    out.collections = texts_in(*own);
  return out;
}

role_ptr role_expander::frame_for(const role_files& role, const open_role& open,
                                  const dict& below) const {
  role_frame out;
  out.name = role.full_name();
  out.path = role.path;
  out.key = open.key;
  dict defaults = below;
  if (open.needed_by && open.needed_by->frame)
    put_over(defaults, *open.needed_by->frame->defaults);
  put_over(defaults, role.defaults);
  out.defaults = std::make_shared<const dict>(std::move(defaults));
  dict names = open.params;
  list searched;
  searched.push_back(role.path);
  for (auto* at = open.needed_by; at; at = at->needed_by)
    if (at->frame)
      searched.push_back(at->frame->path);
  searched.push_back(role.path + "/tasks");
  searched.push_back(folder_);
  names.set("ansible_search_path", std::move(searched));
  names.set("role_name", role.name);
  names.set("role_path", role.path);
  names.set("ansible_role_name", role.full_name());
  names.set("ansible_collection_name", role.collection);
  take_parents(open, names);
  out.params = std::make_shared<const dict>(std::move(names));
  out.search_path.push_back(role.path);
  for (auto* at = open.needed_by; at; at = at->needed_by)
    if (at->frame)
      out.search_path.push_back(at->frame->path);
  out.search_path.push_back(role.path + "/tasks");
  out.search_path.push_back(folder_);
  return std::make_shared<const role_frame>(std::move(out));
}

void role_expander::add_role(const value& entry, input_file& file,
                             std::vector<node>& to) {
  wanted_role what;
  what.place = entry.place();
  value name = entry;
  if (entry.is_dict()) {
    auto* said = entry.find("role");
    said = said ? said : entry.find("name");
    if (!said)
      return file.refuse(entry, "a role needs its name: 'role: NAME'");
    name = *said;
  }
  auto text = static_text(name, entry, file);
  if (!text)
    return;
  what.files.name = *text;
  what.ask_role = true;
  what.said = value{dict{}};
  if (entry.is_dict()) {
    dict said;
    auto known = keyword_names(in_block);
    for (auto& [key, x] : entry.as_dict()) {
      auto word = key.text_or("");
      if (word == "role" || word == "name")
        continue;
      if (std::find(known.begin(), known.end(), word) != known.end())
        said.set(key, x);
      else
        what.params.set(key, x);
    }
    if (auto* vars = entry.find("vars"); vars && vars->is_dict())
      what.vars = vars->as_dict();
    what.said = value{std::move(said)};
    what.said.place_at(entry.place());
    if (auto* from = entry.find("tasks_from"))
      what.files.tasks = from->text_or("main");
  }
  expand(what, file, in_task, to);
}

void role_expander::add_chosen(const role_choice& files, input_file& file,
                               std::vector<node>& to, dict vars) {
  wanted_role what;
  what.files = files;
  what.vars = std::move(vars);
  what.vars_win = true;
  what.said = value{dict{}};
  expand(what, file, in_task, to);
}

void role_expander::expand(const wanted_role& what, input_file& file,
                           keyword_place here, std::vector<node>& to) {
  auto where = site(what.said);
  auto role = reader_.load(what.files, where);
  if (!role)
    return file.refuse(what.place, role.why().message);
  if (what.ask_role && circles(role->path))
    return file.refuse(
      what.place, fmt::format("the role '{}' needs itself", role->full_name()));
  if (depth_ > 100)
    return file.refuse(what.place, "roles and files import each other more "
                                   "than 100 levels deep");
  auto* says_twice = role->meta.content.find("allow_duplicates");
  bool again = what.allow_duplicates;
  if (what.ask_role)
    again = says_twice && says_twice->is_bool() && says_twice->as_bool();
  auto key = fmt::format(
    "{} {} {} {}", role->full_name(), what.files.tasks,
    what.ask_role ? "needed" : "chosen",
    to_json(value{dict{
      {"params", what.params}, {"vars", what.vars}, {"said", what.said}}}));
  // What runs a second time is known only when it is reached: the tags and
  // conditions of the role that needs it may have left it out before. While
  // the run is under way it is known of some.
  bool done
    = what.ask_role && !again && with_.roles && with_.roles->has_run(key);
  for (auto* folder : {"/library", "/modules"})
    if (auto path = role->path + folder;
        std::find(found_.module_folders.begin(), found_.module_folders.end(),
                  path)
          == found_.module_folders.end()
        && reader_.exists(path))
      found_.module_folders.push_back(path);
  auto outer = role_;
  dict needed;
  open_role open;
  open.needed_by = outer;
  open.needed_vars = &needed;
  open.chosen = !what.ask_role;
  open.collections = role->collections();
  if (outer)
    open.params = outer->params;
  put_over(open.params, what.params);
  ++depth_;
  auto b = block_of(without(what.said, {"vars", "collections"}), file, here);
  if (!open.collections.empty() || !where.collections.empty())
    b.said.say(said_collections(open.collections));
  if (what.ask_role && !again)
    open.key = std::move(key);
  open.frame = frame_for(*role, open, {});
  role_ = &open;
  auto before = found_.defaults;
  if (here != in_handler && !add_dependencies(*role, open, b.body)) {
    role_ = outer;
    --depth_;
    return;
  }
  auto& names = outer ? found_.needed_names : found_.names;
  auto full_name = role->full_name();
  if (std::find(names.begin(), names.end(), full_name) == names.end())
    names.push_back(full_name);
  if (what.public_names) {
    put_over(found_.defaults, role->defaults);
    if (!found_.ahead)
      put_over(found_.vars, what.vars);
    put_over(found_.vars, role->vars);
  }
  open.frame = frame_for(*role, open, before);
  auto own = what.vars;
  put_over(own, role->vars);
  if (what.vars_win)
    put_over(own, what.vars);
  b.role = open.frame;
  say_vars_first(b.said, own);
  open.vars = needed;
  put_over(open.vars, own);
  bool needs_names = !needed.empty();
  put_over(needed, what.vars);
  put_over(needed, role->vars);
  if (outer && outer->needed_vars)
    put_over(*outer->needed_vars, needed);
  if (!done) {
    read_handlers_of(*role, b);
    // The roles that it needs do not see the names of one another.
    if (needs_names)
      read_inner_tasks(*role, what, here, b);
    else
      read_tasks(*role, what, here, b.body);
  }
  to.push_back(node{std::move(b)});
  role_ = outer;
  --depth_;
}

bool role_expander::add_dependencies(const role_files& role, open_role&,
                                     std::vector<node>& to) {
  input_file file{std::make_shared<const std::string>(role.meta.path), out_};
  if (refuse_meta(role.meta, file))
    return false;
  auto* needed = role.meta.content.find("dependencies");
  if (!needed || needed->is_null())
    return true;
  if (!needed->is_list()) {
    file.refuse(*needed, "expected a list of roles");
    return false;
  }
  auto before = out_.size();
  for (auto& each : needed->as_list())
    add_role(each, file, to);
  return out_.size() == before;
}

void role_expander::add_check(const role_files& role, const wanted_role& what,
                              std::vector<node>& to) {
  auto entry = what.files.tasks;
  if (auto dot = entry.rfind('.'); dot != std::string::npos)
    entry.resize(dot);
  auto* spec = role.argument_specs.find(entry);
  if (!spec)
    return;
  auto* options = spec->find("options");
  auto* words = spec->find("short_description");
  auto context = dict{{"type", "role"},
                      {"name", role.name},
                      {"argument_spec_name", entry},
                      {"path", role.path}};
  auto title
    = fmt::format("Validating arguments against arg spec '{}'{}", entry,
                  words ? fmt::format(" - {}", words->text_or("")) : "");
  value task{dict{
    {"name", title},
    {"ansible.builtin.validate_argument_spec",
     dict{{"argument_spec", options ? options->marked_unsafe() : value{dict{}}},
          {"provided_arguments", what.params},
          {"validate_args_context", std::move(context)}}},
    {"tags", list{value{"always"}}}}};
  auto made
    = read_list(value{list{std::move(task)}},
                std::make_shared<const std::string>(role.meta.path), in_task);
  std::move(made.begin(), made.end(), std::back_inserter(to));
}

void role_expander::read_inner_tasks(const role_files& role,
                                     const wanted_role& what,
                                     keyword_place here, block& around) {
  value nothing{dict{}};
  nothing.place_at(what.said.place());
  input_file file{around.place.file, out_};
  auto inner = block_of(nothing, file, here);
  say_vars_first(inner.said, role_->vars);
  read_tasks(role, what, here, inner.body);
  around.body.push_back(node{std::move(inner)});
}

void role_expander::read_tasks(const role_files& role, const wanted_role& what,
                               keyword_place here, std::vector<node>& to) {
  if (here != in_handler && what.files.validate)
    add_check(role, what, to);
  if (role.tasks.content.is_null())
    return;
  auto name = std::make_shared<const std::string>(role.tasks.path);
  auto all = read_list(role.tasks.content, name, here);
  std::move(all.begin(), all.end(), std::back_inserter(to));
}

} // namespace troupe
