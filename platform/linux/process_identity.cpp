#include "platform/linux/probes.hpp"
#include "platform/rights.hpp"

#include <unistd.h>

#include <climits>

namespace troupe {

result<process_facts> probe_process(account_database& accounts) {
  process_facts out;
  out.effective_uid = ::geteuid();
  out.effective_gid = ::getegid();
  // A thread that acts for a user is that user; that it keeps its real
  // numbers is nobody's concern.
  out.uid = acts_for_another() ? out.effective_uid : ::getuid();
  out.gid = acts_for_another() ? out.effective_gid : ::getgid();
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
