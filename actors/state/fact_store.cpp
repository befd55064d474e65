#include "actors/state/fact_store.hpp"

#include "config/language/library/machine_paths.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/json.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr size_t largest_file = size_t{16} << 20;

} // namespace

result<std::shared_ptr<const fact_store>>
fact_store::of(const ansible_settings& from, std::shared_ptr<host> machine) {
  using found = std::shared_ptr<const fact_store>;
  auto kind = from.text("CACHE_PLUGIN");
  if (kind.starts_with("ansible.builtin."))
    kind.erase(0, kind.rfind('.') + 1);
  if (kind.empty() || kind == "memory")
    return found{};
  if (kind != "jsonfile")
    return error{errc::unsupported,
                 fmt::format("fact_caching: there is no cache '{}'; there are "
                             "'memory' and 'jsonfile'",
                             kind)};
  auto folder = from.text("CACHE_PLUGIN_CONNECTION");
  if (folder.empty())
    return error{errc::invalid_argument,
                 "fact_caching: 'jsonfile' needs a folder, which "
                 "fact_caching_connection names"};
  auto out = std::make_shared<fact_store>();
  // What it is called when nobody says anything is that of other caches.
  auto prefix = from.said("CACHE_PLUGIN_PREFIX")
                  ? from.text("CACHE_PLUGIN_PREFIX")
                  : std::string{};
  out->stem_ = expand_user(*machine, folder) + "/" + prefix;
  auto* seconds = from.all()->find("CACHE_PLUGIN_TIMEOUT");
  auto most = seconds ? seconds->to_int() : std::nullopt;
  out->most_ = std::chrono::seconds{most.value_or(0)};
  out->machine_ = std::move(machine);
  return found{std::move(out)};
}

std::string fact_store::path_of(const std::string& host_name) const {
  // A name is that of a file in the folder, and no way out of it.
  constexpr size_t longest = 200;
  if (host_name.empty() || host_name.size() > longest
      || host_name.starts_with('.') || host_name.find('/') != std::string::npos
      || host_name.find('\0') != std::string::npos)
    return {};
  return stem_ + host_name;
}

dict fact_store::load(const std::string& host_name) const {
  auto path = path_of(host_name);
  if (path.empty())
    return {};
  auto& files = machine_->files();
  auto there = files.status(path, true);
  if (!there || !*there)
    return {};
  std::chrono::duration<double> age
    = machine_->clock().now().time_since_epoch();
  age -= std::chrono::duration<double>{(**there).modified};
  if (most_.count() > 0 && age > most_)
    return {};
  auto text = files.read(path, largest_file);
  if (!text)
    return {};
  auto read = parse_json(*text);
  return read && read->is_dict() ? read->marked_unsafe().as_dict() : dict{};
}

result<void> fact_store::save(const std::string& host_name,
                              const dict& facts) const {
  auto path = path_of(host_name);
  if (path.empty())
    return {};
  auto& files = machine_->files();
  auto folder = parent_of(path);
  if (!files.access(folder, ""))
    if (auto made = make_private_folders(files, folder); !made)
      return made;
  file_attributes own;
  own.mode = 0600;
  auto done = files.replace(
    path, to_json(value{facts}, {.indent = 4, .spaced = true}), own);
  return done ? result<void>{} : done.why();
}

void fact_store::forget(const std::string& host_name) const {
  auto path = path_of(host_name);
  if (!path.empty())
    static_cast<void>(machine_->files().remove(path));
}

} // namespace troupe
