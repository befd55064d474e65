#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/managed_line.hpp"
#include "config/language/run/run_lookup.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

using values = std::vector<value>;

/// Variables with some more on top.
class more_variables final : public variables {
public:
  more_variables(const variables& below, dict top)
      : below_{below}, top_{std::move(top)} {
  }

  const value* find(const name_key& name) const override {
    auto* x = top_.find(name);
    return x ? x : below_.find(name);
  }

  std::vector<std::string> names() const override {
    auto out = below_.names();
    for (auto& [key, x] : top_)
      out.push_back(key.as_string());
    return out;
  }

  std::string why_missing(std::string_view name) const override {
    return below_.why_missing(name);
  }

private:
  const variables& below_;
  dict top_;
};

/// The account that a file belongs to; its number when it has no name.
std::string owner_of(host& machine, const std::string& path) {
  auto found = look_at(machine, path);
  auto uid = found ? found->uid : 0;
  auto account = machine.accounts().user(uid);
  return account ? account->name : std::to_string(uid);
}

dict template_facts(evaluator& e, const std::string& name,
                    const std::string& path) {
  auto& machine = **e.run_state().machine();
  auto written = look_at(machine, path);
  dict out;
  out.set("template_host", value{machine.facts().host_name()});
  out.set("template_path", value{name});
  out.set("template_fullpath", value{path});
  out.set("template_destpath", value{});
  out.set("template_uid", value{owner_of(machine, path)});
  auto settings = configuration_of(e);
  auto* said = settings->find("DEFAULT_MANAGED_STR");
  std::string format{said ? said->text_or("") : ""};
  managed_file of{name, machine.facts().host_name(), owner_of(machine, path),
                  written ? written->modified : 0};
  out.set("ansible_managed",
          value::from_host(managed_line(machine, format, of)));
  return out;
}

/// The settings of the evaluation with the delimiters that were given.
template_settings settings_for(evaluator& e, const bound_arguments& with) {
  auto settings = e.run_state().settings();
  std::string* delimiters[] = {&settings.variable_start, &settings.variable_end,
                               &settings.comment_start, &settings.comment_end};
  for (size_t i = 0; i < 4; ++i)
    if (with.has(i + 2) && with[i + 2].is_text())
      *delimiters[i] = with[i + 2].as_string();
  return settings;
}

result<values> render_file(evaluator& e, const values& terms,
                           const bound_arguments& with) {
  values out;
  auto settings = settings_for(e, with);
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "templates");
    if (!path)
      return path.why();
    if (path->empty())
      return lookup_failure(
        "the template file {} could not be found for the lookup", *name);
    auto bytes = read_opened(e, *path);
    if (!bytes)
      return bytes.why();
    auto top = template_facts(e, *name, *path);
    if (with.has(1) && with[1].is_dict())
      for (auto& [key, x] : with[1].as_dict())
        if (key.is_text())
          top.set(key, x);
    more_variables names{e.run_state().names(), std::move(top)};
    templar inner{e.run_state(), names, settings};
    inner.render_file(*path);
    auto keep_text = with.has(0) && !truthy(with[0]);
    // A template without a tag is what it is.
    auto how = keep_text ? templar::outcome::text : templar::outcome::literal;
    auto x = inner.render(*bytes, *path, source_form::plain, settings, how);
    // A template that needs itself would name its place at every level.
    if (!x)
      return x.why().code == errc::recursion ? x.why()
                                             : inner.explained(x.why());
    if (keep_text && x->is_text())
      *x = value{text{x->as_string(), x->as_text().unsafe, true}};
    out.push_back(std::move(*x));
  }
  return out;
}

constexpr lookup_row template_lookup_rows[] = {
  {"template",
   "convert_data= template_vars= variable_start_string= variable_end_string= "
   "comment_start_string= comment_end_string= **named",
   render_file},
};

} // namespace

std::span<const lookup_row> template_lookups() {
  return template_lookup_rows;
}

} // namespace troupe
