#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/password.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/run_lookup.hpp"
#include "platform/host.hpp"

#include <mutex>

namespace troupe {

namespace {

using values = std::vector<value>;

// The file of a password is one line.
constexpr size_t longest_file = size_t{1} << 20;

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
  std::string all;
  for (auto& name : ask.classes)
    all += character_class(name);
  // Quotes would have to be escaped wherever a password is written.
  std::erase_if(all, [](char c) { return c == '"' || c == '\''; });
  auto characters = split_points(all);
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

/// A password with what it is hashed with each time, as its file has them:
/// `SECRET salt=SALT ident=IDENT`.
struct kept_password {
  std::string secret;
  std::string salt;
  std::string ident;

  std::string line() const {
    return secret + (salt.empty() ? "" : " salt=" + salt)
           + (salt.empty() || ident.empty() ? "" : " ident=" + ident) + "\n";
  }
};

/// Cuts what follows the last `mark` off `text`; empty when there is none.
std::string cut_behind(std::string& text, std::string_view mark) {
  auto at = text.rfind(mark);
  if (at == text.npos)
    return {};
  auto out = text.substr(at + mark.size());
  text.resize(at);
  return out;
}

/// What a file keeps as a password.
result<kept_password> stored_password(host& machine, const std::string& path) {
  auto bytes = machine.files().read(path, longest_file);
  if (!bytes)
    return bytes.why();
  kept_password out{strip(*bytes, std::nullopt, false, true), {}, {}};
  out.salt = cut_behind(out.secret, " salt=");
  out.ident = cut_behind(out.salt, " ident=");
  return out;
}

/// Gives a password what the hash asked for needs, so that it is the same one
/// each time. Whether something was missing.
result<bool> complete(kept_password& kept, const password_request& ask) {
  if (!ask.ident.empty() && !kept.ident.empty() && kept.ident != ask.ident)
    return lookup_failure("the ident '{}' is asked for, and the password is "
                          "kept with '{}'",
                          ask.ident, kept.ident);
  if (ask.encrypt.empty())
    return false;
  auto missing = kept.salt.empty();
  if (missing)
    kept.salt = fresh_salt(ask.encrypt);
  if (kept.ident.empty()) {
    kept.ident = ask.ident.empty() ? usual_ident(ask.encrypt) : ask.ident;
    missing = missing || !kept.ident.empty();
  }
  return missing;
}

/// The password of a file, with what the hash asked for needs. What is missing
/// one adds alone, so that all who ask at the same time hash alike.
result<kept_password> completed_password(host& machine, const std::string& path,
                                         const password_request& ask) {
  static std::mutex adding;
  std::unique_lock alone{adding, std::defer_lock};
  for (;;) {
    auto kept = stored_password(machine, path);
    if (!kept)
      return kept;
    auto added = complete(*kept, ask);
    if (!added)
      return added.why();
    if (!*added)
      return kept;
    if (alone.owns_lock()) {
      auto ok = machine.files().replace(path, kept->line(), {.mode = 0600});
      return ok ? kept : ok.why();
    }
    // Another may have added it before this one's turn.
    alone.lock();
  }
}

/// Keeps a password in a file that only its owner reads, with the folders it
/// needs. The file gets its name when it is complete; when another was quicker
/// its password is what counts.
result<kept_password> store_password(host& machine, const std::string& path,
                                     kept_password kept,
                                     const password_request& ask) {
  auto& files = machine.files();
  if (auto ok = make_private_folders(files, dir_name(path)); !ok)
    return ok.why();
  auto unnamed = fmt::format("{}.{:016x}", path, mersenne::unseeded().bits(64));
  if (auto ok = files.replace(unnamed, kept.line(), {.mode = 0600}); !ok)
    return ok.why();
  auto named = files.make_hard_link(unnamed, path);
  auto cleared = files.remove(unnamed);
  if (!named && look_at(machine, path))
    return completed_password(machine, path, ask);
  if (!named || !cleared)
    return named ? cleared.why() : named.why();
  return kept;
}

/// The password of the file that the request names, made when there is none.
result<kept_password> password_of(evaluator& e, const password_request& ask) {
  auto anew = ask.path == "/dev/null";
  auto known
    = anew ? result<std::string>{std::string{}} : find_file(e, ask.path, "");
  if (!known)
    return known.why();
  auto& machine = **e.run_state().machine();
  if (!known->empty())
    return completed_password(machine, *known, ask);
  auto made = make_password(ask);
  if (!made)
    return made.why();
  kept_password kept{std::move(*made), {}, {}};
  if (auto ok = complete(kept, ask); !ok)
    return ok.why();
  if (anew)
    return kept;
  return store_password(machine, absolute_path(machine, ask.path),
                        std::move(kept), ask);
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
    auto kept = password_of(e, *ask);
    if (!kept)
      return kept.why();
    result<std::string> secret = kept->secret;
    if (!ask->encrypt.empty())
      secret = hash_password(kept->secret,
                             {ask->encrypt, kept->salt, 0, 0, kept->ident});
    if (!secret)
      return secret.why();
    out.emplace_back(std::move(*secret));
  }
  return out;
}

constexpr lookup_row password_lookup_rows[] = {
  {"password", "**named", password},
};

} // namespace

std::span<const lookup_row> password_lookups() {
  return password_lookup_rows;
}

} // namespace troupe
