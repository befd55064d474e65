#include "config/inventory/inventory_data.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/collection_playbooks.hpp"
#include "config/playbook/foreseen_hosts.hpp"
#include "config/playbook/inventory_hosts.hpp"
#include "config/playbook/merged_names.hpp"
#include "config/playbook/play_parts.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/playbook/role_files.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

bool is_playbook(const value& document) {
  if (!document.is_list())
    return false;
  for (auto& each : document.as_list())
    if (each.is_dict())
      for (auto& [key, x] : each.as_dict()) {
        auto name = key.text_or("");
        if (name == "hosts" || name == "import_playbook"
            || name == "ansible.builtin.import_playbook")
          return true;
      }
  return false;
}

namespace {

/// The items of a list, or the only one that stands for one.
list several(const value& x) {
  if (x.is_list())
    return x.as_list();
  list out;
  out.push_back(x);
  return out;
}

/// Why nobody knows what a play is for, in one line, as its place is told in
/// front. A name without a value is for whoever starts the run to give.
error unknown_hosts(const error& why) {
  auto out = "'hosts': " + why.message.substr(0, why.message.find('\n'));
  if (auto& name = why.undefined(); !name.empty())
    out += fmt::format("; -e {}=... gives it a value", name);
  return {why.code, std::move(out), why.detail};
}

} // namespace

result<std::vector<std::string>> patterns_in(const value& hosts,
                                             const playbook_setting& with,
                                             const dict& known) {
  auto names = known;
  for (auto& [key, x] : with.extra_vars)
    names.set(key, x);
  // A playbook that is only looked at starts no programs: where hosts rest on
  // more than names, the play asks for them when it begins.
  return patterns_in(hosts, *with.templates, std::move(names),
                     {.here = with.many});
}

result<std::vector<std::string>> patterns_in(const value& hosts,
                                             const language& templates,
                                             dict names,
                                             const evaluation_terms& terms) {
  std::vector<std::string> out;
  dict_variables seen{std::move(names)};
  for (auto& given : several(hosts)) {
    auto got = templates.evaluate(given, seen, terms);
    if (!got)
      return unknown_hosts(got.why());
    for (auto& each : several(*got)) {
      if (each.is_null() || each.text_or("x").empty())
        return error{errc::invalid_plan, "one of the hosts of the play is an "
                                         "empty text"};
      if (!each.is_text())
        return error{errc::invalid_plan,
                     fmt::format("'hosts': expected a pattern or a list of "
                                 "patterns, found {}",
                                 excerpt_of(each))};
      out.push_back(to_display(each));
    }
  }
  return out;
}

namespace {

/// What several say of the same keyword, the outer ones first.
value joined(const value* outer, const value* inner) {
  list all;
  for (auto* each : {outer, inner})
    if (each)
      for (auto& x : several(*each))
        all.push_back(x);
  return all;
}

/// What is around the plays of an import that itself has something around it:
/// conditions and tags of both, and the outer variables over its own, as
/// Ansible has it; of all else what is said nearer to the plays.
value around_both(const value& outer, const value& entry) {
  if (!outer.is_dict())
    return entry;
  auto all = outer.as_dict();
  for (auto& [key, x] : entry.as_dict())
    all.set(key, x);
  for (const char* key : {"when", "tags"})
    if (outer.find(key) && entry.find(key))
      all.set(key, joined(outer.find(key), entry.find(key)));
  auto* vars = outer.find("vars");
  auto* own = entry.find("vars");
  if (vars && vars->is_dict() && own && own->is_dict()) {
    auto both = own->as_dict();
    for (auto& [key, x] : vars->as_dict())
      both.set(key, x);
    all.set("vars", std::move(both));
  }
  return all;
}

/// Reads plays, one file after another, into one plan.
class playbook_reader {
public:
  playbook_reader(plan& to, const playbook_setting& with, problems& out)
      : to_{to}, with_{with}, out_{out}, reader_{with},
        ansible_{with.ansible ? with.ansible
                              : ansible_settings::of(*with.machine)},
        bases_{collection_bases(folder_of(to.source), *ansible_)},
        collection_{collection_around(to.source, bases_, *with.machine)} {
  }

  void read(const value& document, const std::string& path,
            const std::string& shown, const value& around, unsigned depth) {
    input_file file{std::make_shared<const std::string>(shown), out_};
    bool empty = document.is_null()
                 || (document.is_list() && document.as_list().empty());
    if (empty)
      return file.refuse(document, "there is nothing in it: expected a list of "
                                   "plays");
    if (!document.is_list())
      return file.refuse(document, "expected a list of plays");
    for (auto& each : document.as_list()) {
      if (!each.is_dict()) {
        file.refuse(each, expected("a play", each).message);
        continue;
      }
      auto* other = each.find("import_playbook");
      other = other ? other : each.find("ansible.builtin.import_playbook");
      if (other)
        import(*other, around_both(around, each), path, file, depth);
      else
        add(each, path, file, around);
    }
  }

private:
  void add(const value& entry, const std::string& path, input_file& file,
           const value& around) {
    play_request request{entry, folder_of(path), to_.plays.size(), around,
                         to_,   collection_};
    to_.plays.push_back(read_playbook_play(request, with_, file, out_));
  }

