#include "modules/support/plan/plan_sources.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/arguments/source_arguments.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <set>

namespace troupe {
namespace {
class collector {
public:
  collector(const plan& p, const source_search& search)
      : plan_{p}, search_{search} {
  }

  plan_sources run() {
    add_names(plan_.vars.get(),
              {std::make_shared<const std::string>(plan_.source), {}});
    // What a playbook has imported is read again where it runs.
    if (plan_.playbook)
      for (auto& each : plan_.files)
        add_once(each, "the playbook");
    for (auto& each : plan_.plays) {
      auto depth = names_.size();
      add_names(each.said.vars(), each.place);
      look_into(each.body);
      look_into(each.handlers);
      names_.resize(depth);
    }
    return std::move(out_);
  }

private:
  void add_names(const dict* more, const source_place& place) {
    if (!more)
      return;
    names_.push_back(more);
    for (auto& [name, x] : *more)
      look_at(x, "a variable", place);
  }

  void look_into(const block& b) {
    auto depth = names_.size();
    auto around = enter(b.role.get(), b.place);
    add_names(b.said.vars(), b.place);
    for (auto* nodes : {&b.body, &b.rescue, &b.always})
      look_into(*nodes);
    names_.resize(depth);
    role_ = around;
  }

  /// From here on it is about tasks of this role, unless it is null. The one
  /// that it was about before.
  const role_frame* enter(const role_frame* role, const source_place& place) {
    auto around = role_;
    if (!role)
      return around;
    role_ = role;
    add_names(role->defaults.get(), place);
    add_names(role->params.get(), place);
    // As a whole: what its tasks include and look up is known when it runs.
    add_once(role->path, fmt::format("the role '{}'", role->name));
    return around;
  }

  void add_once(const std::string& path, const std::string& who) {
    if (done_.insert(path).second)
      add_source_tree(out_, search_.machine, path, normal_place(path), who);
  }

