#include "modules/support/plan/plan_modules.hpp"

#include "config/language/language.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "modules/support/commands/external.hpp"
#include "modules/support/plan/absent_collections.hpp"
#include "modules/support/plan/absent_modules.hpp"
#include "modules/support/plan/group_defaults.hpp"
#include "modules/support/plan/other_modules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace troupe {

namespace {

template <class F>
void for_each_task_and_handler(const plan& p, F&& f) {
  auto visit = [&](const task& t) {
    f(t);
    for (auto& step : t.rollback)
      f(step);
  };
  for (auto& each : p.plays) {
    for_each_task(each.body, visit);
    for_each_task(each.handlers, visit);
  }
}

/// What is wrong with the only name of a task that is none of its keywords: it
/// may have been meant as one.
std::string unknown_action(const std::string& name,
                           const module_registry& known) {
  auto module = known.nearest(name);
  auto keyword = nearest_name(name, keyword_names(keyword_place::in_task));
  if (!keyword.empty() && instead_of_absent(name).empty()
      && (module.empty()
          || edits_between(name, keyword) < edits_between(name, module)))
    return fmt::format("a task has no '{}'; did you mean '{}'?", name, keyword);
  return absent_module(name, module);
}

} // namespace

namespace {

constexpr std::string_view collections_folder = "/ansible_collections";

/// A file of this name, with one of these endings; empty: there is none.
std::string file_called(const std::string& stem,
                        std::initializer_list<const char*> endings,
                        host& machine) {
  for (auto* ending : endings) {
    auto path = stem + ending;
    auto found = machine.files().status(path, true);
    if (found && *found && (*found)->kind == file_kind::regular)
      return path;
  }
  return {};
}

std::string in_collections(const std::string& folder, const std::string& name,
                           host& machine) {
  auto parts = parts_of(name, '.');
  if (parts.size() < 3
      || std::any_of(parts.begin(), parts.end(),
                     [](auto& each) { return each.empty(); }))
    return {};
  auto plugins = fmt::format("{}/{}/{}/plugins", folder, parts[0], parts[1]);
  // What follows the collection are folders, and the module.
  auto own = fmt::format("{}", fmt::join(std::span{parts}.subspan(2), "/"));
  if (!file_called(plugins + "/action/" + own, {".py"}, machine).empty())
    return {};
  return file_called(plugins + "/modules/" + own, {"", ".py", ".sh"}, machine);
}

} // namespace

std::vector<std::string> module_folders_beside(const std::string& folder) {
  return {folder + "/library", folder + "/modules"};
}

std::string find_custom_module(const std::string& name,
                               const std::vector<std::string>& folders,
                               host& machine) {
  // A name is no path: "../x" must not leave the folders.
  if (name.empty() || name.find('/') != std::string::npos)
    return {};
  for (auto& folder : folders) {
    auto path = folder.ends_with(collections_folder)
                  ? in_collections(folder, name, machine)
                  : file_called(fmt::format("{}/{}", folder, name),
                                {"", ".py", ".sh", ".pl", ".rb"}, machine);
    if (!path.empty())
      return path;
  }
  return {};
}

std::vector<custom_module>
custom_modules_in(const std::vector<std::string>& folders, host& machine) {
  std::set<std::string> names;
  for (auto& folder : folders) {
    auto entries = machine.files().list(folder);
    if (!entries)
      continue;
    for (auto& entry : *entries)
      if (!entry.starts_with('.'))
        names.insert(entry.substr(0, entry.rfind('.')));
  }
  std::vector<custom_module> out;
  for (auto& name : names)
    if (auto path = find_custom_module(name, folders, machine); !path.empty())
      out.push_back({name, std::move(path)});
  return out;
}

namespace {

/// Of Ansible itself, and of what lies beside a playbook: all modules that no
/// other collection has.
bool is_of_ansible(std::string_view collection) {
  return collection == "ansible.builtin" || collection == "ansible.legacy";
}

} // namespace

bool gives_way(const module_spec& known) {
  return !known.pure && !known.at_home && known.engine == engine_task::none;
}

std::string collection_of(const task& t, const std::vector<std::string>& around,
                          const module_places& where) {
  auto* said = t.said.find("collections");
  auto own = said ? t.said.texts("collections") : around;
  if (own.empty() || t.module.find('.') != std::string::npos)
    return {};
  auto module = where.known.find(t.module);
  if (module && !gives_way(module->spec()))
    return {};
  auto there = [&](const std::string& name) {
    auto route = where.routes.route_of(name);
    return !route.refused.empty()
           || (route.name != name && where.known.find(route.name))
           || !find_custom_module(route.name, where.folders, where.machine)
                 .empty();
  };
  for (auto& each : own)
    if (is_of_ansible(each)) {
      if (module || there(t.module))
        return {};
    } else if (there(each + "." + t.module)) {
      return each;
    }
  return {};
}