  void import(const value& name, const value& entry, const std::string& path,
              input_file& file, unsigned depth) {
    if (depth >= 100)
      return file.refuse(name, "playbooks import each other more than 100 "
                               "levels deep");
    dict names;
    if (auto* vars = entry.find("vars"); vars && vars->is_dict())
      names = vars->as_dict();
    for (auto& [key, x] : with_.extra_vars)
      names.set(key, x);
    auto text
      = with_.templates->evaluate(name, dict_variables{std::move(names)});
    if (!text || !text->is_text())
      return file.refuse(name, text ? expected("a file", *text).message
                                    : text.why().message);
    auto other = file_of(text->as_string(), path);
    if (other.starts_with("./"))
      other.erase(0, 2);
    if (std::find(way_.begin(), way_.end(), other) != way_.end())
      return file.refuse(name, fmt::format("{} imports itself", other));
    auto document = reader_.read(other);
    if (!document)
      return file.refuse(name, not_imported(document.why(), *text, other));
    to_.files.push_back(other);
    way_.push_back(other);
    read(*document, other, other, entry, depth + 1);
    way_.pop_back();
  }

  /// Why what an import names could not be read.
  std::string not_imported(const error& why, const value& said,
                           const std::string& file) {
    auto& machine = *with_.machine;
    auto there = machine.files().status(file, true);
    return !there || *there ? why.message
                            : why.message
                                + words_for_collection_playbook(
                                  said.as_string(), bases_, machine);
  }

  /// What an import means, by the name of a collection's playbook or of a file
  /// beside the playbook at `path`. From there on the collection that it is in
  /// counts for all plays, those behind the import, too: Ansible has one at a
  /// time.
  std::string file_of(const std::string& said, const std::string& path) {
    auto& machine = *with_.machine;
    if (auto found = find_collection_playbook(said, bases_, machine)) {
      collection_ = found->collection;
      auto real = machine.files().real_path(found->path);
      return real ? *real : found->path;
    }
    auto out = said.starts_with('/') ? said : folder_of(path) + "/" + said;
    auto folder = machine.files().real_path(folder_of(out));
    auto own = folder ? collection_around(*folder + "/x", bases_, machine) : "";
    if (!own.empty())
      collection_ = own;
    return out;
  }

