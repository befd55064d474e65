#include "config/language/library/machine_paths.hpp"

#include "config/language/library/path_text.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

// As many as Linux follows.
constexpr unsigned most_links = 40;
constexpr size_t longest_path = 4096;

bool name_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '_';
}

std::optional<user_account> account_of(host& machine, const std::string& user) {
  auto& accounts = machine.accounts();
  return user.empty() ? accounts.user(accounts.effective_uid())
                      : accounts.user(user);
}

std::optional<std::string> home_folder(host& machine, const std::string& user) {
  if (user.empty())
    if (auto set = machine.variable("HOME"))
      return set;
  auto account = account_of(machine, user);
  return account ? std::optional{account->home} : std::nullopt;
}

/// The target of the symbolic link `path`, when it is one.
std::optional<std::string> link_target(host& machine, const std::string& path) {
  auto found = look_at(machine, path, false);
  if (!found || found->kind != file_kind::symlink)
    return std::nullopt;
  auto target = machine.files().read_link(path);
  return target ? std::optional{std::move(*target)} : std::nullopt;
}

} // namespace

std::optional<file_status> look_at(host& machine, const std::string& path,
                                   bool follow) {
  // The system would see the path only as far as the NUL.
  if (path.find('\0') != path.npos)
    return std::nullopt;
  auto found = machine.files().status(path, follow);
  return found ? *found : std::nullopt;
}

std::vector<std::string> matching_files(host& machine,
                                        const std::string& pattern) {
  if (pattern.find('\0') != pattern.npos)
    return {};
  auto out = machine.files().glob(pattern);
  std::erase_if(out, [&](auto& path) {
    auto found = look_at(machine, path);
    return !found || found->kind != file_kind::regular;
  });
  return out;
}

std::string absolute_path(host& machine, const std::string& path) {
  if (path.starts_with('/'))
    return normal_path(path);
  return normal_path(machine.files().working_folder() + "/" + path);
}

std::string real_path(host& machine, const std::string& path) {
  auto rest = path.starts_with('/')
                ? path
                : machine.files().working_folder() + "/" + path;
  std::string out;
  unsigned links = 0;
  for (size_t i = 0; i < rest.size();) {
    // No system looks any further.
    if (out.size() > longest_path)
      return normal_path(out + '/' + rest.substr(i));
    auto end = std::min(rest.find('/', i), rest.size());
    auto part = rest.substr(i, end - i);
    i = end + 1;
    if (part.empty() || part == ".")
      continue;
    // Only here: ".." behind a link means the folder above its target.
    if (part == "..") {
      out.erase(std::min(out.rfind('/'), out.size()));
      continue;
    }
    auto next = out + '/' + part;
    auto target = link_target(machine, next);
    if (!target) {
      out = std::move(next);
      continue;
    }
    auto more = i < rest.size() ? rest.substr(i) : "";
    if (++links > most_links)
      return normal_path(next + '/' + more);
    if (target->starts_with('/'))
      out.clear();
    rest = *target + '/' + more;
    i = 0;
  }
  return out.empty() ? "/" : out;
}

std::string expand_user(host& machine, const std::string& path) {
  if (!path.starts_with('~'))
    return path;
  auto end = std::min(path.find('/'), path.size());
  auto found = home_folder(machine, path.substr(1, end - 1));
  if (!found)
    return path;
  auto home = *found;
  while (home.ends_with('/'))
    home.pop_back();
  auto out = home + path.substr(end);
  return out.empty() ? "/" : out;
}

std::string expand_variables(host& machine, const std::string& path) {
  std::string out;
  auto last_brace = path.rfind('}');
  for (size_t i = 0; i < path.size();) {
    auto from = i + 1;
    auto to = from;
    size_t end = 0;
    if (path[i] == '$' && from < path.size() && path[from] == '{') {
      ++from;
      if (last_brace != path.npos && from <= last_brace)
        to = path.find('}', from);
      end = to + 1;
    } else if (path[i] == '$') {
      while (to < path.size() && name_byte(path[to]))
        ++to;
      end = to;
    }
    if (to <= from) {
      out += path[i++];
      continue;
    }
    auto set = machine.variable(path.substr(from, to - from));
    out += set ? *set : path.substr(i, end - i);
    i = end;
  }
  return out;
}

} // namespace troupe
