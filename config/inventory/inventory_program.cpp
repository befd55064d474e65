#include "config/inventory/inventory_program.hpp"

#include "config/language/python/json_emit.hpp"
#include "config/plan/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

error bad(const std::string& path, std::string_view what) {
  return {errc::invalid_argument, fmt::format("{}: {}", path, what)};
}

/// What the last line says that is not empty, for people.
std::string_view last_line(std::string_view text) {
  text = trimmed(text);
  return text.substr(text.rfind('\n') + 1);
}

class program_reader {
public:
  program_reader(host& machine, std::string path, const program_terms& terms,
                 inventory_data& to)
      : machine_{machine}, path_{std::move(path)}, terms_{terms}, to_{to} {
  }

  result<bool> run() {
    auto listed = call({"--list"});
    if (!listed)
      return listed.why();
    if (!*listed)
      return false;
    if (!(*listed)->is_dict())
      return bad(path_, fmt::format("--list printed {}, expected an object of "
                                    "groups",
                                    excerpt_of(**listed)));
    for (auto& [name, content] : (*listed)->as_dict())
      if (name.text_or("") != "_meta")
        if (auto taken = take_group(name, content); !taken)
          return taken.why();
    auto* meta = (*listed)->find("_meta");
    auto* vars = meta ? meta->find("hostvars") : nullptr;
    if (auto taken = vars ? take_all_vars(*vars) : ask_all_vars(); !taken)
      return taken.why();
    return true;
  }

private:
  host& machine_;
  std::string path_;
  const program_terms& terms_;
  inventory_data& to_;
  std::set<size_t> hosts_;

  /// What the program printed; nothing when the system cannot run it.
  result<std::optional<value>> call(const std::vector<std::string>& options) {
    process_spec spec;
    spec.argv = {path_};
    spec.argv.insert(spec.argv.end(), options.begin(), options.end());
    spec.deadline = terms_.deadline;
    spec.stop = terms_.stop;
    spec.keep_head = most_program_output;
    spec.keep_tail = 0;
    spec.end_when_full = true;
    auto ran = machine_.processes().run(spec);
    if (!ran)
      return std::optional<value>{};
    auto what = fmt::format("{} {}", path_, fmt::join(options, " "));
    if (ran->cancelled)
      return error{errc::cancelled, what + ": stopped"};
    if (ran->timed_out)
      return error{errc::timeout, what + ": took too long and was ended"};
    if (ran->out.dropped > 0 || ran->err.dropped > 0)
      return error{errc::exhausted,
                   fmt::format("{}: printed more than {} bytes", what,
                               most_program_output)};
    if (ran->rc != 0)
      return error{errc::command_failed,
                   fmt::format("{}: failed with {}: {}", what, ran->rc,
                               last_line(ran->err.bytes))};
    // Python's programs that know nothing of a host print nothing.
    if (trimmed(ran->out.bytes).empty() && options.size() > 1)
      return std::optional<value>{value{dict{}}};
    auto document = read_python_json(ran->out.bytes);
    if (!document)
      return error{errc::syntax, fmt::format("{}: expected JSON: {}", what,
                                             document.why().message)};
    return std::optional{std::move(*document)};
  }

  result<void> take_group(const value& name, const value& content) {
    auto group = to_.add_group(name.text_or(""));
    if (!group)
      return bad(path_, group.why().message);
    // The oldest form: only hosts, or only variables of one host.
    if (!content.is_dict())
      return take_hosts(*group, content);
    auto has = [&](const char* key) { return content.find(key) != nullptr; };
    if (!has("hosts") && !has("vars") && !has("children")) {
      auto alone = take_hosts(*group, value{list{name}});
      return alone ? take_group_vars(*group, content) : alone;
    }
    auto taken = has("hosts") ? take_hosts(*group, *content.find("hosts"))
                              : result<void>{};
    if (taken && has("vars"))
      taken = take_group_vars(*group, *content.find("vars"));
    if (taken && has("children"))
      taken = take_children(*group, *content.find("children"));
    return taken;
  }

  error wrong(size_t group, const char* what, const value& found) const {
    return bad(path_,
               fmt::format("the group '{}': expected {}, found {}",
                           to_.groups()[group].name, what, excerpt_of(found)));
  }

  result<void> take_hosts(size_t group, const value& names) {
    if (!names.is_list())
      return wrong(group, "a list of hosts", names);
    for (auto& name : names.as_list()) {
      if (!name.is_text())
        return wrong(group, "names of hosts", name);
      auto host = to_.add_host(name.as_string());
      if (!host)
        return bad(path_, host.why().message);
      to_.put_into(*host, group);
      hosts_.insert(*host);
    }
    return {};
  }

  result<void> take_group_vars(size_t group, const value& vars) {
    if (!vars.is_dict())
      return wrong(group, "an object of variables", vars);
    for (auto& [key, x] : vars.as_dict())
      if (auto set = to_.set_group_var(group, key, x); !set)
        return bad(path_, set.why().message);
    return {};
  }

  result<void> take_children(size_t group, const value& names) {
    if (!names.is_list())
      return wrong(group, "a list of groups as children", names);
    for (auto& name : names.as_list()) {
      auto child = to_.add_group(name.text_or(""));
      if (!child)
        return bad(path_, child.why().message);
      if (auto put = to_.put_below(group, *child); !put)
        return bad(path_, put.why().message);
    }
    return {};
  }

  result<void> take_host_vars(size_t host, const value& vars) {
    if (!vars.is_dict())
      return bad(path_, fmt::format("the host '{}': expected an object of "
                                    "variables, found {}",
                                    to_.hosts()[host].name, excerpt_of(vars)));
    for (auto& [key, x] : vars.as_dict())
      if (auto set = to_.set_host_var(host, key, x); !set)
        return bad(path_, set.why().message);
    return {};
  }

  result<void> take_all_vars(const value& vars) {
    if (!vars.is_dict())
      return bad(path_, "_meta: expected an object of hosts in 'hostvars'");
    for (auto host : hosts_)
      if (auto* own = vars.find(to_.hosts()[host].name))
        if (auto taken = take_host_vars(host, *own); !taken)
          return taken;
    return {};
  }

  /// A program without `_meta` is asked for each host.
  result<void> ask_all_vars() {
    if (hosts_.size() > most_program_calls)
      return error{errc::exhausted,
                   fmt::format("{}: would be started once for each of more "
                               "than {} hosts: let --list print their "
                               "variables as _meta",
                               path_, most_program_calls)};
    for (auto host : hosts_) {
      auto own = call({"--host", to_.hosts()[host].name});
      if (!own)
        return own.why();
      if (auto taken = take_host_vars(host, own->value_or(dict{})); !taken)
        return taken;
    }
    return {};
  }
};

} // namespace

result<bool> read_program_inventory(host& machine, const std::string& path,
                                    const program_terms& terms,
                                    inventory_data& to) {
  return program_reader{machine, path, terms, to}.run();
}

} // namespace troupe
