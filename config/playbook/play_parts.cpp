#include "config/playbook/play_parts.hpp"

#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/mistyped_play.hpp"
#include "config/plan/plan_text.hpp"
#include "config/plan/policy_reader.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/merged_names.hpp"
#include "config/playbook/play_pace.hpp"
#include "config/playbook/role_expander.hpp"
#include "config/playbook/var_prompts.hpp"
#include "config/value/variables.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

/// What a play has that blocks and tasks have not, and that is read here.
constexpr std::array own_names{"roles",      "pre_tasks",   "post_tasks",
                               "vars_files", "vars_prompt", "gather_subset",
                               "fact_path",  "order",       "gather_timeout",
                               "serial",     "strategy"};

/// What the settings say around all plays; null: nothing.
value usual_keywords(const ansible_settings& from) {
  dict out;
  for (auto [setting, keyword] :
       {std::pair{"ANY_ERRORS_FATAL", "any_errors_fatal"},
        std::pair{"DEFAULT_NO_LOG", "no_log"}, std::pair{"DIFF_ALWAYS", "diff"},
        std::pair{"DEFAULT_BECOME", "become"}})
    if (from.flag(setting))
      out.set(std::string_view{keyword}, true);
  for (auto [setting, keyword] :
       {std::pair{"DEFAULT_BECOME_USER", "become_user"},
        std::pair{"DEFAULT_BECOME_METHOD", "become_method"},
        std::pair{"DEFAULT_BECOME_EXE", "become_exe"},
        std::pair{"DEFAULT_BECOME_FLAGS", "become_flags"},
        std::pair{"TASK_TIMEOUT", "timeout"}})
    if (from.said(setting))
      out.set(std::string_view{keyword},
              *from.all()->find(std::string_view{setting}));
  return out.empty() ? value{} : value{std::move(out)};
}

/// What the settings say of collecting facts.
dict usual_gathering(const ansible_settings& from) {
  dict out;
  for (auto [setting, argument] :
       {std::pair{"DEFAULT_GATHER_SUBSET", "gather_subset"},
        std::pair{"DEFAULT_GATHER_TIMEOUT", "gather_timeout"},
        std::pair{"DEFAULT_FACT_PATH", "fact_path"}})
    if (from.said(setting))
      out.set(std::string_view{argument},
              *from.all()->find(std::string_view{setting}));
  return out;
}

/// Whether these are patterns, or templates of such.
bool names_hosts(const value& x) {
  auto is_pattern = [](const value& each) {
    return each.is_text() && !trimmed(each.as_string()).empty();
  };
  // What it should be instead is told where it is read.
  if (x.is_dict())
    return true;
  if (!x.is_list())
    return is_pattern(x);
  auto& all = x.as_list().items;
  return !all.empty() && std::all_of(all.begin(), all.end(), is_pattern);
}

class play_builder {
public:
  play_builder(const play_request& what, const playbook_setting& with,
               input_file& file, problems& out)
      : what_{what}, with_{with}, file_{file}, out_{out},
        own_{without(what.entry, {"vars"})}, in_{own_, file} {
  }

  play build() {
    p_.place = p_.body.place = in_.place();
    p_.id = p_.body.id = fmt::format("play-{}", what_.number + 1);
    if (!take_keywords())
      return std::move(p_);
    read_pace(in_, p_, with_, out_);
    choose_hosts();
    if (what_.to.vars)
      known_ = *what_.to.vars;
    put(known_, what_.to.vars ? *what_.to.vars : dict{});
    take_vars();
    refuse_unknown_hosts();
    add_facts();
    add_body();
    return std::move(p_);
  }

private:
  void put(dict& to, const dict& from) const {
    put_names(to, from, with_.ansible && with_.ansible->merges());
  }

