#include "modules/support/plan/plan_sources.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/plan/plan_text.hpp"
#include "config/vault/opened_text.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/group_defaults.hpp"
#include "modules/support/plan/included_role.hpp"
#include "modules/support/plan/plan_modules.hpp"
#include "modules/support/plan/source_references.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

namespace troupe {
namespace {

/// Goes through a plan and collects what it takes from beside it.
class collector {
public:
  collector(const plan& p, const source_search& search)
      : plan_{p}, search_{search}, basket_{search, parent_of(p.source),
                                           [this](auto& found, auto& what,
                                                  auto& place, auto& who) {
                                             look_inside(found, what, place,
                                                         who);
                                           }},
        finder_{basket_.finder()}, values_{search.templates,
                                           search.machine,
                                           {dict{
                                              {"playbook_dir", search.folder}},
                                            search.extra_vars}},
        routes_{p.module_folders, search.machine} {
    values_.look_in(finder_.search_path());
  }

  plan_sources run() {
    add_names(plan_.vars.get(),
              {std::make_shared<const std::string>(plan_.source), {}});
    // What a playbook has imported is read again where it runs.
    if (plan_.playbook)
      for (auto& each : plan_.files)
        basket_.add_once(each, "the playbook");
    add_variables_of_hosts();
    add_vars_files();
    for (auto& each : plan_.plays) {
      for_each_task(each.body, [this](auto& t) { note_facts(t); });
      for_each_task(each.handlers, [this](auto& t) { note_facts(t); });
    }
    for (auto& each : plan_.plays)
      look_into(each);
    auto out = basket_.take();
    auto* secrets = search_.templates.options().secrets.get();
    for (auto* told : {&out.missing, &out.absent, &out.broken_templates})
      hide_opened(*told, secrets, search_.machine.files());
    return out;
  }

private:
  /// Whose tasks it is about, and in which files they stand.
  struct surroundings {
    const role_frame* role = nullptr;
    std::vector<std::string> included_from;
  };

  plan_names& names() {
    return values_.names();
  }

  /// Which hosts and groups there are may change until it runs.
  void add_variables_of_hosts() {
    if (!plan_.playbook)
      return;
    std::set<std::string> folders{search_.folder};
    for (auto& each : plan_.plays)
      if (!each.beside.empty())
        folders.insert(each.beside);
    for (auto& folder : folders)
      for (auto* name : {"/group_vars", "/host_vars"})
        if (auto path = folder + name; finder_.exists(path))
          basket_.add_once(path, "the playbook");
  }

  void note_facts(const task& t) {
    auto module = search_.modules.find(t.module);
    if (!t.args || !module || module->spec().name != "set_fact")
      return;
    for (auto& [name, x] : with_line_arguments(*t.args, module->spec()))
      facts_.insert(to_display(name));
  }

  /// The defaults of a role but for what a task sets when it runs, which is
  /// stronger than they are: nobody knows it yet.
  const dict* settled(const std::shared_ptr<const dict>& defaults) {
    if (!defaults || facts_.empty())
      return defaults.get();
    auto [at, added] = settled_.try_emplace(defaults);
    if (added)
      for (auto& [name, x] : *defaults)
        if (!facts_.contains(to_display(name)))
          at->second.set(name, x);
    return &at->second;
  }

  void look_into(const play& what) {
    auto depth = names().depth();
    dict home;
    if (!what.beside.empty())
      home.set("playbook_dir", what.beside);
    names().add(home);
    folder_ = what.beside.empty() ? search_.folder : what.beside;
    collections_ = what.said.texts("collections");
    add_groups(what.said, "the playbook");
    add_names(what.said.vars(), what.place);
    beside_too(what.beside, [&] {
      look_into(what.body);
      look_into(what.handlers);
    });
    names().cut(depth);
  }

  /// The files that `vars_files` may name, also those that are not read here.
  void add_vars_files() {
    if (!plan_.playbook)
      return;
    auto depth = names().depth();
    for (auto& each : plan_.plays)
      if (auto* vars = each.said.vars())
        names().add(*vars);
    auto books = plan_.files;
    books.push_back(plan_.source);
    for (auto& book : books)
      references_.look_at_vars_files(book, search_.machine);
    names().cut(depth);
  }

