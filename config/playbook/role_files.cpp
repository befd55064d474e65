#include "config/playbook/role_files.hpp"

#include "config/language/library/machine_paths.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/opened_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::array endings{".yml", ".yaml", ".json"};

/// Folders of variables below one another.
constexpr unsigned deepest_folder = 16;

} // namespace

std::string folder_of(std::string_view path) {
  auto slash = path.rfind('/');
  if (slash == std::string_view::npos)
    return ".";
  return std::string{slash == 0 ? "/" : path.substr(0, slash)};
}

result<role_reader::found_value>
role_reader::read_any(const std::string& path) const {
  if (++*files_read_ > most_files)
    return error{errc::exhausted,
                 fmt::format("{}: with it more than {} files are read, one "
                             "after another imports it",
                             path, most_files)};
  auto text = machine_.files().read(path, limits_.bytes);
  if (!text)
    return text.why();
  auto got = parse_file_text(*text, path, limits_, passwords_.get());
  if (!got)
    return got.why();
  return found_value{std::move(*got), is_vault_text(*text)};
}

result<value> role_reader::read(const std::string& path) const {
  auto got = read_any(path);
  if (!got)
    return got.why();
  return std::move(got->content);
}

result<dict> role_reader::one_dict(const std::string& path,
                                   found_value from) const {
  auto& [content, encrypted] = from;
  if (encrypted)
    remember_values(content, *passwords_);
  if (content.is_null())
    return dict{};
  if (!content.is_dict())
    return error{errc::invalid_plan,
                 fmt::format("{}: expected names and values, found {}", path,
                             encrypted ? std::string{type_name(content)}
                                       : excerpt_of(content))};
  return content.as_dict();
}

result<dict> role_reader::read_names(const std::string& path) const {
  auto got = read_any(path);
  if (!got)
    return got.why();
  return one_dict(path, std::move(*got));
}

result<dict> role_reader::read_vars(const std::string& path) const {
  auto got = read_any(path);
  if (!got)
    return got.why();
  auto& content = got->content;
  // Ansible takes a list of such as one after the other.
  auto is_dict = [](auto& each) { return each.is_dict(); };
  if (!content.is_list()
      || !std::all_of(content.as_list().begin(), content.as_list().end(),
                      is_dict))
    return one_dict(path, std::move(*got));
  if (got->encrypted)
    remember_values(content, *passwords_);
  dict all;
  for (auto& part : content.as_list())
    for (auto& [key, x] : part.as_dict())
      all.set(key, x);
  return all;
}

bool role_reader::exists(const std::string& path) const {
  auto found = machine_.files().status(path, true);
  return found && *found;
}

bool role_reader::is_file(const std::string& path) const {
  auto found = machine_.files().status(path, true);
  return found && *found && (*found)->kind == file_kind::regular;
}

bool role_reader::is_folder(const std::string& path) const {
  auto found = machine_.files().status(path, true);
  return found && *found && (*found)->kind == file_kind::directory;
}

std::vector<std::string> role_files::collections() const {
  std::vector<std::string> out;
  if (!collection.empty())
    out.push_back(collection);
  auto add = [&](const value& name) {
    auto text = name.text_or("");
    if (std::find(out.begin(), out.end(), text) == out.end())
      out.emplace_back(text);
  };
  auto* more = meta.content.find("collections");
  if (more && more->is_text())
    add(*more);
  if (more && more->is_list())
    for (auto& each : more->as_list())
      add(each);
  return out;
}

std::vector<std::string>
role_reader::search_path(const role_site& where) const {
  std::vector<std::string> out{where.folder + "/roles"};
  for (auto& each : ansible_->texts("DEFAULT_ROLES_PATH"))
    out.push_back(each);
  if (!where.beside.empty())
    out.push_back(where.beside);
  out.push_back(where.folder);
  return out;
}