  /// False: it is no play.
  bool take_keywords() {
    std::vector<std::string> unknown;
    p_.said = read_keywords(in_, in_play, unknown);
    if (is_task(unknown)) {
      if (refuse_mistyped_play(what_.entry, file_))
        return false;
      file_.refuse(what_.entry,
                   "this is no play, as it has no hosts: tasks stand under "
                   "'tasks' of a play, into which 'import_tasks' and "
                   "'include_tasks' bring those of a file");
      return false;
    }
    for (auto& name : unknown)
      if (std::find(own_names.begin(), own_names.end(), name)
          == own_names.end())
        refuse_unknown_keyword(in_, in_play, name,
                               {own_names.begin(), own_names.end()});
    p_.conditions = read_conditions(in_);
    p_.on_failure = read_failure_policy(in_);
    p_.force_handlers
      = in_.flag("force_handlers")
          .value_or(with_.force_handlers || says("DEFAULT_FORCE_HANDLERS"));
    take_import();
    take_collection();
    // The weakest of all.
    if (with_.ansible)
      if (auto usual = usual_keywords(*with_.ansible); !usual.is_null())
        say_around(usual);
    return true;
  }

  /// An entry that only says what is done, and not where.
  bool is_task(const std::vector<std::string>& unknown) const {
    auto has = [&](std::string_view name) { return what_.entry.find(name); };
    return !unknown.empty() && !has("hosts") && !has("tasks") && !has("roles");
  }

  void say_around(const value& around) {
    fields outer{around, file_};
    auto said = read_keywords(outer, in_block);
    for (auto& each : p_.said)
      said.say(each);
    p_.said = std::move(said);
  }

  bool says(std::string_view setting) const {
    return with_.ansible && with_.ansible->flag(setting);
  }

  void take_import() {
    if (!what_.around.is_dict())
      return;
    auto folder = with_.machine->files().real_path(what_.folder);
    p_.beside = folder ? *folder : what_.folder;
    // What an import says is said around the play.
    auto around = without(what_.around, {"import_playbook", "name", "vars",
                                         "ansible.builtin.import_playbook"});
    say_around(around);
    fields outer{around, file_};
    for (auto& each : read_conditions(outer))
      p_.conditions.push_back(std::move(each));
    if (auto* vars = what_.around.find("vars"); vars && vars->is_dict())
      import_vars_ = vars->as_dict();
  }

  /// That of its playbook comes before those that it says.
  void take_collection() {
    if (what_.collection.empty())
      return;
    std::vector<std::string> names{what_.collection};
    for (auto& each : p_.said.texts("collections"))
      if (each != what_.collection)
        names.push_back(each);
    any_keyword row{"collections"};
    keywords said;
    for (auto& each : p_.said)
      if (!each.is(row))
        said.say(each);
    said.say(said_collections(names));
    p_.said = std::move(said);
  }

  void choose_hosts() {
    auto* hosts = what_.entry.find("hosts");
    if (!hosts || !names_hosts(*hosts))
      return in_.fail_key("hosts", "'hosts': a play needs the hosts that it "
                                   "is for, such as 'localhost' or 'all'");
    p_.hosts_place = file_.place_of(*hosts);
    dict known;
    if (what_.to.vars)
      known = *what_.to.vars;
    if (auto* vars = what_.entry.find("vars"); vars && vars->is_dict())
      put(known, vars->as_dict());
    put(known, import_vars_);
    // Of many hosts the groups may still change.
    if (!with_.many && with_.hosts && has_template(*hosts)
        && !known.find("groups"))
      known.set("groups", with_.hosts->groups());
    auto patterns = patterns_in(*hosts, with_, known);
    if (!patterns && !with_.many)
      return in_.fail("hosts", patterns.why().message);
    if (patterns) {
      p_.hosts = *patterns;
    } else {
      p_.open_hosts = *hosts;
      why_open_ = patterns.why();
    }
    auto name = shown_name(in_.text("name").value_or(""));
    p_.name = !name.empty() ? name
              : patterns    ? fmt::format("{}", fmt::join(p_.hosts, ","))
                            : to_display(*hosts);
    p_.body.name = p_.name;
    listed_hosts only{with_.alone ? std::vector<std::string>{what_.to.host}
                                  : std::vector<std::string>{}};
    playbook_hosts& all = with_.hosts ? *with_.hosts : only;
    auto chosen
      = all.chosen(patterns ? p_.hosts : std::vector<std::string>{"all"});
    if (!chosen)
      return in_.fail("hosts", chosen.why().message);
    p_.foreseen_hosts = *chosen;
    p_.elsewhere = std::find(chosen->begin(), chosen->end(), what_.to.host)
                   == chosen->end();
  }

