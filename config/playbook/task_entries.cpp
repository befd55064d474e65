#include "config/language/language.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plain_action.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/compatible_version.hpp"
#include "config/playbook/entry_checks.hpp"
#include "config/playbook/entry_forms.hpp"
#include "config/playbook/role_expander.hpp"
#include "config/playbook/role_option_checks.hpp"
#include "config/value/source_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

// Entries of lists of tasks that stand for others; see role_expander.cpp.

block role_expander::block_of(const value& said, input_file& file,
                              keyword_place here) {
  block b;
  fields in{said, file};
  b.place = in.place();
  b.id = fmt::format("{}block-{}", here == in_handler ? "handler:" : "",
                     ++found_.number);
  std::vector<std::string> unknown;
  b.said = read_keywords(in, in_block, unknown);
  b.conditions = read_conditions(in);
  for (auto& name : unknown)
    refuse_unknown_keyword(in, in_block, name);
  return b;
}

std::vector<node> role_expander::read_list(const value& from,
                                           const source_name& name,
                                           keyword_place here) {
  if (from.is_null())
    return {};
  input_file file{name, out_};
  found_.files.push_back(*name);
  return read_nodes(from, file, found_.number, here, this);
}

dict role_expander::static_names(const value& entry) const {
  dict names = found_.defaults;
  auto add = [&](const dict& from) {
    for (auto& [key, each] : from)
      names.set(key, each);
  };
  if (role_)
    add(*role_->frame->defaults);
  add(known_);
  add(found_.vars);
  if (role_) {
    add(role_->vars);
    add(*role_->frame->params);
  }
  if (auto* own = entry.find("vars"); own && own->is_dict())
    add(own->as_dict());
  add(with_.extra_vars);
  auto folder = with_.machine->files().real_path(folder_);
  names.set("playbook_dir", folder ? *folder : folder_);
  names.set("ansible_version", compatible_version_table());
  return names;
}

namespace {

/// The message of an error without the lines that show where it lies: the
/// problem that is made of it shows its own.
std::string without_place(const error& why, const language& templates) {
  auto out = why.message;
  auto drop = [&](const std::string& shown) {
    if (!shown.empty() && out.ends_with(shown))
      out.resize(out.size() - shown.size());
  };
  auto& files = templates.options().sources;
  if (files && why.has_place())
    drop(files->show(*why.detail));
  drop(shown_place(why));
  return out;
}

} // namespace

std::optional<std::string> role_expander::static_text(const value& x,
                                                      const value& entry,
                                                      input_file& file) {
  if (!x.is_text() && !x.is_integer()) {
    file.refuse(x, expected("a name", x).message);
    return std::nullopt;
  }
  if (!has_template(x))
    return x.is_text() ? x.as_string() : std::to_string(*x.to_int());
  auto got = with_.templates->evaluate(x, dict_variables{static_names(entry)},
                                       terms());
  if (got)
    return to_display(*got);
  auto role = !action_in(entry, {"import_role"}).empty();
  file.refuse(x, fmt::format("what is imported has to be known before the run, "
                             "and {}: write 'include_{}' for what is known "
                             "only then",
                             without_place(got.why(), *with_.templates),
                             role ? "role" : "tasks"));
  return std::nullopt;
}

std::string role_expander::find_tasks(const std::string& name,
                                      const std::string& from,
                                      keyword_place here) const {
  if (name.starts_with('/'))
    return name;
  std::vector<std::string> folders{
    playbook_ && from == *playbook_ ? folder_ : folder_of(from)};
  if (role_) {
    auto& path = role_->frame->path;
    if (here == in_handler)
      folders.push_back(path + "/handlers");
    folders.push_back(path + "/tasks");
    folders.push_back(path);
  }
  folders.push_back(folder_);
  folders.push_back(folder_ + "/tasks");
  for (auto& each : folders)
    if (auto path = fmt::format("{}/{}", each, name); reader_.exists(path))
      return each == "." ? name : path;
  return {};
}

void role_expander::import_tasks(const value& entry, const std::string& action,
                                 input_file& file, keyword_place here,
                                 std::vector<node>& to) {
  auto* given = entry.find(action);
  auto* name
    = given && given->is_text() ? given : argument(entry, action, "file");
  if (!name || name->text_or("x").empty())
    return file.refuse(entry, "'import_tasks' needs a file");
  auto text = static_text(*name, entry, file);
  if (!text)
    return;
  auto from = *file.place_of(entry).file;
  auto path = find_tasks(*text, from, here);
  if (path.empty())
    return file.refuse(*name,
                       fmt::format("could not find '{}' beside '{}'{}", *text,
                                   from, role_ ? " nor in the role" : ""));
  if (++depth_ > 100)
    return file.refuse(*name, "roles and files import each other more than "
                              "100 levels deep");
  auto tasks = reader_.read(path);
  if (!tasks)
    return file.refuse(*name, tasks.why().message);
  auto b = block_of(without(entry, {action, "name", "args"}), file, here);
  blocks_.emplace_back(role_, site(entry).collections);
  b.body = read_list(*tasks, std::make_shared<const std::string>(path), here);
  blocks_.pop_back();
  b.beside = folder_of(path);
  if (here == in_handler && role_)
    b.role = role_->frame;
  --depth_;
  to.push_back(node{std::move(b)});
}