std::shared_ptr<const task_module> module_in(const module_table& all,
                                             const task& t) {
  if (t.said.find("collections"))
    for (auto& each : t.said.texts("collections")) {
      if (is_of_ansible(each))
        break;
      if (auto at = all.find(fmt::format("{}.{}", each, t.module));
          at != all.end())
        return at->second;
    }
  auto at = all.find(t.module);
  return at == all.end() ? nullptr : at->second;
}

namespace {

/// `said` with this as the only one of its collections.
keywords with_collection(const keywords& said, const std::string& name) {
  any_keyword row{"collections"};
  keywords out;
  for (auto& each : said)
    if (!each.is(row))
      out.say(each);
  list names;
  names.push_back(name);
  out.say({value{std::move(names)}, static_cast<uint8_t>(row.number()), false});
  return out;
}

/// Fills the table of a plan's modules.
class module_finder {
public:
  module_finder(plan& p, const module_registry& known,
                const std::vector<std::string>& folders, host& machine,
                problems& out, problems& later)
      : plan_{p}, known_{known}, folders_{folders}, machine_{machine},
        out_{out}, later_{later}, routes_{folders, machine} {
  }

  module_table run() {
    for (auto& each : plan_.plays) {
      take_defaults(each);
      collections_ = each.said.texts("collections");
      visit(each.body, true);
      visit(each.handlers, false);
    }
    return std::move(table_);
  }

private:
  void visit(std::vector<node>& in, bool certain) {
    for (auto& child : in)
      if (auto* inner = std::get_if<block>(&child.what))
        visit(*inner, certain);
      else
        visit(std::get<task>(child.what), certain);
  }

  void visit(block& b, bool certain) {
    certain = certain && b.conditions.empty();
    take_defaults(b);
    auto outer = collections_;
    if (b.said.find("collections"))
      collections_ = b.said.texts("collections");
    visit(b.body, certain);
    visit(b.rescue, false);
    visit(b.always, certain);
    collections_ = std::move(outer);
  }

  void visit(task& t, bool certain) {
    take_defaults(t);
    look_at(t, certain && t.conditions.empty() && t.loop.is_null());
    for (auto& step : t.rollback)
      look_at(step, true);
  }

  /// Names of collections mean something in playbooks alone.
  template <class T>
  void take_defaults(T& in) {
    if (plan_.playbook && in.said.find("module_defaults"))
      in.said = with_known_defaults(in.said, in.place, routes_, plan_.warnings);
  }

  void look_at(task& t, bool certain) {
    if (t.module.empty()
        || (plan_.playbook && has_template(std::string_view{t.module}))
        || is_collected(t) || table_.contains(t.module))
      return;
    auto found = known_.find(t.module);
    bool open = !found
                || (plan_.playbook && t.module.find('.') == t.module.npos
                    && gives_way(found->spec()));
    if (open && plan_.playbook && !split_collection(t.module).first.empty()) {
      if (follow(t, t.module))
        return;
    } else if (open) {
      if (auto path = find_custom_module(t.module, folders_, machine_);
          !path.empty())
        found = make_external_module(t.module, path);
    }
    if (found)
      table_.emplace(t.module, std::move(found));
    else
      miss(t, certain);
  }

  /// Finds the module that a name with its collection leads to. False: there is
  /// none, which is still to be said.
  bool follow(const task& t, const std::string& name) {
    auto place = part_of(t.place, t.marks.module);
    auto route = routes_.route_of(name);
    if (!route.refused.empty()) {
      out_.push_back({place, route.refused});
      return true;
    }
    auto found = route.name == name ? nullptr : known_.find(route.name);
    if (!found)
      if (auto path = find_custom_module(route.name, folders_, machine_);
          !path.empty())
        found = make_external_module(route.name, path);
    if (!found)
      return false;
    if (!route.deprecated.empty())
      plan_.warnings.push_back(
        fmt::format("{}: {}", to_string(place), route.deprecated));
    table_.emplace(name, std::move(found));
    return true;
  }