  /// With hosts that rest on a name which nobody gives nothing would run where
  /// the play is the first one. Those of later plays are told when these begin.
  void refuse_unknown_hosts() {
    auto& name = why_open_.undefined();
    if (what_.number > 0 || name.empty())
      return;
    // These are known then.
    if (name != "groups" && name != "hostvars" && !known_.find(name))
      in_.fail("hosts", why_open_.message);
  }

  /// A name may be a template of what the play itself says; one that needs more
  /// stays as it is written.
  std::string shown_name(const std::string& name) const {
    if (!has_template(std::string_view{name}))
      return name;
    dict names;
    if (auto* vars = what_.entry.find("vars"); vars && vars->is_dict())
      put(names, vars->as_dict());
    put(names, import_vars_);
    put(names, with_.extra_vars);
    evaluation_terms here;
    here.here = true;
    auto got = with_.templates->evaluate(
      value{name}, dict_variables{std::move(names)}, here);
    return got ? to_display(*got) : name;
  }

  /// `vars`, `vars_prompt`, `vars_files`: each stronger than those before.
  void take_vars() {
    dict own;
    put(own, import_vars_);
    if (auto* vars = what_.entry.find("vars"))
      take_names(*vars, own);
    take_prompts(own);
    put(known_, own);
    take_files(own);
    put(known_, own);
    say_vars_first(p_.said, own);
  }

  /// Names and values, or a list of such.
  void take_names(const value& from, dict& to) {
    if (from.is_list()) {
      for (auto& each : from.as_list())
        take_names(each, to);
    } else if (from.is_dict()) {
      for (auto& [key, x] : from.as_dict())
        if (auto why = wrong_variable_name(to_display(key)); !why.empty())
          file_.refuse(key, "'vars': " + why);
      put(to, from.as_dict());
    } else if (!from.is_null()) {
      file_.refuse(from, fmt::format("'vars': expected names and values, found "
                                     "{}",
                                     excerpt_of(from)));
    }
  }

  void take_prompts(dict& to) {
    auto* all = in_.find("vars_prompt");
    if (!all || !all->is_list())
      return;
    for (auto& each : all->as_list()) {
      auto prompt = read_var_prompt(each);
      if (!prompt)
        file_.refuse(each, prompt.why().message);
      else if (!with_.extra_vars.find(prompt->name))
        take_answer(each, *prompt, to);
    }
  }

  void take_answer(const value& entry, const var_prompt& prompt, dict& to) {
    auto* answer = with_.answers.find(prompt.name);
    auto got = value_of_answer(prompt, answer ? to_display(*answer) : "");
    if (!got)
      return file_.refuse(entry, got.why().message);
    to.set(prompt.name, std::move(*got));
    if (!answer)
      what_.to.warnings.push_back(fmt::format(
        "the value of '{}' is not asked for: nobody is there", prompt.name));
  }

  void take_files(dict& to) {
    auto* all = in_.find("vars_files");
    if (!all)
      return;
    if (all->is_text())
      return take_file(value{list{*all}}, to);
    if (!all->is_list())
      return in_.fail("vars_files", "'vars_files': expected a list of files");
    for (auto& each : all->as_list())
      take_file(each.is_list() ? each : value{list{each}}, to);
  }

  /// The first of `choice` that is there.
  void take_file(const value& choice, dict& to) {
    role_reader reader{with_};
    auto names = known_;
    put(names, to);
    put(names, with_.extra_vars);
    dict_variables seen{std::move(names)};
    std::string tried;
    const value* first = nullptr;
    for (auto& each : choice.as_list()) {
      first = first ? first : &each;
      auto text = with_.templates->evaluate(each, seen);
      if (!text) {
        tried = text.why().message;
        continue;
      }
      auto name = to_display(*text);
      auto path = name.starts_with('/') ? name : what_.folder + "/" + name;
      if (!name.starts_with('/') && !reader.exists(path))
        path = what_.folder + "/vars/" + name;
      if (!reader.exists(path)) {
        tried += fmt::format("{}'{}'", tried.empty() ? "" : ", ", name);
        continue;
      }
      auto got = reader.read_vars(path);
      if (!got)
        return file_.refuse(each, got.why().message);
      found_.files.push_back(path);
      return put(to, *got);
    }
    if (first)
      file_.refuse(*first,
                   fmt::format("'vars_files': there is no file {}", tried));
  }