  /// The role that a task includes, or all of them when its name is not known.
  void add_role(const dict& args, const std::string& who) {
    auto* name = args.find("name");
    if (!name || !name->is_text())
      return;
    auto roles = search_.folder + "/roles";
    auto path = has_template(*name) ? roles : joined(roles, name->as_string());
    if (exists(path))
      add_once(path, who);
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
    auto depth = names_.size();
    auto around = enter(t.role.get(), t.place);
    add_names(t.said.vars(), t.place);
    auto module = search_.modules.find(t.module);
    auto who = fmt::format("task '{}' ({})", t.name, t.id);
    if (!module)
      add_custom_module(t, who);
    if (t.args && module)
      look_at_names(t, with_line_arguments(*t.args, module->spec()),
                    module->spec().name, who);
    if (t.args)
      look_at(value{*t.args}, who, t.place);
    for (auto& each : t.conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        look_at_condition(when->expression, who, t.place);
    look_at(t.loop, who, t.place);
    for (auto& each : t.said)
      if (each.pending)
        look_at(each.x, who, t.place);
    for (auto* x : {&t.until, &t.failed_when, &t.changed_when})
      look_at_condition(*x, who, t.place);
    for (auto& step : t.rollback)
      look_into(step);
    names_.resize(depth);
    role_ = around;
  }

  /// What arguments name.
  void look_at_names(const task& t, const dict& args, std::string_view module,
                     const std::string& who) {
    if (module == "include_role")
      add_role(args, who);
    for (auto& each : source_arguments)
      if (each.module == module)
        look_at_argument(t, args, each, who);
  }

  void add_custom_module(const task& t, const std::string& who) {
    std::vector<std::string> folders{search_.folder + "/library",
                                     search_.folder + "/modules"};
    folders.insert(folders.end(), plan_.module_folders.begin(),
                   plan_.module_folders.end());
    if (role_)
      folders.push_back(role_->path + "/library");
    auto path = find_custom_module(t.module, folders, search_.machine);
    if (path.empty())
      miss(part_of(t.place, t.marks.module),
           fmt::format("{}: the module '{}' was not found", who, t.module));
    else
      add_source_tree(out_, search_.machine, path, path, who);
  }

  void look_at_argument(const task& t, const dict& args,
                        const source_argument& what, const std::string& who) {
    auto* given = args.find(what.argument);
    if (!given || !given->is_text() || given->as_string().empty())
      return;
    auto* remote = args.find("remote_src");
    if (remote ? truthy(*remote) : what.remote)
      return;
    for (auto& text : evaluated(t, *given, who)) {
      auto name = text;
      if (what.first_word) {
        auto words = split_command(text);
        name = words && !words->empty() ? words->front() : std::string{};
      }

      if (!name.empty() && name.find("://") == std::string::npos)
        add(name, what.kind, place_of(*given, t.place), who,
            what.kind == "templates");
    }
  }

  /// The texts that an argument has, one for each item of the task's loop.
  /// None when they are not known yet.
  std::vector<std::string> evaluated(const task& t, const value& given,
                                     const std::string& who) {
    if (!has_template(given))
      return {given.as_string()};
    auto names = merged();
    list items{value{}};
    if (!t.loop.is_null()) {
      auto loop = search_.templates.evaluate(t.loop, dict_variables{names});
      if (!loop || !loop->is_list())
        return unknown(given, who);
      items = loop->as_list();
    }
    std::vector<std::string> out;
    for (auto& item : items) {
      if (!t.loop.is_null())
        names.set(t.control.loop_var, item);
      auto text = search_.templates.evaluate(given, dict_variables{names});
      if (!text || !text->is_text())
        return unknown(given, who);
      out.push_back(text->as_string());
    }
    return out;
  }

  std::vector<std::string> unknown(const value& given, const std::string& who) {
    out_.warnings.push_back(fmt::format(
      "{}: '{}' is known only when the plan runs; the folders files and "
      "templates beside the plan are packed for it, use --with for others",
      who, given.as_string()));
    for (auto* folder : {"files", "templates"}) {
      auto path = search_.folder + "/" + folder;
      if (exists(path) && done_.insert(path).second)
        add_source_tree(out_, search_.machine, path, path, who);
    }
    return {};
  }

  dict merged() const {
    dict out;
    for (auto* each : names_)
      for (auto& [key, x] : *each)
        out.set(key, x);
    for (auto& [key, x] : search_.extra_vars)
      out.set(key, x);
    return out;
  }

  bool exists(const std::string& path) const {
    auto found = search_.machine.files().status(path, true);
    return found && *found;
  }

  /// Where `name` is; the same search as the modules make.
  std::optional<plan_source> find(const std::string& name,
                                  std::string_view kind,
                                  std::vector<std::string>& tried) const {
    auto look = [&](const std::string& path,
                    const std::string& place) -> std::optional<plan_source> {
      tried.push_back(path);
      if (!exists(path))
        return std::nullopt;
      return plan_source{path, normal_place(place)};
    };
    auto& folder = search_.folder;
    std::vector<std::string> bases{included_from_.rbegin(),
                                   included_from_.rend()};
    if (role_)
      bases.insert(bases.end(), role_->search_path.begin(),
                   role_->search_path.end());
    for (auto* below : {"", "/files", "/templates"})
      bases.push_back(folder + below);
    for (auto& base : bases)
      for (auto& path : {joined(joined(base, kind), name), joined(base, name)})
        if (auto found = look(path, path))
          return found;
    for (auto& part : {joined(kind, name), name})
      if (auto found
          = look(joined(search_.working_folder, part), joined(folder, part)))
        return found;
    return std::nullopt;
  }

  void miss(const source_place& place, std::string message) {
    out_.missing.push_back({place, std::move(message)});
  }

  void add(const std::string& name, std::string_view kind,
           const source_place& place, const std::string& who, bool is_template,
           bool optional = false) {
    if (name.front() == '/' || name.front() == '~' || name.front() == '$') {
      out_.warnings.push_back(fmt::format(
        "{}: '{}' is not packed: it is looked for on the host that runs the "
        "plan",
        who, name));
      return;
    }
    auto key = fmt::format("{}\n{}\n{}", kind, name, role_ ? role_->path : "");
    if (!done_.insert(std::move(key)).second)
      return;
    std::vector<std::string> tried;
    auto found = find(name, kind, tried);
    if (!found) {
      auto what = fmt::format("'{}' was not found; looked for {}", name,
                              said_once(tried));
      if (optional)
        return;
      out_.absent.push_back({place, what});
      miss(place, fmt::format("{}: {}", who, what));
      return;
    }
    add_source_tree(out_, search_.machine, found->path, found->place, who);
    if (kind == "tasks")
      look_into_file(found->path, place, who);
    if (!is_template)
      return;
    if (auto text = search_.machine.files().read(found->path, longest_source))
      look_at_text(*text, fmt::format("{}, {}", who, found->path), place);
  }

  /// Tasks that are included; what they take may lie beside their file.
  void look_into_file(const std::string& path, const source_place& place,
                      const std::string& who) {
    auto text = search_.machine.files().read(path, longest_source);
    if (!text)
      return miss(place, fmt::format("{}: {}", who, text.why().message));
    plan_limits limits;
    // Nothing is done with it yet: whether it can be opened, the run says.
    auto opener = value_opener(nullptr);
    limits.vault = &opener;
    auto document = parse_plan(*text, path, limits);
    if (!document)
      return miss(place, fmt::format("{}: {}", who, document.why().message));
    size_t number = 0;
    // What a playbook may write there only its own reader knows, when it runs.
    problems untold;
    input_file file{std::make_shared<const std::string>(path),
                    plan_.playbook ? untold : out_.missing};
    auto nodes = read_nodes(*document, file, number);
    included_from_.push_back(path.substr(0, path.rfind('/')));
    look_into(nodes);
    included_from_.pop_back();
  }

  void look_at(const value& x, const std::string& who,
               const source_place& place) {
    if (x.is_text() && has_template(x))
      look_at_text(x.as_string(), who, place_of(x, place));
    if (x.is_list())
      for (auto& each : x.as_list())
        look_at(each, who, place);
    if (x.is_dict())
      for (auto& [key, each] : x.as_dict())
        look_at(each, who, place);
  }

  void look_at_condition(const value& x, const std::string& who,
                         const source_place& place) {
    if (x.is_text())
      look_at_text("{{" + x.as_string() + "}}", who, place_of(x, place));
    if (x.is_list())
      for (auto& each : x.as_list())
        look_at_condition(each, who, place);
  }

  void look_at_text(std::string_view text, const std::string& who,
                    const source_place& place) {
    for (auto& each : references_in(text))
      if (!each.name.empty() && !has_template(std::string_view{each.name}))
        add(each.name, each.kind, place, who, each.kind == "templates",
            each.optional);
  }

  const plan& plan_;
  const source_search& search_;
  plan_sources out_;
  // For `src: "{{ dir }}/{{ item }}"`: what is known before the run.
  std::vector<const dict*> names_;
  // Folders of the files whose tasks are being looked at, outermost first.
  std::vector<std::string> included_from_;
  // The role whose tasks are being looked at; null: none.
  const role_frame* role_ = nullptr;
  // What was looked for already.
  std::set<std::string> done_;
};

} // namespace

plan_sources find_plan_sources(const plan& p, const source_search& search) {
  return collector{p, search}.run();
}

} // namespace troupe
