#include "actors/lint/name_table.hpp"

#include "config/language/syntax/compared_name.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/source_line.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class name_finder {
public:
  explicit name_finder(const lint_plan& p) : plan_{p} {
  }

  name_table run() {
    add_outer();
    for (auto& each : plan_.holders)
      look_at(each);
    for (auto& each : plan_.tasks)
      look_at(each);
    for (auto& [place, path] : plan_.sources.files)
      look_at_other(path);
    out_.unknown.insert(plan_.unknown.begin(), plan_.unknown.end());
    return std::move(out_);
  }

private:
  const lint_plan& plan_;
  name_table out_;
  const lint_task* task_ = nullptr;
  // A file has its own text; 0: a text of the plan.
  source_name file_;

  void make(std::string_view name, size_t number, source_place place = {}) {
    auto [known, added] = out_.made.try_emplace(
      std::string{name}, found_maker{number, std::move(place)});
    if (!added && number < known->second.number)
      known->second.number = number;
  }

  void make_all(const dict& names) {
    for (auto& [key, x] : names)
      if (key.is_text())
        make(key.as_string(), 0);
  }

  /// What is there before the plan begins.
  void add_outer() {
    auto& ctx = plan_.ctx;
    make_all(*ctx.extra_vars);
    make_all(*ctx.magic_vars);
    for (auto* each : {"hostvars", "vars", "ansible_facts"})
      make(each, 0);
    for (auto& each : ctx.what->custom_facts)
      make(each.name, 0);
    // Those of a playbook are its inventory's.
    if (ctx.what->vars && !ctx.what->playbook) {
      make_all(*ctx.what->vars);
      texts(value{*ctx.what->vars},
            {std::make_shared<const std::string>(ctx.what->shown_as), {}});
    }
    for (auto& each : ctx.what->plays)
      if (each.defaults)
        make_all(*each.defaults);
    for (auto& each : plan_.roles)
      for (auto& names : {each->defaults, each->params})
        if (names)
          make_all(*names);
    add_inventory();
  }

  /// Variables of all hosts and groups: which host it is that runs the plan
  /// may not be known here.
  void add_inventory() {
    auto document = parse_plan(plan_.text, plan_.ctx.what->source,
                               limits_of(plan_.ctx.options));
    auto* inventory = document ? document->find("inventory") : nullptr;
    if (!inventory)
      return;
    for_each_value(*inventory, [&](const value& x) {
      for (auto* name : {"variables", "vars"})
        if (auto* names = x.find(name); names && names->is_dict())
          make_all(names->as_dict());
    });
  }

  void look_at(const lint_holder& x) {
    task_ = nullptr;
    look_at(*x.said, *x.conditions, x.place);
  }

  void look_at(const keywords& said, const std::vector<condition>& conditions,
               const source_place& place) {
    for (auto& each : conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        expressions(when->expression, each.place);
      else if (auto* on = std::get_if<variable_condition>(&each.what))
        compare(*on, each.place);
    for (auto& each : said) {
      if (each.is("vars"))
        make_all(each.x.as_dict());
      if (each.row().type == keyword_type::condition)
        expressions(each.x, place);
      else
        texts(each.x, place);
    }
  }

  void compare(const variable_condition& x, const source_place& place) {
    name_use use{x.variable.substr(0, x.variable.find('.')), 0, 0, false,
                 false};
    use.asked = x.op == comparison::exists || x.op == comparison::not_exists;
    add(use, {place, {}});
  }

  void look_at(const lint_task& t) {
    task_ = &t;
    auto& what = *t.what;
    look_at(what.said, what.conditions, what.place);
    auto& loop = what.control;
    if (!what.loop.is_null())
      for (auto& name : {loop.loop_var, loop.index_var})
        if (!name.empty())
          out_.of_loops[name] |= t.is("include_tasks");
    texts(what.loop, what.place);
    texts(loop.label, what.place);
    for (auto* x : {&what.until, &what.failed_when, &what.changed_when})
      expressions(*x, what.place);
    if (!what.register_.empty()) {
      make(what.register_, t.number, what.place);
      out_.registered[what.register_].push_back(&t);
    }
    look_at_arguments(t);
    if (!t.spec)
      custom(t);
    else if (t.is("set_fact"))
      set_fact(t);
    else if (t.is("include_vars"))
      include_vars(t);
    else if (t.is("template"))
      look_at_template(t);
    task_ = nullptr;
  }

  void look_at_arguments(const lint_task& t) {
    if (!t.what->args)
      return;
    for (auto& [key, x] : *t.what->args) {
      bool condition = false;
      if (t.spec)
        for (auto& each : t.spec->arguments)
          condition = condition || (each.conditions && key == value{each.name});
      if (condition)
        expressions(x, t.what->place);
      else if (t.is("debug") && key == value{"var"} && x.is_text())
        look_in(x, text_kind::expression, t.what->place);
      else
        texts(x, t.what->place);
      texts(key, t.what->place);
    }
  }

  /// What a custom module returns as facts is known to nobody else.
  void custom(const lint_task& t) {
    for (auto* ending : {"", ".py", ".sh", ".pl", ".rb"})
      for (auto* folder : {"library/", "modules/"}) {
        auto path = plan_.path_of(folder + t.what->module + ending);
        if (plan_.read(path).find("ansible_facts") != std::string::npos)
          out_.unknown.try_emplace(
            fmt::format("the facts of the module '{}'", t.what->module),
            t.what->place);
      }
  }

  void set_fact(const lint_task& t) {
    auto add = [&](const dict& names) {
      for (auto& [key, x] : names)
        if (has_template(key))
          out_.unknown.try_emplace("what 'set_fact' sets by a template",
                                   part_of(t.what->place, key.place()));
        else if (key.is_text())
          make(key.as_string(), t.number, t.what->place);
    };
    add(t.args);
  }

  void include_vars(const lint_task& t) {
    auto* name = t.argument("name");
    if (name && name->is_text() && !has_template(*name))
      return make(name->as_string(), t.number, t.what->place);
    auto* given = t.argument("file");
    if (!given)
      given = t.argument("_raw_params");
    auto path = given && given->is_text() && !has_template(*given)
                  ? plan_.path_of(given->as_string())
                  : std::string{};
    auto document = parse_plan(plan_.read(path), path);
    if (path.empty() || !document || !document->is_dict()) {
      out_.unknown.try_emplace("the variables of a file", t.what->place);
      return;
    }
    make_all(document->as_dict());
    texts(*document,
          {std::make_shared<const std::string>(plan_.shown(path)), {}});
  }

  void look_at_template(const lint_task& t) {
    auto* src = t.argument("src");
    if (!src || !src->is_text() || has_template(*src)
        || plan_.path_of(src->as_string()).empty()) {
      // One that is on the host, or whose name is known only then.
      out_.reads_any = true;
      return;
    }
    for (auto& [key, x] : t.args)
      // Delimiters of its own.
      if (key.text_or("").ends_with("_string"))
        return;
    std::set<std::string> done;
    look_at_file(plan_.path_of(src->as_string()), done);
  }

  void look_at_file(const std::string& path, std::set<std::string>& done) {
    if (path.empty() || !done.insert(path).second)
      return;
    auto content = plan_.read(path);
    file_ = std::make_shared<const std::string>(plan_.shown(path));
    look_in(value{content}, text_kind::file, {file_, {1, 1}});
    file_ = nullptr;
    for (auto& each : references_in(content))
      if (each.kind == "templates")
        look_at_file(plan_.path_of(each.name), done);
  }

  /// A file that some lookup may fill.
  void look_at_other(const std::string& path) {
    auto content = plan_.read(path);
    if (!has_template(std::string_view{content}))
      return;
    auto names = plan_.ctx.templates->names_in(content, text_kind::file);
    if (names)
      for (auto& each : names->read)
        out_.read_elsewhere.insert(each.name);
  }

  void texts(const value& x, const source_place& around) {
    for_each_value(x, [&](const value& each) {
      if (each.is_text() && has_template(each))
        look_in(each, text_kind::plan_text, around);
    });
  }

  void expressions(const value& x, const source_place& around) {
    if (x.is_list())
      for (auto& each : x.as_list())
        expressions(each, around);
    else if (x.is_text())
      look_in(x, text_kind::condition, around);
  }

  void look_in(const value& x, text_kind kind, const source_place& around) {
    auto names = plan_.ctx.templates->names_in(x.as_string(), kind);
    if (!names)
      return;
    out_.reads_any = out_.reads_any || names->any;
    if (file_)
      out_.made_by_templates.insert(names->made.begin(), names->made.end());
    for (auto& each : names->read) {
      add(each, where(each, x, around));
      out_.uses.back().quotes
        = quotes_for(each.name, line_at(x.as_string(), each.line), each.column);
    }
  }

  /// The place of a use: in a template file its own, in a value's text the
  /// value with what stands there.
  problem where(const name_use& use, const value& x,
                const source_place& around) const {
    if (file_)
      return {{file_, {use.line, use.column}}, {}};
    auto part = std::make_shared<error_detail>();
    part->line = use.line;
    part->column = use.column;
    part->text = std::string{line_at(x.as_string(), use.line)};
    return {place_of(x, around), {}, std::move(part)};
  }

  void add(const name_use& use, problem place) {
    if (use.asked)
      out_.asked.insert(use.name);
    out_.uses.push_back({use, std::move(place), task_, file_ != nullptr});
  }
};

} // namespace

name_table find_names(const lint_plan& p) {
  auto out = name_finder{p}.run();
  add_outer_variables(p, out);
  return out;
}

} // namespace troupe