  plan& to_;
  const playbook_setting& with_;
  problems& out_;
  role_reader reader_;
  std::shared_ptr<const ansible_settings> ansible_;
  // Where collections are.
  std::vector<std::string> bases_;
  // In which the playbook is that was read last of those that are in one.
  std::string collection_;
  // The playbooks that lead to the one that is read.
  std::vector<std::string> way_;
};

/// Whether plays for a host that nobody has said to be this one may run here:
/// it has its name, or is reached without leaving it.
bool is_here(const std::string& name, const value& plays,
             const playbook_setting& with, const std::string& folder) {
  auto local = [](const value* x) { return x && x->text_or("") == "local"; };
  if (with.local || local(with.extra_vars.find("ansible_connection")))
    return true;
  bool here = is_local_name(name);
  auto layers = with.hosts->names_of(name, folder);
  // Why its variables cannot be read is told with them.
  if (!layers)
    return true;
  for (auto& each : *layers) {
    auto* connection = each.find("ansible_connection");
    auto* address = each.find("ansible_host");
    if (connection)
      here = local(connection);
    // It is another one that is forwarded to.
    else if (each.find("ansible_port") || each.find("ansible_ssh_port"))
      here = false;
    else if (address && is_local_name(address->text_or("")))
      here = true;
  }
  // Or all plays say so.
  return here
         || std::all_of(plays.as_list().begin(), plays.as_list().end(),
                        [&](auto& each) {
                          return each.find("hosts") == nullptr
                                 || local(each.find("connection"));
                        });
}

/// What speaks against running here as this host.
std::string refusal_of(const std::string& name, const value& plays,
                       const playbook_setting& with,
                       const std::string& folder) {
  if (is_here(name, plays, with, folder))
    return {};
  return fmt::format("the plays are for '{}', which is another host as far as "
                     "the inventory says, and they would run on this one: if "
                     "it is this one, say so with --host {} or "
                     "ansible_connection=local",
                     name, name);
}

/// What group_vars and host_vars beside a playbook say of a host that no
/// inventory names.
result<std::vector<dict>> names_beside(const std::string& name,
                                       const std::string& folder,
                                       const playbook_setting& with) {
  inventory_options how;
  how.secrets = with.passwords;
  auto alone = inventory::load(with.machine, {}, std::move(how));
  if (!alone)
    return alone.why();
  inventory_hosts hosts{std::move(*alone), {}, {}};
  if (!is_local_name(name))
    if (auto added = hosts.add_host(name, {}); !added)
      return added.why();
  return hosts.names_of(name, folder);
}

/// The host that this run is: the one that plays, when it is one.
void choose_host(const value& document, const playbook_setting& with, plan& to,
                 problems& out) {
  to.host = with.host_name.empty() ? "localhost" : with.host_name;
  if (!with.host_name.empty() && with.hosts) {
    auto known = with.hosts->chosen({with.host_name});
    if (known && known->empty())
      out.push_back(
        {{}, fmt::format("the inventory has no host '{}'", with.host_name)});
  }
  if (!with.host_name.empty() || with.alone || !with.hosts)
    return;
  std::vector<std::string> all;
  if (document.is_list())
    for (auto& each : document.as_list()) {
      auto* hosts = each.find("hosts");
      if (!hosts)
        continue;
      // What rests on names of the play is looked at with it.
      auto patterns = patterns_in(*hosts, with, {});
      auto got = patterns ? with.hosts->chosen(*patterns)
                          : result<std::vector<std::string>>{patterns.why()};
      if (!got)
        continue;
      for (auto& name : *got)
        if (std::find(all.begin(), all.end(), name) == all.end())
          all.push_back(name);
    }
  if (all.empty())
    if (auto got = with.hosts->chosen({"all"}))
      all = *got;
  std::erase_if(
    all, [&](auto& name) { return name == "localhost" && all.size() > 1; });
  if (with.many)
    to.host = all.size() == 1 ? all.front() : "localhost";
  else if (all.size() > 1)
    out.push_back({{},
                   fmt::format("the plays are about several hosts ({}): choose "
                               "one with --host, several at once are not "
                               "supported yet",
                               fmt::join(all, ", "))});
  else if (!all.empty()) {
    to.host = all.front();
    if (auto why = refusal_of(to.host, document, with, folder_of(to.source));
        !why.empty())
      out.push_back({{}, std::move(why)});
  }
}

/// Says which plays have nobody to play them, and that an inventory is missing
/// where that may be why.
void warn_of_elsewhere(plan& p, const playbook_setting& with) {
  auto others = std::count_if(p.plays.begin(), p.plays.end(),
                              [](auto& each) { return each.elsewhere; });
  if (others == 0)
    return;
  if (with.many) {
    auto* all = p.all_groups.find("all");
    if (all && all->is_list() && all->as_list().empty())
      p.warnings.push_back("the inventory (-i) names no host: 'all' is nobody "
                           "then, and localhost plays only where a play says "
                           "so");
  } else if (static_cast<size_t>(others) == p.plays.size()) {
    p.warnings.push_back(fmt::format(
      "no play is for this host, '{}': there is nothing to do{}", p.host,
      with.hosts ? "" : "; -i names the inventory that has their hosts"));
  } else if (!with.hosts && with.host_name.empty()) {
    p.warnings.push_back(fmt::format(
      "no inventory was given: 'all' is this host alone, and {} of {} plays {} "
      "for other hosts; -i names the inventory that has them",
      others, p.plays.size(), others == 1 ? "is" : "are"));
  }
}

/// Where collections have their modules.
void add_collections(std::vector<std::string>& to, const std::string& folder,
                     const playbook_setting& with) {
  constexpr auto below = "/ansible_collections";
  to.push_back(folder + "/collections" + below);
  if (with.ansible)
    for (auto& each : with.ansible->texts("COLLECTIONS_PATHS"))
      to.push_back(each + below);
}

} // namespace

plan read_playbook(const value& document, const std::string& source,
                   const std::string& shown_as, const playbook_setting& with,
                   problems& out) {
  plan p;
  p.source = source;
  p.shown_as = shown_as.empty() ? source : shown_as;
  p.shape = "playbook";
  p.playbook = true;
  p.name = p.shown_as;
  p.module_folders = with.module_folders;
  add_collections(p.module_folders, folder_of(source), with);
  choose_host(document, with, p, out);
  if (with.hosts)
    p.all_groups = with.hosts->groups();
  for (auto& [name, members] : p.all_groups)
    if (members.is_list()
        && std::find(members.as_list().begin(), members.as_list().end(),
                     value{p.host})
             != members.as_list().end())
      p.groups.emplace_back(name.text_or(""));
  dict vars{{"ansible_host", p.host}};
  auto layers = with.hosts ? with.hosts->names_of(p.host, folder_of(source))
                           : names_beside(p.host, folder_of(source), with);
  if (!layers)
    out.push_back({{}, layers.why().message});
  else
    for (auto& each : *layers)
      put_names(vars, each, with.ansible && with.ansible->merges());
  p.vars = std::make_shared<const dict>(std::move(vars));
  playbook_reader{p, with, out}.read(document, source, p.shown_as, with.around,
                                     0);
  qualify_ids(p);
  check_files_of_hosts(p, with, out);
  warn_of_unmatched(p, with);
  warn_of_elsewhere(p, with);
  return p;
}

} // namespace troupe
