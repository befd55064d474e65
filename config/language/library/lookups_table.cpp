#include "config/language/language.hpp"
#include "config/language/library/encoded_text.hpp"
#include "config/language/library/ini_file.hpp"
#include "config/language/run/run_lookup.hpp"

namespace troupe {

namespace {

using values = std::vector<value>;

/// The content of the file `name`, which must be somewhere.
result<std::string> read_named(evaluator& e, const std::string& name,
                               const std::string& encoding) {
  auto path = find_file(e, name, "files");
  if (!path)
    return path.why();
  if (path->empty())
    return lookup_failure("No such file or directory: '{}'", name);
  auto bytes = read_found(e, *path);
  return bytes ? decoded_text(std::move(*bytes), encoding) : bytes;
}

bool is_csv_option(std::string_view name) {
  for (std::string_view each :
       {"_raw_params", "col", "default", "delimiter", "file", "encoding"})
    if (name == each)
      return true;
  return false;
}

result<values> csv_file(evaluator& e, const values& terms,
                        const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = key_value_words(*text);
    for (auto& [name, x] : words)
      if (!is_csv_option(name.as_string()))
        return lookup_failure("{} is not a valid option", name.as_string());
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
    auto bytes = read_named(e, name, option("encoding", 4, "utf-8"));
    if (!bytes)
      return bytes.why();
    auto column = option("col", 1, "1");
    auto found = csv_value(*bytes, key->as_string(),
                           delimiter.empty() ? ',' : delimiter[0], column);
    if (!found)
      return found.why();
    if (*found)
      out.emplace_back(**found);
    else if (auto* otherwise = words.find("default"))
      out.push_back(*otherwise);
    else if (with.has(3) && !with[3].is_null())
      out.push_back(with[3]);
  }
  return out;
}

bool is_ini_option(std::string_view name) {
  for (std::string_view each :
       {"_raw_params", "allow_none", "allow_no_value", "case_sensitive",
        "default", "encoding", "file", "re", "section", "type"})
    if (name == each)
      return true;
  return false;
}

result<values> ini_file(evaluator& e, const values& terms,
                        const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = key_value_words(*text);
    for (auto& [name, x] : words)
      if (!is_ini_option(name.as_string()))
        return lookup_failure("{} is not a valid option.", name.as_string());
    auto option = [&](const char* name, size_t i, const char* otherwise) {
      if (auto* x = words.find(name))
        return x->as_string();
      return with.has(i) ? to_display(with[i]) : std::string{otherwise};
    };
    auto* key = words.find("_raw_params");
    if (!key && !words.empty())
      return lookup_failure("No key to lookup was provided as first term with "
                            "in string inline options: {}",
                            *text);
    auto name = option("file", 0, "ansible.ini");
    auto bytes = read_named(e, name, option("encoding", 6, "utf-8"));
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
    ask.no_values = with.flag(7) || with.flag(8);
    ask.file = name;
    auto found = ini_values(*bytes, ask);
    if (!found)
      return found.why();
    if (!*found)
      out.push_back(words.find("default") ? *words.find("default")
                    : with.has(4)         ? with[4]
                                          : value{""});
    else
      for (auto& x : **found)
        out.emplace_back(std::move(x));
  }
  return out;
}

constexpr lookup_row table_lookup_rows[] = {
  {"csvfile", "file= col= delimiter= default= encoding= **named", csv_file},
  {"ini",
   "file= section= type= re= default= case_sensitive= encoding= "
   "allow_no_value= allow_none= **named",
   ini_file},
};

} // namespace

std::span<const lookup_row> table_lookups() {
  return table_lookup_rows;
}

} // namespace troupe