  /// Finds the module in one of the collections that count there. Others may
  /// have one of the same short name, so the task says which is meant, for
  /// `module_in`.
  bool is_collected(task& t) {
    if (!plan_.playbook)
      return false;
    auto& around = t.said.find("collections") ? no_others_ : collections_;
    auto key = fmt::format("{}\n{}\n{}", t.module,
                           fmt::join(t.said.texts("collections"), "\n"),
                           fmt::join(around, "\n"));
    auto [at, fresh] = collected_.try_emplace(std::move(key));
    if (fresh)
      at->second
        = collection_of(t, around, {known_, folders_, routes_, machine_});
    if (at->second.empty())
      return false;
    t.said = with_collection(t.said, at->second);
    auto whole = fmt::format("{}.{}", at->second, t.module);
    return table_.contains(whole) || follow(t, whole);
  }

  void miss(const task& t, bool certain) {
    auto place = part_of(t.place, t.marks.module);
    auto collected = words_of_collections(t);
    if (certain || !plan_.playbook || !lives_elsewhere(t.module))
      out_.push_back({place, collected.empty()
                               ? unknown_action(t.module, known_)
                               : collected});
    else if (missed_.insert(t.module).second)
      later_.push_back({place, collected.empty() ? fmt::format(
                                 "there is no module '{}' here", t.module)
                                                 : collected});
  }

  /// Why no collection has it; empty: it has nothing to do with them.
  std::string words_of_collections(const task& t) {
    if (!plan_.playbook || !instead_of_absent(t.module).empty())
      return {};
    if (auto meant = routes_.route_of(t.module).name; meant != t.module)
      return fmt::format(
        "{}; '{}' leads there",
        absent_from_collections(meant, {}, folders_, {}, machine_), t.module);
    auto own = t.said.texts("collections");
    auto nearest = known_.nearest(t.module);
    if (nearest.empty())
      nearest = nearest_name(t.module, keyword_names(keyword_place::in_task));
    return absent_from_collections(t.module, own.empty() ? collections_ : own,
                                   folders_, nearest, machine_);
  }

  plan& plan_;
  const module_registry& known_;
  const std::vector<std::string>& folders_;
  // Whose modules tasks may call by their short names.
  std::vector<std::string> collections_;
  const std::vector<std::string> no_others_;
  // Which of them has a module: each is looked for once.
  std::map<std::string, std::string> collected_;
  host& machine_;
  problems& out_;
  problems& later_;
  collection_routes routes_;
  module_table table_;
  std::set<std::string> missed_;
};

} // namespace

module_table find_modules(plan& p, const module_registry& known,
                          const std::vector<std::string>& custom_folders,
                          host& machine, problems& out, problems& later) {
  return module_finder{p, known, custom_folders, machine, out, later}.run();
}

namespace {

/// Compiles what an argument has to be true.
void check_conditions(const value& x, const source_place& around,
                      const language& templates, problems& out) {
  auto place = place_of(x, around);
  if (x.is_list()) {
    for (auto& each : x.as_list())
      check_conditions(each, place, templates, out);
  } else if (x.is_text()) {
    // A template around it has been compiled with the other arguments.
    if (!has_template(x))
      if (auto fine = templates.check_condition(x.as_string()); !fine)
        out.push_back({place, fine.why().message, fine.why().detail});
  }
}

} // namespace

void check_plan_arguments(const plan& p, const module_table& modules,
                          const language& templates, problems& out) {
  for_each_task_and_handler(p, [&](const task& t) {
    auto module = module_in(modules, t);
    if (!module)
      return;
    auto& spec = module->spec();
    bool engine = spec.engine != engine_task::none;
    auto* async = t.said.known("async");
    if (async && async->as_int() > 0 && (spec.pure || engine))
      out.push_back({place_of(*async, t.place),
                     fmt::format("task '{}': '{}' does nothing that could go "
                                 "on in the background",
                                 t.id, spec.name)});
    auto* lanes = t.said.known("loop_parallel");
    if (lanes && lanes->as_int() > 1 && engine)
      out.push_back({place_of(*lanes, t.place),
                     fmt::format("task '{}': '{}' takes one item at a time",
                                 t.id, spec.name)});
    if (!t.args)
      return;
    for (auto& each : spec.arguments)
      if (auto* x = each.conditions ? t.args->find(each.name) : nullptr)
        check_conditions(*x, part_of(t.place, t.marks.module), templates, out);
    std::vector<argument_problem> wrong;
    if (auto got = check_arguments(spec, *t.args, true, &wrong); got)
      return;
    for (auto& each : wrong)
      out.push_back(
        {part_of(t.place, each.at.line > 0 ? each.at : t.marks.module),
         fmt::format("{}: {}", spec.name, each.message)});
  });
}

} // namespace troupe