std::string role_reader::in_collection(const std::string& collection,
                                       const std::string& name,
                                       const std::string& folder) const {
  auto parts = parts_of(collection, '.');
  if (parts.size() != 2 || name.find_first_of("./") != std::string::npos)
    return {};
  auto bases = ansible_->texts("COLLECTIONS_PATHS");
  bases.insert(bases.begin(), folder + "/collections");
  // A playbook in a collection has those that lie beside it.
  if (auto at = folder.rfind("/ansible_collections/"); at != folder.npos)
    bases.push_back(folder.substr(0, at));
  for (auto& base : bases)
    if (auto path = fmt::format("{}/ansible_collections/{}/{}/roles/{}", base,
                                parts[0], parts[1], name);
        is_folder(path))
      return path;
  return {};
}

std::vector<std::string>
role_reader::roles_in(const std::vector<std::string>& folders) const {
  constexpr size_t most = 1'000;
  std::vector<std::string> out;
  for (auto& each : folders)
    if (auto found = machine_.files().list(each))
      for (auto& entry : *found)
        if (out.size() < most)
          out.push_back(entry);
  return out;
}

namespace {

/// Why a collection does not have a role either. It is looked for below
/// `bases`.
std::string words_for_collected(const std::string& collection,
                                const std::string& role,
                                const std::vector<std::string>& bases,
                                host& machine) {
  auto entries = [&](const std::string& folder) {
    auto found = machine.files().list(folder);
    return found ? std::move(*found) : std::vector<std::string>{};
  };
  std::vector<std::string> others;
  std::vector<std::string> roles;
  for (auto& base : bases)
    for (auto& space : entries(base + "/ansible_collections"))
      for (auto& name :
           entries(fmt::format("{}/ansible_collections/{}", base, space))) {
        others.push_back(fmt::format("{}.{}", space, name));
        if (others.back() == collection)
          for (auto& each : entries(fmt::format(
                 "{}/ansible_collections/{}/{}/roles", base, space, name)))
            roles.push_back(each);
      }
  if (std::find(others.begin(), others.end(), collection) == others.end())
    return fmt::format(", and the collection '{}' is not in {}{}", collection,
                       fmt::join(bases, ":"), did_you_mean(collection, others));
  return fmt::format(", and the collection '{}' has no role '{}'{}", collection,
                     role, did_you_mean(role, roles));
}

} // namespace

result<found_role> role_reader::find(const std::string& name,
                                     const role_site& where) const {
  auto places = search_path(where);
  auto collections = where.collections;
  auto plain = name;
  // Who says the collection means no other one.
  if (auto parts = parts_of(name, '.'); parts.size() == 3) {
    collections = {parts[0] + "." + parts[1]};
    plain = parts[2];
  }
  for (auto& each : collections)
    if (auto path = in_collection(each, plain, where.folder); !path.empty())
      return found_role{path, each};
  for (auto& base : places)
    if (auto path = fmt::format("{}/{}", base, name);
        !name.starts_with('/') && is_folder(path))
      return found_role{absolute_path(machine_, path), {}};
  if (is_folder(name))
    return found_role{absolute_path(machine_, name), {}};
  auto near = did_you_mean(name, roles_in(places));
  if (plain != name && near.empty()) {
    auto bases = ansible_->texts("COLLECTIONS_PATHS");
    bases.insert(bases.begin(), where.folder + "/collections");
    near += words_for_collected(collections.front(), plain, bases, machine_);
  }
  return error{errc::not_found,
               fmt::format("the role '{}' was not found in {}{}", name,
                           fmt::join(places, ":"), near)};
}

std::string role_reader::file_in(const std::string& folder,
                                 const std::string& name) const {
  // Who names a file means it as it is called.
  std::vector<std::string> names;
  if (name != "main")
    names.push_back(name);
  for (auto* ending : endings)
    names.push_back(name + ending);
  if (name == "main")
    names.push_back(name);
  for (auto& each : names)
    if (auto path = fmt::format("{}/{}", folder, each);
        exists(path) && !is_folder(path))
      return path;
  return {};
}

result<read_document> role_reader::document_in(const std::string& folder,
                                               const std::string& name) const {
  auto path = file_in(folder, name);
  if (path.empty()) {
    if (name == "main")
      return read_document{};
    return error{
      errc::not_found,
      fmt::format("could not find the file '{}' in {}", name, folder)};
  }
  auto got = read_any(path);
  if (!got)
    return got.why();
  return read_document{std::move(path), std::move(got->content),
                       got->encrypted};
}

