#include "config/language/language.hpp"
#include "config/language/library/password.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/run/run_lookup.hpp"
#include "platform/read_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace troupe {

namespace {

using values = std::vector<value>;

result<values> environment(evaluator&, const values& terms,
                           const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = split_text(*text, std::nullopt, -1);
    if (!words || words->empty())
      return lookup_failure("the name of an environment variable is missing");
    if (auto* set = std::getenv(words->front().c_str()))
      out.emplace_back(std::string{set});
    else if (with.has(0) && is_strict_undefined(with[0]))
      return failure(errc::undefined,
                     "The \"env\" lookup, found an undefined variable: {}",
                     words->front());
    else
      out.push_back(with.has(0) ? with[0] : value{""});
  }
  return out;
}

/// A variable of `hostvars` for this host, which `vars` falls back to.
const value* host_variable(evaluator& e, const std::string& name) {
  auto& names = e.run_state().names();
  auto* hosts = names.find("hostvars");
  auto* self = names.find("inventory_hostname");
  if (!hosts || !self || !self->is_text())
    return nullptr;
  auto* host = hosts->find(self->as_string());
  return host ? host->find(name) : nullptr;
}

result<values> variables_lookup(evaluator& e, const values& terms,
                                const bound_arguments& with) {
  values out;
  auto& run = e.run_state();
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto* raw = run.names().find(*name);
    if (!raw)
      raw = host_variable(e, *name);
    auto x
      = raw ? run.evaluate(*raw)
            : result<value>{failure(
              errc::undefined, "No variable found with this name: {}", *name)};
    if (x) {
      out.push_back(std::move(*x));
      continue;
    }
    if (x.why().code != errc::undefined || !with.has(0) || with[0].is_null())
      return x.why();
    run.forget_place();
    out.push_back(with[0]);
  }
  return out;
}

result<values> variable_names(evaluator& e, const values& terms,
                              const bound_arguments&) {
  values out;
  auto names = e.run_state().names().names();
  for (auto& term : terms) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    auto compiled = regex::get(*pattern, {});
    if (!compiled)
      return lookup_failure("Unable to use \"{}\" as a search parameter: {}",
                            *pattern, compiled.why().message);
    for (auto& name : names) {
      auto found = (*compiled)->find(name);
      if (!found)
        return found.why();
      if (*found)
        out.emplace_back(name);
    }
  }
  return out;
}

result<values> host_names(evaluator& e, const values& terms,
                          const bound_arguments&) {
  auto* groups = e.run_state().names().find("groups");
  values out;
  auto add = [&](const value& host) {
    if (std::find(out.begin(), out.end(), host) == out.end())
      out.push_back(host);
  };
  if (!groups || !groups->is_dict())
    return lookup_failure("there is no inventory: the variable 'groups' is "
                          "missing");
  for (auto& term : opened(terms)) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    auto parts = split_text(*pattern, ",", -1);
    if (!parts)
      return parts.why();
    for (auto& part : *parts) {
      auto* group = groups->find(part);
      for (auto& [name, hosts] : groups->as_dict()) {
        if (!hosts.is_list() || (group && name.text_or("") != part))
          continue;
        for (auto& host : hosts.as_list())
          if (group || part == "all" || part == "*" || host.text_or("") == part)
            add(host);
      }
    }
  }
  return out;
}

/// Settings of Ansible that plans ask for, with its defaults.
const std::unordered_map<std::string_view, value>& settings() {
  static const std::unordered_map<std::string_view, value> known{
    {"DEFAULT_ROLES_PATH",
     value{list{"~/.ansible/roles", "/usr/share/ansible/roles",
                "/etc/ansible/roles"}}},
    {"COLLECTIONS_PATHS",
     value{list{"~/.ansible/collections", "/usr/share/ansible/collections"}}},
    {"DEFAULT_BECOME_USER", value{"root"}},
    {"DEFAULT_BECOME_METHOD", value{"sudo"}},
    {"DEFAULT_BECOME", value{false}},
    {"DEFAULT_FORKS", value{5}},
    {"DEFAULT_TIMEOUT", value{10}},
    {"DEFAULT_REMOTE_USER", value{}},
    {"DEFAULT_REMOTE_PORT", value{}},
    {"DEFAULT_PRIVATE_KEY_FILE", value{}},
    {"DEFAULT_HASH_BEHAVIOUR", value{"replace"}},
    {"DEFAULT_GATHERING", value{"implicit"}},
    {"DEFAULT_MODULE_PATH", value{list{"~/.ansible/plugins/modules",
                                       "/usr/share/ansible/plugins/modules"}}},
    {"DEFAULT_LOCAL_TMP", value{"~/.ansible/tmp"}},
    {"DEFAULT_MANAGED_STR", value{"Ansible managed"}},
    {"DEFAULT_EXECUTABLE", value{"/bin/sh"}},
    {"DEFAULT_TRANSPORT", value{"smart"}},
    {"DEFAULT_STRATEGY", value{"linear"}},
    {"DEFAULT_JINJA2_NATIVE", value{false}},
    {"DEFAULT_DEBUG", value{false}},
    {"DEFAULT_VERBOSITY", value{0}},
    {"DEFAULT_KEEP_REMOTE_FILES", value{false}},
    {"HOST_KEY_CHECKING", value{true}},
    {"RETRY_FILES_ENABLED", value{false}},
    {"CONFIG_FILE", value{}},
  };
  return known;
}

