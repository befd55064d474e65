#include "config/language/language.hpp"
#include "config/language/library/ini_file.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/run/run_lookup.hpp"
#include "config/value/utf8.hpp"
#include "platform/file_queries.hpp"
#include "platform/read_file.hpp"
#include "platform/shell_output.hpp"

#include <ctime>
#include <filesystem>

namespace troupe {

namespace {

using values = std::vector<value>;

result<values> file(evaluator& e, const values& terms,
                    const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "files");
    if (path.empty())
      return lookup_failure("could not locate file in lookup: {}", *name);
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.why();
    out.emplace_back(strip(repair_utf8(*bytes), std::nullopt, with.flag(0),
                           with.flag(1, true)));
  }
  return out;
}

/// Where commands of lookups run.
std::string base_folder(evaluator& e) {
  auto& paths = e.run_state().core().options.search_path;
  return paths.empty() ? "" : paths.front();
}

result<values> pipe(evaluator& e, const values& terms, const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto command = as_display(term);
    if (!command)
      return command.why();
    auto ran = run_shell(*command, base_folder(e));
    if (!ran)
      return ran.why();
    if (ran->rc != 0)
      return lookup_failure("the command '{}' returned {}", *command, ran->rc);
    out.emplace_back(strip(repair_utf8(ran->bytes), std::nullopt, false, true));
  }
  return out;
}

result<values> lines(evaluator& e, const values& terms,
                     const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto command = term_text(term);
    if (!command)
      return command.why();
    auto ran = run_shell(*command, base_folder(e));
    if (!ran)
      return ran.why();
    if (ran->rc != 0)
      return lookup_failure("the command '{}' returned {}", *command, ran->rc);
    for (auto& line : split_lines(repair_utf8(ran->bytes), false))
      out.emplace_back(std::move(line));
  }
  return out;
}

result<values> file_glob(evaluator& e, const values& terms,
                         const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    auto name = base_name(*pattern);
    std::vector<std::string> folders;
    if (name != *pattern) {
      auto found = find_file(e, dir_name(*pattern), "files");
      if (!found.empty())
        folders.push_back(found);
    } else {
      for (auto& base : e.run_state().core().options.search_path) {
        folders.push_back(base + "/files");
        folders.push_back(base);
      }
    }
    for (auto& folder : folders) {
      auto found = matching_files(join_paths(folder, name));
      if (found.empty())
        continue;
      out.insert(out.end(), found.begin(), found.end());
      break;
    }
  }
  return out;
}

// -- first_found --------------------------------------------------------------

std::vector<std::string> split_names(const value& x, std::string_view by) {
  std::vector<std::string> out;
  if (x.is_list()) {
    for (auto& y : x.as_list()) {
      auto inner = split_names(y, by);
      out.insert(out.end(), inner.begin(), inner.end());
    }
    return out;
  }
  if (!x.is_text())
    return out;
  std::string_view rest = x.as_string();
  for (;;) {
    auto end = std::min(rest.find_first_of(by), rest.size());
    out.emplace_back(rest.substr(0, end));
    if (end == rest.size())
      return out;
    rest.remove_prefix(end + 1);
  }
}

struct search_plan {
  std::vector<std::string> names;
  bool skip = false;
};

result<void> plan_search(const values& terms, const bound_arguments& with,
                         search_plan& out) {
  for (auto& term : terms) {
    if (is_strict_undefined(term))
      continue;
    if (term.is_list()) {
      if (auto ok = plan_search(term.as_list().items, with, out); !ok)
        return ok;
      continue;
    }
    if (!term.is_text() && !term.is_dict())
      return lookup_failure("Invalid term supplied: {}", to_display(term));
    value files = with.has(0) ? with[0] : value{list{}};
    value paths = with.has(1) ? with[1] : value{list{}};
    value skip = with.has(2) ? with[2] : value{false};
    if (term.is_dict()) {
      auto option = [&](const char* name, value otherwise) {
        auto* found = term.find(name);
        return found ? *found : otherwise;
      };
      files = option("files", value{list{}});
      paths = option("paths", value{list{}});
      skip = option("skip", value{false});
    }
    out.skip = truthy(skip);
    auto names = split_names(files, ",;");
    auto folders = split_names(paths, ",:;");
    if (!folders.empty()) {
      for (auto& folder : folders)
        for (auto& name : names)
          out.names.push_back(join_paths(folder, name));
    } else if (!names.empty()) {
      out.names = names;
    } else if (term.is_text()) {
      out.names.push_back(term.as_string());
    }
  }
  return {};
}

result<values> first_found(evaluator& e, const values& terms,
                           const bound_arguments& with) {
  search_plan plan;
  if (auto ok = plan_search(terms, with, plan); !ok)
    return ok.why();
  for (auto& name : plan.names) {
    auto shown = e.run_state().evaluate(value{name});
    if (!shown && shown.why().code == errc::undefined) {
      e.run_state().forget_place();
      continue;
    }
    if (!shown)
      return shown.why();
    auto path = find_file(e, to_display(*shown), "files");
    if (!path.empty())
      return values{value{path}};
  }
  if (plan.skip)
    return values{};
  return lookup_failure("No file was found when using first_found.");
}

// -- template -----------------------------------------------------------------

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

private:
  const variables& below_;
  dict top_;
};

