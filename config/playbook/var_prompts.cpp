#include "config/playbook/var_prompts.hpp"

#include "config/language/library/password.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/collection_playbooks.hpp"
#include "config/vault/opened_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// Playbooks that import each other have no end, neither one behind the other
// nor many times.
constexpr int deepest_import = 10;
constexpr size_t most_imports = 1'000;
constexpr size_t longest_playbook = size_t{16} << 20;

constexpr std::array known_keys{"name",    "prompt",    "default",
                                "private", "confirm",   "encrypt",
                                "salt",    "salt_size", "unsafe"};

bool says(const value& entry, const char* key, bool otherwise) {
  auto* x = entry.find(key);
  return x && !x->is_null() ? as_flag(*x).value_or(false) : otherwise;
}

std::string text_in(const value& entry, const char* key) {
  auto* x = entry.find(key);
  return x && !x->is_null() ? to_display(*x) : std::string{};
}

/// Finds the prompts of playbooks that import each other.
class finder {
public:
  finder(const dict& given, host& machine, const vault* secrets)
      : given_{given}, machine_{machine}, secrets_{secrets} {
  }

  void look_at(const value& document, const std::string& folder, int depth) {
    if (!document.is_list() || depth > deepest_import)
      return;
    for (auto& play : document.as_list()) {
      if (!play.is_dict())
        continue;
      for (auto* name : {"import_playbook", "ansible.builtin.import_playbook"})
        if (auto* file = play.find(name); file && file->is_text())
          import(file->as_string(), folder, depth);
      if (auto* all = play.find("vars_prompt"); all && all->is_list())
        take(all->as_list(), play.find("vars"));
    }
  }

  std::vector<var_prompt> found;

private:
  void import(const std::string& file, const std::string& folder, int depth) {
    if (has_template(std::string_view{file}) || imports_ == most_imports)
      return;
    ++imports_;
    auto bases = collection_bases(folder, *ansible_settings::of(machine_));
    auto collected = find_collection_playbook(file, bases, machine_);
    auto path = collected               ? collected->path
                : file.starts_with('/') ? file
                                        : folder + "/" + file;
    auto text = machine_.files().read_stream(path, longest_playbook);
    if (!text)
      return;
    if (auto document = parse_file_text(*text, path, {}, secrets_))
      look_at(*document, path.substr(0, path.rfind('/')), depth + 1);
  }

  void take(const list& all, const value* vars) {
    dict names = vars && vars->is_dict() ? vars->as_dict() : dict{};
    for (auto& [key, x] : given_)
      names.set(key, x);
    dict_variables seen{std::move(names)};
    for (auto& each : all) {
      auto evaluated = templates_.evaluate(each, seen);
      auto prompt = read_var_prompt(evaluated ? *evaluated : each);
      if (!prompt || given_.find(prompt->name))
        continue;
      bool known = std::any_of(found.begin(), found.end(),
                               [&](auto& x) { return x.name == prompt->name; });
      if (!known)
        found.push_back(std::move(*prompt));
    }
  }

  const dict& given_;
  host& machine_;
  const vault* secrets_;
  size_t imports_ = 0;
  language templates_{language_options{}};
};

} // namespace

std::string var_prompt::question() const {
  auto asked = words.empty() ? name : words;
  return otherwise ? fmt::format("{} [{}]: ", asked, to_display(*otherwise))
                   : asked + ": ";
}

result<var_prompt> read_var_prompt(const value& entry) {
  constexpr auto wrong = "Invalid vars_prompt data structure";
  if (!entry.is_dict())
    return error{errc::invalid_plan,
                 fmt::format("{}, expected an object", wrong)};
  var_prompt out;
  out.name = text_in(entry, "name");
  if (out.name.empty())
    return error{errc::invalid_plan,
                 fmt::format("{}, missing 'name' key", wrong)};
  for (auto& [key, x] : entry.as_dict()) {
    auto name = key.text_or("");
    if (std::find(known_keys.begin(), known_keys.end(), name)
        == known_keys.end())
      return error{
        errc::invalid_plan,
        fmt::format("{}, found unsupported key '{}'", wrong, to_display(key))};
  }
  out.words = text_in(entry, "prompt");
  if (auto* x = entry.find("default"); x && !x->is_null())
    out.otherwise = *x;
  out.hidden = says(entry, "private", true);
  out.confirm = says(entry, "confirm", false);
  out.encrypt = text_in(entry, "encrypt");
  out.salt = text_in(entry, "salt");
  if (auto* size = entry.find("salt_size"); size && size->is_small())
    out.salt_size = size->as_int();
  out.is_unsafe = says(entry, "unsafe", false);
  return out;
}

result<value> value_of_answer(const var_prompt& asked,
                              const std::string& answer) {
  auto out
    = answer.empty() && asked.otherwise ? *asked.otherwise : value{answer};
  if (!asked.encrypt.empty()) {
    password_options how;
    how.kind = asked.encrypt;
    how.salt = asked.salt;
    how.salt_size = asked.salt_size;
    auto hashed = hash_password(to_display(out), how);
    if (!hashed)
      return hashed.why();
    out = value{*std::move(hashed)};
  }
  return asked.is_unsafe ? out.marked_unsafe() : out;
}

std::vector<var_prompt> find_var_prompts(const value& document,
                                         const std::string& folder,
                                         const dict& given, host& machine,
                                         const vault* secrets) {
  finder all{given, machine, secrets};
  all.look_at(document, folder, 0);
  return std::move(all.found);
}

} // namespace troupe