result<values> configuration(evaluator&, const values& terms,
                             const bound_arguments& with) {
  values out;
  auto missing = with.text(0, "error");
  if (!missing)
    return missing.why();
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto found = settings().find(*name);
    if (found == settings().end()) {
      if (*missing == "error")
        return lookup_failure("Unable to find setting {}", *name);
      continue;
    }
    auto x = found->second;
    if (x.is_list())
      for (auto& y : (x = x.deep_copy()).as_list().items)
        y = value{expand_user(y.as_string())};
    out.push_back(std::move(x));
  }
  return out;
}

// -- password -----------------------------------------------------------------

std::string character_class(const std::string& name) {
  constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  const std::pair<std::string_view, std::string> known[] = {
    {"ascii_lowercase", std::string{lower}},
    {"ascii_uppercase", std::string{upper}},
    {"ascii_letters", std::string{lower} + std::string{upper}},
    {"digits", std::string{digits}},
    {"hexdigits", "0123456789abcdefABCDEF"},
    {"octdigits", "01234567"},
    {"punctuation", std::string{marks}},
    {"whitespace", " \t\n\r\v\f"},
  };
  for (auto& [key, characters] : known)
    if (key == name)
      return characters;
  return name;
}

struct password_request {
  std::string path;
  int64_t length = 20;
  std::vector<std::string> classes;
  value seed;
  std::string encrypt;
  std::string ident;
};

/// Class names separated by commas, two commas meaning a comma itself.
std::vector<std::string> class_names(std::string_view x) {
  std::vector<std::string> out;
  std::string text{x};
  if (auto at = text.find(",,"); at != text.npos) {
    out.emplace_back(",");
    text.replace(at, 2, ",");
  }
  if (auto parts = split_text(text, ",", -1))
    for (auto& part : *parts)
      if (!part.empty())
        out.push_back(part);
  return out;
}

bool is_password_option(std::string_view name) {
  return name == "length" || name == "chars" || name == "seed"
         || name == "encrypt" || name == "ident";
}

result<void> set_option(password_request& out, const std::string& name,
                        const value& x) {
  if (name == "length") {
    auto n = as_index(x);
    if (x.is_text())
      if (auto digits = parse_integer(x.as_string(), 10))
        n = digits->to_int();
    if (!n || *n < 0 || *n > 100'000)
      return lookup_failure("'{}' is no length", to_display(x));
    out.length = *n;
  } else if (name == "chars") {
    out.classes.clear();
    if (x.is_list())
      for (auto& y : x.as_list())
        out.classes.push_back(to_display(y));
    else
      out.classes = class_names(x.text_or(""));
  } else if (name == "seed") {
    out.seed = x;
  } else if (name == "encrypt") {
    out.encrypt = x.is_null() ? "" : to_display(x);
  } else if (name == "ident") {
    out.ident = x.is_null() ? "" : to_display(x);
  } else {
    return lookup_failure("Unrecognized parameter(s) given to password lookup: "
                          "{}",
                          name);
  }
  return {};
}

result<password_request> read_request(const std::string& term,
                                      const bound_arguments& with) {
  password_request out;
  out.classes = {"ascii_letters", "digits", ".,:-_"};
  // Options that no lookup has are ignored; in the term they are errors.
  for (auto& [name, x] : with.named)
    if (!is_password_option(name))
      continue;
    else if (auto ok = set_option(out, name, x); !ok)
      return ok.why();
  auto options = term.find(' ');
  out.path = term.substr(0, options);
  if (options != term.npos)
    for (auto& [key, x] : key_value_words(term.substr(options))) {
      if (key.as_string() == "_raw_params")
        out.path += " " + x.as_string();
      else if (auto ok = set_option(out, key.as_string(), x); !ok)
        return ok.why();
    }
  return out;
}

result<std::string> make_password(const password_request& ask) {
  std::string characters;
  for (auto& name : ask.classes)
    characters += character_class(name);
  if (characters.empty())
    return lookup_failure("there are no characters to choose from");
  auto source = ask.seed.is_null() ? result<mersenne>{mersenne::unseeded()}
                                   : mersenne::seeded(ask.seed);
  if (!source)
    return source.why();
  std::string out;
  for (int64_t i = 0; i < ask.length; ++i)
    out += characters[source->below(characters.size())];
  return out;
}

result<values> password(evaluator& e, const values& terms,
                        const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto ask = read_request(*text, with);
    if (!ask)
      return ask.why();
    result<std::string> secret = std::string{};
    auto known = ask->path == "/dev/null" ? "" : find_file(e, ask->path, "");
    if (!known.empty()) {
      secret = read_file(known);
      if (secret)
        *secret = secret->substr(0, secret->find_first_of(" \n"));
    } else {
      secret = make_password(*ask);
      if (secret && ask->path != "/dev/null")
        if (auto ok = store_text(absolute_path(ask->path), *secret + "\n"); !ok)
          return ok.why();
    }
    if (secret && !ask->encrypt.empty())
      secret = hash_password(*secret, {ask->encrypt, "", 0, 0, ask->ident});
    if (!secret)
      return secret.why();
    out.emplace_back(std::move(*secret));
  }
  return out;
}

constexpr lookup_row value_lookup_rows[] = {
  {"env", "default= **named", environment},
  {"vars", "default= **named", variables_lookup},
  {"varnames", "**named", variable_names},
  {"inventory_hostnames", "**named", host_names},
  {"config", "on_missing= **named", configuration},
  {"password", "**named", password},
};

} // namespace

std::span<const lookup_row> value_lookups() {
  return value_lookup_rows;
}

} // namespace troupe