  void add_names(const dict* more, const source_place& place) {
    if (!more)
      return;
    names().add(*more);
    for (auto& [name, x] : *more)
      references_.look_at(x, "a variable", place);
  }

  /// Those in which names without one are looked for from here on, where `said`
  /// tells them. Returns those so far.
  std::vector<std::string> enter_collections(const keywords& said) {
    auto outer = collections_;
    if (said.find("collections"))
      collections_ = said.texts("collections");
    return outer;
  }

  void look_into(const block& b) {
    auto depth = names().depth();
    auto around = enter(b.role.get(), b.place);
    add_names(b.said.vars(), b.place);
    add_groups(b.said, "the playbook");
    auto collections = enter_collections(b.said);
    beside_too(b.beside, [&] {
      for (auto* nodes : {&b.body, &b.rescue, &b.always})
        look_into(*nodes);
    });
    collections_ = std::move(collections);
    names().cut(depth);
    go_to(std::move(around));
  }

  /// What `look` finds may lie in this folder as well; empty: nowhere else.
  template <class F>
  void beside_too(const std::string& folder, F look) {
    if (folder.empty())
      return look();
    surroundings around{finder_.role, finder_.included_from};
    auto inside = around;
    inside.included_from.push_back(folder.starts_with('/')
                                     ? folder
                                     : joined(search_.working_folder, folder));
    go_to(std::move(inside));
    look();
    go_to(std::move(around));
  }

  /// From here on it is about tasks of this role, unless it is null. What it
  /// was about before.
  surroundings enter(const role_frame* role, const source_place& place) {
    surroundings around{finder_.role, finder_.included_from};
    if (!role)
      return around;
    // A role looks in its own folders alone.
    if (role != around.role)
      go_to({role, {}});
    add_names(settled(role->defaults), place);
    add_names(role->params.get(), place);
    // As a whole: what its tasks include and look up is known when it runs.
    basket_.add_once(role->path, fmt::format("the role '{}'", role->name));
    return around;
  }

  void go_to(surroundings where) {
    bool same = finder_.role == where.role
                && finder_.included_from == where.included_from;
    finder_.role = where.role;
    finder_.included_from = std::move(where.included_from);
    if (!same)
      values_.look_in(finder_.search_path());
  }

  /// The roles that a task includes, or all when their names are not known.
  void add_roles(const task& t, const dict& args, const std::string& who) {
    auto* name = args.find("name");
    if (!name || !name->is_text())
      return;
    auto known = values_.values_of(*name);
    auto all = folder_ + "/roles";
    if (!known && finder_.exists(all))
      basket_.add_once(all, who);
    if (!known)
      return;
    auto choice = choice_in(args, values_);
    for (auto& each : *known)
      if (each.is_text()) {
        choice.name = each.as_string();
        add_role(choice, t.place, who);
      }
  }

  void add_role(const role_choice& choice, const source_place& place,
                const std::string& who) {
    for (auto& path : places_of_role(choice.name)) {
      if (choice.name.empty() || !finder_.exists(path))
        continue;
      basket_.add_once(path, who);
      auto key = fmt::format("{}\n{}\n{}\n{}\n{}", path, choice.tasks,
                             choice.vars, choice.defaults, choice.handlers);
      if (roles_.insert(std::move(key)).second)
        look_into_role(path, choice, place, who);
      return;
    }
    basket_.warn(fmt::format("{}: the role '{}' is not packed: it is not "
                             "beside the plan",
                             who, choice.name));
  }

  /// Where a role may lie; those of collections come first.
  std::vector<std::string> places_of_role(const std::string& name) const {
    std::vector<std::string> out;
    auto [collection, own] = split_collection(name);
    auto collections = collection.empty()
                         ? collections_
                         : std::vector<std::string>{collection};
    for (auto& each : collections)
      for (auto& base : routes_.bases())
        if (auto parts = parts_of(each, '.'); parts.size() == 2)
          out.push_back(fmt::format("{}/{}/{}/roles/{}", base, parts[0],
                                    parts[1], own.empty() ? name : own));
    out.push_back(joined(folder_ + "/roles", name));
    out.push_back(joined(folder_, name));
    if (finder_.role)
      out.push_back(joined(parent_of(finder_.role->path), name));
    return out;
  }