  void add_facts() {
    auto wanted = in_.flag("gather_facts");
    bool usual = !with_.ansible
                 || with_.ansible->text("DEFAULT_GATHERING") != "explicit";
    if (!wanted.value_or(usual))
      return;
    auto args = with_.ansible ? usual_gathering(*with_.ansible) : dict{};
    for (auto* name : {"gather_subset", "gather_timeout", "fact_path"})
      if (auto* x = in_.find(name))
        args.set(name, *x);
    dict said{{"name", "Gathering Facts"},
              {"ansible.legacy.setup", std::move(args)},
              {"tags", list{value{"always"}}}};
    if (with_.ansible && with_.ansible->text("DEFAULT_GATHERING") == "smart")
      said.set("when",
               fmt::format("not ({} | default(false))", facts_gathered_name));
    value entry{std::move(said)};
    entry.place_at(what_.entry.place());
    p_.body.body.push_back(read_node(entry, file_, found_.number));
  }

  void flush() {
    value entry{
      dict{{"meta", "flush_handlers"}, {"tags", list{value{"always"}}}}};
    entry.place_at(what_.entry.place());
    auto made = read_node(entry, file_, found_.number);
    std::get<task>(made.what).name.clear();
    p_.body.body.push_back(std::move(made));
  }

  void add(std::vector<node> more) {
    std::move(more.begin(), more.end(), std::back_inserter(p_.body.body));
  }

  void add_body() {
    role_expander expander{with_, what_.folder, known_, found_, out_};
    auto name = file_.place_of(what_.entry).file;
    expander.stand_in(name);
    expander.look_first_in(p_.said.texts("collections"));
    auto lists = [&](const char* key) {
      if (auto* x = in_.find(key); x && !x->is_null())
        add(expander.read_list(*x, name, in_task));
    };
    bool before = in_.find("pre_tasks") != nullptr;
    lists("pre_tasks");
    if (before)
      flush();
    auto* given = in_.find("roles");
    if (given && given->is_list())
      for (auto& each : given->as_list())
        expander.add_role(each, file_, p_.body.body);
    else if (given)
      in_.fail("roles", "'roles': expected a list of roles: each begins with "
                        "'- ' in YAML");
    lists("tasks");
    if (in_.find("post_tasks"))
      flush();
    lists("post_tasks");
    std::vector<node> own;
    if (auto* x = in_.find("handlers"); x && !x->is_null())
      own = expander.read_list(*x, name, in_handler);
    p_.handlers = ordered_handlers(found_, std::move(own));
    list roles;
    for (auto& each : found_.names)
      roles.push_back(each);
    found_.defaults.set("ansible_play_name", p_.name);
    list needed;
    auto all = roles;
    for (auto& each : found_.needed_names) {
      needed.push_back(each);
      if (std::find(all.begin(), all.end(), value{each}) == all.end())
        all.push_back(each);
    }
    found_.defaults.set("ansible_play_role_names", roles);
    found_.defaults.set("ansible_dependent_role_names", std::move(needed));
    found_.defaults.set("ansible_role_names", std::move(all));
    found_.defaults.set("role_names", roles);
    p_.defaults = std::make_shared<const dict>(std::move(found_.defaults));
    // Weaker than what blocks and tasks say, stronger than the play itself.
    if (!found_.vars.empty())
      p_.said.say({value{std::move(found_.vars)},
                   static_cast<uint8_t>(keyword_number("vars")), false});
    auto& folders = what_.to.module_folders;
    folders.insert(folders.end(), found_.module_folders.begin(),
                   found_.module_folders.end());
    auto& files = what_.to.files;
    files.insert(files.end(), found_.files.begin(), found_.files.end());
  }

  const play_request& what_;
  const playbook_setting& with_;
  input_file& file_;
  problems& out_;
  // Its variables may be several tables; they are read by themselves.
  value own_;
  fields in_;
  play p_;
  play_findings found_;
  dict known_;
  dict import_vars_;
  // Why nobody knows yet what `open_hosts` come to.
  error why_open_;
};

} // namespace

play read_playbook_play(const play_request& what, const playbook_setting& with,
                        input_file& file, problems& out) {
  return play_builder{what, with, file, out}.build();
}

} // namespace troupe