result<void> role_reader::add_folder(const std::string& folder, dict& to,
                                     unsigned depth) const {
  auto names = machine_.files().list(folder);
  if (!names)
    return names.why();
  std::sort(names->begin(), names->end());
  for (auto& name : *names) {
    if (name.starts_with('.') || name.ends_with('~'))
      continue;
    auto path = fmt::format("{}/{}", folder, name);
    if (is_folder(path)) {
      if (depth == deepest_folder)
        return error{errc::recursion,
                     fmt::format("{}: folders of variables are at most {} "
                                 "levels deep",
                                 path, deepest_folder)};
      if (auto fine = add_folder(path, to, depth + 1); !fine)
        return fine.why();
      continue;
    }
    bool fits = name.find('.') == std::string::npos;
    for (auto* ending : endings)
      fits = fits || name.ends_with(ending);
    if (!fits)
      continue;
    auto got = read_names(path);
    if (!got)
      return got.why();
    for (auto& [key, x] : *got)
      to.set(key, x);
  }
  return {};
}

result<dict> role_reader::vars_in(const std::string& folder,
                                  const std::string& name) const {
  if (auto path = file_in(folder, name); !path.empty())
    return read_names(path);
  dict out;
  auto inner = folder + "/" + name;
  if (is_folder(inner)) {
    if (auto fine = add_folder(inner, out, 0); !fine)
      return fine.why();
  } else if (name != "main") {
    return error{
      errc::not_found,
      fmt::format("could not find the file '{}' in {}", name, folder)};
  }
  return out;
}

role_files role_reader::look(const role_choice& what,
                             const std::string& path) const {
  role_files out;
  out.path = path;
  out.name = path.substr(path.rfind('/') + 1);
  if (auto defaults = vars_in(path + "/defaults", what.defaults))
    out.defaults = std::move(*defaults);
  if (auto vars = vars_in(path + "/vars", what.vars))
    out.vars = std::move(*vars);
  for (auto [to, folder, name] :
       {std::tuple{&out.tasks, path + "/tasks", &what.tasks},
        {&out.handlers, path + "/handlers", &what.handlers},
        {&out.meta, path + "/meta", nullptr}}) {
    to->path = file_in(folder, name ? *name : "main");
    if (to->path.empty())
      continue;
    if (auto content = read(to->path))
      to->content = std::move(*content);
  }
  return out;
}

result<role_files> role_reader::load(const role_choice& what,
                                     const role_site& where) const {
  auto found = find(what.name, where);
  if (!found)
    return found.why();
  auto* path = &found->path;
  role_files out;
  out.path = *path;
  out.collection = found->collection;
  out.name
    = out.collection.empty() ? what.name : path->substr(path->rfind('/') + 1);
  auto defaults = vars_in(*path + "/defaults", what.defaults);
  if (!defaults)
    return defaults.why();
  out.defaults = std::move(*defaults);
  auto vars = vars_in(*path + "/vars", what.vars);
  if (!vars)
    return vars.why();
  out.vars = std::move(*vars);
  for (auto [to, name, chosen] :
       {std::tuple{&out.tasks, "/tasks", &what.tasks},
        {&out.handlers, "/handlers", &what.handlers}}) {
    auto got = document_in(*path + name, *chosen);
    if (!got)
      return got.why();
    *to = std::move(*got);
  }
  auto meta = document_in(*path + "/meta", "main");
  if (!meta)
    return meta.why();
  out.meta = std::move(*meta);
  if (auto file = file_in(*path + "/meta", "argument_specs"); !file.empty()) {
    auto got = read(file);
    if (!got)
      return got.why();
    if (auto* x = got->find("argument_specs"))
      out.argument_specs = *x;
  } else if (auto* x = out.meta.content.find("argument_specs")) {
    out.argument_specs = *x;
  }
  return out;
}

} // namespace troupe
