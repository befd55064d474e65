#include "config/inventory/host_name.hpp"
#include "config/inventory/inventory_readers.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

class yaml_groups {
public:
  yaml_groups(input_file& file, inventory_data& to,
              std::vector<std::string>& warnings)
      : file_{file}, to_{to}, warnings_{warnings} {
  }

  std::optional<size_t> take_group(const value& name, const value& content) {
    if (!name.is_text()) {
      file_.refuse(name, fmt::format("expected the name of a group, found {}; "
                                     "put it in quotation marks",
                                     excerpt_of(name)));
      return std::nullopt;
    }
    if (!content.is_dict() && !content.is_null()) {
      file_.refuse(content, fmt::format("the group '{}': expected hosts, vars "
                                        "or children, found {}",
                                        name.as_string(), excerpt_of(content)));
      return std::nullopt;
    }
    auto group = to_.add_group(name.as_string());
    if (!group) {
      file_.refuse(name, group.why().message);
      return std::nullopt;
    }
    if (content.is_dict())
      for (auto& [key, x] : content.as_dict())
        take_section(*group, key, x);
    return *group;
  }

private:
  input_file& file_;
  inventory_data& to_;
  std::vector<std::string>& warnings_;

  void take_section(size_t group, const value& key, const value& x) {
    static const std::vector<std::string> known{"hosts", "vars", "children"};
    auto name = key.text_or("");
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      warnings_.push_back(fmt::format(
        "{}: {} of the group '{}' means nothing; a group has hosts, vars and "
        "children{}",
        to_string(file_.place_of(key)), excerpt_of(key),
        to_.groups()[group].name, did_you_mean(name, known)));
      return;
    }
    if (x.is_null())
      return;
    auto alone = x.is_text() ? dict{{x, value{}}} : dict{};
    if (!x.is_text() && !x.is_dict())
      return file_.refuse(x, fmt::format("{}: expected names with ':' behind "
                                         "them, found {}",
                                         name, excerpt_of(x)));
    for (auto& [entry, content] : x.is_dict() ? x.as_dict() : alone)
      if (name == "vars")
        take_variable(group, entry, content);
      else if (name == "children")
        take_child(group, entry, content);
      else
        take_host(group, entry, content);
  }

  void take_variable(size_t group, const value& name, const value& x) {
    if (auto set = to_.set_group_var(group, name, x); !set)
      file_.refuse(x, set.why().message);
  }

  void take_child(size_t group, const value& name, const value& content) {
    auto child = take_group(name, content);
    if (!child)
      return;
    if (auto put = to_.put_below(group, *child); !put)
      file_.refuse(name, put.why().message);
  }

  void take_host(size_t group, const value& name, const value& vars) {
    if (!name.is_text())
      return file_.refuse(name, fmt::format("expected the name of a host, "
                                            "found {}; put it in quotation "
                                            "marks",
                                            excerpt_of(name)));
    if (!vars.is_dict() && !vars.is_null())
      return file_.refuse(vars,
                          fmt::format("the host '{}': expected names and "
                                      "values, found {}",
                                      name.as_string(), excerpt_of(vars)));
    auto hosts = add_hosts(name.as_string(), group, name.place(), file_, to_);
    if (!vars.is_dict())
      return;
    for (auto host : hosts)
      for (auto& [key, x] : vars.as_dict())
        if (auto set = to_.set_host_var(host, key, x); !set)
          return file_.refuse(x, set.why().message);
  }
};

} // namespace

void read_yaml_inventory(const value& document, input_file& file,
                         inventory_data& to,
                         std::vector<std::string>& warnings) {
  if (!document.is_dict())
    return file.refuse(document, fmt::format("expected groups with hosts, vars "
                                             "and children, found {}",
                                             excerpt_of(document)));
  if (auto* plugin = document.find("plugin"))
    return file.refuse(*plugin,
                       fmt::format("the inventory plugin {} is a Python "
                                   "program that this tool does not run; "
                                   "'ansible-inventory -i FILE --list "
                                   "--export' prints what it finds",
                                   excerpt_of(*plugin)));
  yaml_groups groups{file, to, warnings};
  for (auto& [name, content] : document.as_dict())
    if (content.is_dict() || content.is_null())
      groups.take_group(name, content);
    else
      warnings.push_back(fmt::format(
        "{}: {} means nothing: a group has hosts, vars and children",
        to_string(file.place_of(name)), excerpt_of(name)));
}

result<void> read_host_list(std::string_view text, inventory_data& to) {
  for (auto& each : parts_of(text, ',')) {
    auto parsed = parse_address(each);
    auto name = parsed && parsed->name.find('[') == std::string::npos
                  ? *parsed
                  : host_address{each, std::nullopt};
    auto host = to.add_host(name.name, name.port);
    if (!host)
      return host.why();
    to.put_into(*host, inventory_data::ungrouped);
  }
  return {};
}

std::vector<size_t> add_hosts(std::string_view text, size_t group,
                              text_position at, input_file& file,
                              inventory_data& to) {
  auto parsed = parse_address(text);
  auto address
    = parsed ? *parsed : host_address{std::string{text}, std::nullopt};
  auto names = expand_ranges(address.name);
  if (!names) {
    file.refuse(at, names.why().message);
    return {};
  }
  std::vector<size_t> out;
  for (auto& name : *names) {
    auto host = to.add_host(name, address.port);
    if (!host) {
      file.refuse(at, host.why().message);
      return {};
    }
    to.put_into(*host, group);
    out.push_back(*host);
  }
  return out;
}

} // namespace troupe