dict template_facts(const std::string& name, const std::string& path) {
  dict out;
  auto facts = look_at(path);
  out.set("template_host", value{host_name()});
  out.set("template_path", value{name});
  out.set("template_fullpath", value{path});
  out.set("template_destpath", value{});
  out.set("template_uid", value{user_name(facts ? facts->owner : 0)});
  out.set("ansible_managed", value{"Ansible managed"});
  return out;
}

result<values> render_file(evaluator& e, const values& terms,
                           const bound_arguments& with) {
  values out;
  auto settings = e.run_state().settings();
  std::string* delimiters[] = {&settings.variable_start, &settings.variable_end,
                               &settings.comment_start, &settings.comment_end};
  for (size_t i = 0; i < 4; ++i)
    if (with.has(i + 2) && with[i + 2].is_text())
      *delimiters[i] = with[i + 2].as_string();
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "templates");
    if (path.empty())
      return lookup_failure(
        "the template file {} could not be found for the lookup", *name);
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.why();
    auto top = template_facts(*name, path);
    if (with.has(1) && with[1].is_dict())
      for (auto& [key, x] : with[1].as_dict())
        if (key.is_text())
          top.set(key, x);
    more_variables names{e.run_state().names(), std::move(top)};
    templar inner{e.run_state(), names, settings};
    auto keep_text = with.has(0) && !truthy(with[0]);
    // A template without a tag is what it is.
    auto how = keep_text ? templar::outcome::text : templar::outcome::literal;
    auto x = inner.render(repair_utf8(*bytes), path, source_form::plain,
                          settings, how);
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

// -- tables -------------------------------------------------------------------

result<values> csv_file(evaluator& e, const values& terms,
                        const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = key_value_words(*text);
    auto option = [&](const char* name, size_t i, const char* otherwise) {
      if (auto* x = words.find(name))
        return x->as_string();
      return with.has(i) ? to_display(with[i]) : std::string{otherwise};
    };
    auto* key = words.find("_raw_params");
    if (!key)
      return lookup_failure("Search key is required but was not found");
    auto delimiter = option("delimiter", 2, "\t");
    if (delimiter == "TAB" || delimiter == "\\t")
      delimiter = "\t";
    auto name = option("file", 0, "ansible.csv");
    auto path = find_file(e, name, "files");
    if (path.empty())
      return lookup_failure("Unable to find '{}' in expected paths", name);
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.why();
    auto column = option("col", 1, "1");
    auto found = csv_value(repair_utf8(*bytes), key->as_string(),
                           delimiter.empty() ? ',' : delimiter[0], column);
    if (!found)
      return found.why();
    if (*found)
      out.emplace_back(**found);
    else if (with.has(3) && !with[3].is_null())
      out.push_back(with[3]);
  }
  return out;
}

result<values> ini_file(evaluator& e, const values& terms,
                        const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = key_value_words(*text);
    auto option = [&](const char* name, size_t i, const char* otherwise) {
      if (auto* x = words.find(name))
        return x->as_string();
      return with.has(i) ? to_display(with[i]) : std::string{otherwise};
    };
    auto* key = words.find("_raw_params");
    auto name = option("file", 0, "ansible.ini");
    auto path = find_file(e, name, "files");
    if (path.empty())
      return lookup_failure("Unable to find '{}' in expected paths", name);
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.why();
    ini_question ask;
    ask.key = key ? key->as_string() : "";
    ask.properties = option("type", 2, "ini") == "properties";
    ask.section = option("section", 1, "global");
    auto by_pattern = option("re", 3, "False");
    ask.by_pattern = by_pattern == "True" || by_pattern == "true"
                     || by_pattern == "1" || by_pattern == "yes";
    ask.keep_case = with.flag(5);
    auto found = ini_values(repair_utf8(*bytes), ask);
    if (!found)
      return found.why();
    for (auto& x : *found)
      out.emplace_back(std::move(x));
    if (found->empty() && !ask.by_pattern)
      out.push_back(with.has(4) ? with[4] : value{""});
  }
  return out;
}

/// Fetching an address is not done while a plan is read; `get_url` is there
/// for that.
result<values> url(evaluator&, const values&, const bound_arguments&) {
  return lookup_failure("the url lookup is not supported; use the module "
                        "get_url or uri");
}

result<values> unvault(evaluator& e, const values& terms,
                       const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "files");
    if (path.empty())
      return lookup_failure("Unable to find file matching \"{}\"", *name);
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.why();
    if (bytes->starts_with("$ANSIBLE_VAULT"))
      return lookup_failure("{} is encrypted; vaults are not supported", path);
    out.emplace_back(repair_utf8(*bytes));
  }
  return out;
}

constexpr lookup_row file_lookup_rows[] = {
  {"file", "lstrip= rstrip= **named", file},
  {"pipe", "**named", pipe},
  {"lines", "**named", lines},
  {"fileglob", "**named", file_glob},
  {"first_found", "files= paths= skip= **named", first_found},
  {"template",
   "convert_data= template_vars= variable_start_string= variable_end_string= "
   "comment_start_string= comment_end_string= **named",
   render_file},
  {"csvfile", "file= col= delimiter= default= encoding= **named", csv_file},
  {"ini",
   "file= section= type= re= default= case_sensitive= encoding= "
   "allow_no_value= **named",
   ini_file},
  {"url", "**named", url},
  {"unvault", "**named", unvault},
};

} // namespace

std::span<const lookup_row> file_lookups() {
  return file_lookup_rows;
}

} // namespace troupe