void role_expander::import_role(const value& entry, const std::string& action,
                                input_file& file, keyword_place here,
                                std::vector<node>& to) {
  wanted_role what;
  what.place = entry.place();
  auto* name = argument(entry, action, "name");
  name = name ? name : argument(entry, action, "role");
  if (!name)
    return file.refuse(entry, "'import_role' needs the name of a role");
  auto text = static_text(*name, entry, file);
  if (!text)
    return;
  what.files.name = *text;
  for (auto [to_file, option] : {std::pair{&what.files.tasks, "tasks_from"},
                                 {&what.files.vars, "vars_from"},
                                 {&what.files.defaults, "defaults_from"},
                                 {&what.files.handlers, "handlers_from"}})
    if (auto* x = argument(entry, action, option)) {
      auto chosen = static_text(*x, entry, file);
      if (!chosen)
        return;
      *to_file = *chosen;
    }
  if (auto* x = argument(entry, action, "rolespec_validate"))
    what.files.validate = truthy(*x) && x->text_or("yes") != "no"
                          && x->text_or("true") != "false";
  what.allow_duplicates = true;
  if (auto* vars = entry.find("vars"); vars && vars->is_dict())
    what.vars = vars->as_dict();
  what.vars_win = true;
  what.said = without(entry, {action, "name", "args"});
  auto outer = std::exchange(found_.comes_by, role_entry::imported);
  expand(what, file, here, to);
  found_.comes_by = outer;
}

bool role_expander::take(value& from, input_file& file, keyword_place here,
                         std::vector<node>& to) {
  if (!from.is_dict())
    return false;
  if (from.find("block")) {
    if (refuse_block(from, file))
      return true;
    // Until it has been read.
    blocks_.emplace_back(role_, site(from).collections);
    return false;
  }
  spell_out_action(from);
  if (refuse_entry(from, file) || refuse_inclusion(from, file))
    return true;
  spell_out_loop(from);
  spell_out_import(from);
  if (refuse_options(from, file, here))
    return true;
  auto* own = from.find("vars");
  bool strong = own && own->is_dict() && !action_in(from, {"include"}).empty();
  auto vars = strong ? std::make_shared<const dict>(own->as_dict()) : nullptr;
  settle_include(from, found_.under_way);
  auto imports = !action_in(from, {"import_tasks", "import_role"}).empty();
  if (imports && refuse_loop(from, file))
    return true;
  if (auto name = action_in(from, {"import_tasks"}); !name.empty()) {
    auto before = to.size();
    import_tasks(from, name, file, here, to);
    // What `include` hands over wins, whenever the file is read.
    if (to.size() > before)
      std::get<block>(to.back().what).included_vars = std::move(vars);
    return true;
  }
  if (auto name = action_in(from, {"import_role"}); !name.empty()) {
    import_role(from, name, file, here, to);
    return true;
  }
  if (auto name = action_in(from, {"include_role"}); !name.empty()) {
    auto* role = argument(from, name, "name");
    role = role ? role : argument(from, name, "role");
    if (role && role->text_or("x").empty()) {
      file.refuse(from, "'include_role' needs the name of a role");
      return true;
    }
    if (looks_ahead())
      look_into_include(from, name);
  }
  if (auto name = action_in(from, {"include_tasks"});
      !name.empty() && looks_ahead())
    look_into_tasks(from, name, file);
  return false;
}

void role_expander::settle_tags(keywords& said) {
  keywords out;
  for (auto each : said) {
    if (each.is("tags") && has_template(each.x)) {
      dict names = found_.defaults;
      for (const dict* more :
           {&known_, static_cast<const dict*>(&found_.vars), &with_.extra_vars})
        for (auto& [key, x] : *more)
          names.set(key, x);
      if (auto got = with_.templates->evaluate(
            each.x, dict_variables{std::move(names)}, terms());
          got && got->is_list()) {
        list tags;
        auto add = [&tags](const value& tag) {
          for (auto& part : parts_of(to_display(tag), ','))
            tags.push_back(part);
        };
        for (auto& tag : got->as_list())
          if (tag.is_list())
            for (auto& inner : tag.as_list())
              add(inner);
          else
            add(tag);
        each.x = value{std::move(tags)};
      }
    }
    out.say(each);
  }
  said = std::move(out);
}

void role_expander::finish(node& made) {
  if (std::holds_alternative<block>(made.what))
    blocks_.pop_back();
  std::visit([this](auto& x) { settle_tags(x.said); }, made.what);
  auto* t = std::get_if<task>(&made.what);
  if (t && plain_action(t->module) == "include_role") {
    if (t->name == t->module)
      t->name = usual_name(t->module, t->args.get());
    return;
  }
  if (!t || !role_)
    return;
  if (!t->name.starts_with(role_->frame->name + " : "))
    t->name = role_->frame->name + " : " + t->name;
  if (!in_handlers_)
    return;
  t->role = role_->frame;
  say_vars_first(t->said, role_->vars);
}

} // namespace troupe