  void look_into_role(const std::string& path, const role_choice& choice,
                      const source_place& place, const std::string& who) {
    auto role = look_at_role(search_.machine, path, choice, folder_);
    auto depth = names().depth();
    auto around = enter(&role.frame, place);
    auto collections = collections_;
    if (auto own = collection_in(path); !own.empty())
      collections_ = {own};
    for (auto& each : role.needs)
      add_role({.name = each}, place, who);
    for (auto& each : role.files)
      look_into_file(each, place, who);
    collections_ = std::move(collections);
    names().cut(depth);
    go_to(std::move(around));
  }

  void look_into(const std::vector<node>& nodes) {
    for (auto& child : nodes) {
      if (auto* inner = std::get_if<block>(&child.what))
        look_into(*inner);
      else
        look_into(std::get<task>(child.what));
    }
  }

  void look_into(const task& t) {
    auto depth = names().depth();
    auto around = enter(t.role.get(), t.place);
    auto outer = values_.enter(&t);
    add_names(t.said.vars(), t.place);
    auto module = search_.modules.find(t.module);
    auto who = fmt::format("task '{}' ({})", t.name, t.id);
    add_groups(t.said, who);
    auto collections = enter_collections(t.said);
    bool open = !module
                || (plan_.playbook && t.module.find('.') == t.module.npos
                    && gives_way(module->spec()));
    if (open && add_custom_module(t, module != nullptr, who))
      module = nullptr;
    // First what finds files: others may name what it has found.
    references_.look_at_loop(t, who);
    if (t.args)
      references_.look_at(value{*t.args}, who, t.place);
    if (t.args && module)
      look_at_names(t, with_line_arguments(*t.args, module->spec()),
                    module->spec().name, who);
    for (auto& each : t.conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        references_.look_at_condition(when->expression, who, t.place);
    for (auto& each : t.said)
      if (each.pending)
        references_.look_at(each.x, who, t.place);
    for (auto* x : {&t.until, &t.failed_when, &t.changed_when})
      references_.look_at_condition(*x, who, t.place);
    values_.enter(outer);
    for (auto& step : t.rollback)
      look_into(step);
    collections_ = std::move(collections);
    names().cut(depth);
    go_to(std::move(around));
  }

  /// What arguments name.
  void look_at_names(const task& t, const dict& args, std::string_view module,
                     const std::string& who) {
    if (module == "include_role")
      add_roles(t, args, who);
    for (auto& each : sources_named_by(module, args))
      references_.look_at_argument(each, t.place, who);
  }

  /// What a playbook brings along instead of a module that is `known`, or the
  /// one that has to be there. False: there is none.
  bool add_custom_module(const task& t, bool known, const std::string& who) {
    auto folders = module_folders_beside(search_.folder);
    folders.insert(folders.end(), plan_.module_folders.begin(),
                   plan_.module_folders.end());
    if (finder_.role)
      folders.push_back(finder_.role->path + "/library");
    auto& machine = search_.machine;
    auto collection = collection_of(
      t, collections_, {search_.modules, folders, routes_, machine});
    auto said = collection.empty() ? t.module : collection + "." + t.module;
    auto whole = routes_.route_of(said).name;
    add_routes(said, who);
    // It leads to one that is built in.
    if (whole != said && search_.modules.find(whole))
      return true;
    auto path = find_custom_module(whole, folders, machine);
    if (path.empty() && !known)
      basket_.miss(
        part_of(t.place, t.marks.module),
        fmt::format("{}: the module '{}' was not found", who, t.module));
    if (path.empty())
      return false;
    // What it imports of its collection.
    auto modules = path.find("/plugins/modules/");
    if (path.find("/ansible_collections/") < modules && modules != path.npos)
      if (auto utils = path.substr(0, modules) + "/plugins/module_utils";
          machine.files().access(utils, "r"))
        basket_.add_once(utils, who);
    add_routes(whole, who);
    basket_.add_once(path, who);
    return true;
  }

  /// What says where a name with its collection leads.
  void add_routes(const std::string& name, const std::string& who) {
    auto file = routes_.file_of(split_collection(name).first);
    if (!file.empty())
      basket_.add_once(file, who);
  }

  /// What says which modules the groups in `module_defaults` have.
  void add_groups(const keywords& said, const std::string& who) {
    for (auto& group : groups_in(said)) {
      add_routes(group, who);
      for (auto& each :
           routes_.modules_in(group).value_or(std::set<std::string>{}))
        add_routes(each, who);
    }
  }

  /// A file that goes in may refer to others.
  void look_inside(const plan_source& found, const wanted_source& what,
                   const source_place& place, const std::string& who) {
    if (what.kind == "tasks")
      look_into_file(found.path, place, who);
    if (!what.is_template && what.kind != "vars")
      return;
    // A folder has no text.
    auto text = search_.machine.files().read(found.path, longest_source);
    if (!text)
      return;
    if (what.is_template && !what.own_marks)
      check_template(found.path, *text);
    references_.look_at_text(*text, fmt::format("{}, {}", who, found.path),
                             place);
  }

  void check_template(const std::string& path, std::string_view text) {
    auto got = search_.templates.names_in(text, text_kind::file);
    if (got)
      return;
    auto& why = got.why();
    text_position at;
    if (why.has_place())
      at = {why.detail->line, why.detail->column};
    basket_.add_broken_template(
      {{std::make_shared<const std::string>(path), at}, why.message});
  }

  /// Tasks that are included; what they take may lie beside their file.
  void look_into_file(const std::string& path, const source_place& place,
                      const std::string& who) {
    auto text = search_.machine.files().read(path, longest_source);
    if (!text)
      return basket_.miss(place,
                          fmt::format("{}: {}", who, text.why().message));
    auto document = parse_file_text(*text, path, {},
                                    search_.templates.options().secrets.get());
    if (!document)
      return basket_.miss(place,
                          fmt::format("{}: {}", who, document.why().message));
    size_t number = 0;
    // What a playbook may write there only its own reader knows, when it runs.
    problems untold;
    auto name = std::make_shared<const std::string>(path);
    input_file file{name, plan_.playbook ? untold : basket_.missing()};
    auto nodes = read_nodes(*document, file, number);
    auto outer = values_.enter(nullptr);
    auto told = basket_.warnings().size();
    beside_too(path.substr(0, path.rfind('/')), [&] { look_into(nodes); });
    values_.enter(outer);
    hide_warnings(told, name);
  }

  /// Those from this number on are about the tasks of a file, which may be
  /// encrypted.
  void hide_warnings(size_t from, const source_name& file) {
    auto& all = basket_.warnings();
    problems told;
    for (auto i = from; i < all.size(); ++i)
      told.push_back({source_place{file, {}}, std::move(all[i])});
    hide_opened(told, search_.templates.options().secrets.get(),
                search_.machine.files());
    for (auto i = from; i < all.size(); ++i)
      all[i] = std::move(told[i - from].message);
  }

  const plan& plan_;
  const source_search& search_;
  // Of the playbook that is looked into.
  std::string folder_;
  // Whose modules may be called by their short names.
  std::vector<std::string> collections_;
  source_basket basket_;
  source_finder& finder_;
  // For `src: "{{ dir }}/{{ item }}"`: what is known before the run.
  known_values values_;
  source_references references_{basket_, values_};
  collection_routes routes_;
  // What tasks of the plan set when they run.
  std::set<std::string> facts_;
  std::map<std::shared_ptr<const dict>, dict> settled_;
  // Roles that were looked into, with the names of their files.
  std::set<std::string> roles_;
};

} // namespace

plan_sources find_plan_sources(const plan& p, const source_search& search) {
  return collector{p, search}.run();
}

} // namespace troupe
