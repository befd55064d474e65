#include "config/language/run/run_lookup.hpp"

#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/library/unknown_plugin.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/vault/vault.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

/// Options that every lookup understands.
struct common_options {
  bool as_list = false;
  bool allow_unsafe = false;
  bool forgiving = false;
};

common_options take_common(bound_arguments& with, bool as_list) {
  common_options out;
  out.as_list = as_list;
  std::erase_if(with.named, [&](auto& entry) {
    auto& [name, x] = entry;
    if (name == "wantlist")
      out.as_list |= truthy(x);
    else if (name == "allow_unsafe")
      out.allow_unsafe = truthy(x);
    else if (name == "errors")
      out.forgiving = x.text_or("strict") != "strict";
    else
      return false;
    return true;
  });
  return out;
}

/// One value as `lookup` gives it: text joined by commas, a sole value by
/// itself, otherwise the list.
value joined(std::vector<value> items) {
  std::string out;
  bool verbatim
    = !items.empty() && items[0].is_text() && items[0].as_text().verbatim;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is_text())
      return items.size() == 1 ? items[0] : list_of(std::move(items));
    if (i > 0)
      out += ',';
    out += items[i].as_string();
  }
  return value{text{std::move(out), false, verbatim}};
}

result<std::vector<value>> run_plugin(evaluator& e, const lookup_row& row,
                                      const bound_arguments& with) {
  std::vector<value> terms;
  for (auto& term : with.rest) {
    if (is_strict_undefined(term))
      return undefined_error(term);
    auto x = e.run_state().evaluate(term);
    if (!x)
      return x.why();
    terms.push_back(std::move(*x));
  }
  for (auto& [name, x] : with.named)
    if (name != "default" && is_strict_undefined(x))
      return undefined_error(x);
  call_arguments given;
  given.named = with.named;
  auto bound = match(row.name, parameters_of(row), std::move(given));
  if (!bound)
    return lookup_failure("{}", bound.why().message);
  return row.run(e, terms, *bound);
}

} // namespace

result<value> run_lookup(evaluator& e, const bound_arguments& given,
                         bool as_list) {
  auto with = given;
  auto name = term_text(with[0]);
  if (!name)
    return name.why();
  auto options = take_common(with, as_list);
  auto* row = find_lookup(*name);
  if (!row)
    return lookup_failure("{}",
                          unknown_plugin("lookup", *name, lookup_names()));
  auto& run = e.run_state();
  // Most look at the world outside; the others can be done again elsewhere.
  if (run.left().terms().here)
    return error{errc::would_wait, "a lookup may wait"};
  auto outer = run.unsafe;
  auto items = run_plugin(e, *row, with);
  run.unsafe = outer;
  if (!items) {
    // Not for `errors` to forgive.
    if (auto ok = run.left().check_terms(); !ok)
      return ok.why();
    auto problem = items.why();
    if (problem.code == errc::undefined || problem.code == errc::recursion
        || problem.code == errc::exhausted)
      return problem;
    if (options.forgiving)
      return options.as_list ? value{list{}} : value{};
    problem.message.insert(0, lookup_heading(*name));
    problem.code = errc::lookup;
    return problem;
  }
  if (items->empty())
    return value{list{}};
  auto out
    = options.as_list ? list_of(std::move(*items)) : joined(std::move(*items));
  if (options.allow_unsafe)
    return out;
  run.unsafe = true;
  return out.marked_unsafe();
}

result<std::string> term_identifier(const value& term) {
  if (is_strict_undefined(term))
    return undefined_error(term);
  if (!term.is_text())
    return lookup_failure("Invalid setting identifier, \"{}\" is not a string, "
                          "it is a {}",
                          to_display(term), python_type(term));
  return term.as_string();
}

result<std::string> term_text(const value& term) {
  if (is_strict_undefined(term))
    return undefined_error(term);
  if (!term.is_text())
    return lookup_failure("'{}' is not text but {}", to_display(term),
                          python_type(term));
  return term.as_string();
}

result<std::string> find_file(evaluator& e, const std::string& name,
                              std::string_view folder) {
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto path = expand_user(**machine, name);
  if (path.starts_with('/'))
    return look_at(**machine, path) ? path : "";
  for (auto& base : e.run_state().search_path())
    for (auto& candidate : {fmt::format("{}/{}/{}", base, folder, path),
                            fmt::format("{}/{}", base, path)})
      if (look_at(**machine, candidate))
        return absolute_path(**machine, candidate);
  return std::string{};
}

result<std::string> read_found(evaluator& e, const std::string& path) {
  auto& run = e.run_state();
  auto machine = run.machine();
  if (!machine)
    return machine.why();
  auto bytes
    = (*machine)->files().read(path, run.core().options.limits.read_bytes);
  if (!bytes)
    return bytes.why();
  work_meter::make(bytes->size());
  return bytes;
}

result<std::string> read_opened(evaluator& e, const std::string& path) {
  auto bytes = read_found(e, path);
  if (!bytes || !is_vault_text(*bytes))
    return bytes;
  return open_vault(e.run_state().core().options.secrets.get(), *bytes, path);
}

namespace {

/// Words between blanks that no quotes surround.
std::vector<std::string> quoted_words(std::string_view x) {
  std::vector<std::string> out;
  std::string word;
  char quote = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    auto c = x[i];
    bool escaped = i > 0 && x[i - 1] == '\\';
    if ((c == '"' || c == '\'') && !escaped)
      quote = quote == c ? '\0' : quote ? quote : c;
    bool blank = c == ' ' || c == '\n';
    if (!blank || quote)
      word += c;
    else if (!word.empty())
      out.push_back(std::exchange(word, {}));
  }
  if (!word.empty())
    out.push_back(std::move(word));
  return out;
}

} // namespace

dict key_value_words(std::string_view x) {
  dict out;
  std::string raw;
  for (auto& word : quoted_words(x)) {
    auto equals = word.find('=');
    if (equals == word.npos || equals == 0) {
      raw += (raw.empty() ? "" : " ") + word;
      continue;
    }
    auto text = word.substr(equals + 1);
    if (text.size() > 1 && text.front() == text.back()
        && (text[0] == '"' || text[0] == '\''))
      text = text.substr(1, text.size() - 2);
    out.set(std::string_view{word}.substr(0, equals), value{text});
  }
  if (!raw.empty())
    out.set("_raw_params", value{raw});
  return out;
}

std::vector<value> opened(const std::vector<value>& items, bool deep) {
  std::vector<value> out;
  for (auto& x : items) {
    if (!x.is_list()) {
      out.push_back(x);
      continue;
    }
    auto inner = deep ? opened(x.as_list().items, true) : x.as_list().items;
    out.insert(out.end(), inner.begin(), inner.end());
  }
  return out;
}

} // namespace troupe
