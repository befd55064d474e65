#include "platform/linux/probes.hpp"

#include <unistd.h>

#include <climits>

namespace troupe {

result<process_facts> probe_process(account_database& accounts) {
  process_facts out;
  out.uid = ::getuid();
  out.gid = ::getgid();
  out.effective_uid = ::geteuid();
  out.effective_gid = ::getegid();
  char directory[PATH_MAX];
  if (::getcwd(directory, sizeof directory))
    out.directory = directory;
  auto user = accounts.user(out.uid);
  if (!user)
    return out;
  out.user = user->name;
  out.gecos = user->gecos;
  out.home = user->home;
  out.shell = user->shell;
  out.gid = user->gid;
  return out;
}

} // namespace troupe
