#include "platform/file_queries.hpp"

#include <glob.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace troupe {

namespace {

file_facts facts_of(const struct stat& status) {
  file_facts out;
  using form = file_facts::form;
  out.kind = S_ISREG(status.st_mode)   ? form::regular
             : S_ISDIR(status.st_mode) ? form::folder
             : S_ISLNK(status.st_mode) ? form::link
                                       : form::other;
  out.device = status.st_dev;
  out.inode = status.st_ino;
  out.owner = status.st_uid;
  return out;
}

/// Looks a user up by name or number; the memory is the caller's.
template <class Lookup>
std::optional<passwd> find_user(std::vector<char>& memory, Lookup lookup) {
  passwd entry{};
  passwd* found = nullptr;
  memory.resize(16384);
  if (lookup(&entry, memory.data(), memory.size(), &found) != 0 || !found)
    return std::nullopt;
  return entry;
}

} // namespace

std::optional<file_facts> look_at(const std::string& path, bool follow) {
  struct stat status {};
  auto done
    = follow ? stat(path.c_str(), &status) : lstat(path.c_str(), &status);
  if (done != 0)
    return std::nullopt;
  return facts_of(status);
}

std::optional<file_facts> look_at_descriptor(int number) {
  struct stat status {};
  if (fstat(number, &status) != 0)
    return std::nullopt;
  return facts_of(status);
}

std::vector<std::string> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> out;
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      std::string path = found.gl_pathv[i];
      auto facts = look_at(path);
      if (facts && facts->kind == file_facts::form::regular)
        out.push_back(std::move(path));
    }
  globfree(&found);
  return out;
}

std::optional<std::string> home_folder(const std::string& user) {
  if (user.empty())
    if (auto* set = std::getenv("HOME"))
      return set;
  std::vector<char> memory;
  auto lookup = [&](passwd* out, char* bytes, size_t size, passwd** found) {
    return user.empty() ? getpwuid_r(getuid(), out, bytes, size, found)
                        : getpwnam_r(user.c_str(), out, bytes, size, found);
  };
  auto entry = find_user(memory, lookup);
  if (!entry)
    return std::nullopt;
  return entry->pw_dir;
}

std::string user_name(uint32_t number) {
  std::vector<char> memory;
  auto entry = find_user(
    memory, [&](passwd* out, char* bytes, size_t size, passwd** found) {
      return getpwuid_r(number, out, bytes, size, found);
    });
  return entry ? entry->pw_name : std::to_string(number);
}

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

} // namespace troupe
