#include "actors/conduct/host_memory.hpp"

#include "actors/state/rollback.hpp"
#include "actors/state/undo_recorder.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// What the journal in the folder of a host says that played before; null when
/// there is none.
result<std::shared_ptr<run_past>> past_of(const std::string& folder,
                                          host& machine) {
  if (!has_journal(machine, folder))
    return std::shared_ptr<run_past>{};
  if (auto safe = check_run_folder(machine, folder); !safe)
    return safe.why();
  return run_past::open(folder + "/journal");
}

/// The run is told of what is done on a host of it. One that comes to play only
/// now has something to do.
void tell_run(const std::shared_ptr<const run_past>& run,
              const std::shared_ptr<const run_past>& host) {
  if (!run)
    return;
  if (host)
    host->since().belong_to({run, &run->since()});
  else
    run->since().note_elsewhere();
}

} // namespace

std::string host_folder(const std::string& host) {
  constexpr size_t longest = 200;
  bool plain = host.size() <= longest && !host.starts_with('.')
               && std::all_of(host.begin(), host.end(), is_plain);
  if (plain)
    return "hosts/" + host;
  // No other host has this one.
  auto digest = digest_of(host, "sha256");
  return "hosts/=" + (digest ? *digest : std::string{});
}

result<void> remember_host(run_context& to, const hosts_memory& where) {
  auto folder = where.state->run_folder(where.header.run) + "/"
                + host_folder(to.own_name());
  auto durable = to.options.durable;
  auto of_run = std::exchange(to.past, nullptr);
  if (where.goes_on) {
    auto past = past_of(folder, *to.machine);
    if (!past)
      return past.why();
    if (*past && where.rerun_failed)
      (*past)->rerun_failed();
    if (*past) {
      to.log = (*past)->take_journal(durable, to.machine->clock());
      if (auto noted = to.log->resumed(where.rerun_failed); !noted)
        return noted.why();
      to.past = std::move(*past);
    }
  }
  if (!to.past) {
    auto header = where.header;
    header.host = to.own_name();
    auto made = where.state->create_in(folder, header, durable);
    if (!made)
      return made.why();
    to.log = *made;
  }
  tell_run(of_run, to.past);
  to.undo = std::make_shared<undo_store>();
  to.undo->log = to.log;
  to.undo->secrets = to.secrets;
  to.undo->folder = folder + "/undo";
  to.modules[undo_module_name]
    = make_undo_module(folder, to.past && to.past->rolled_back());
  if (to.past)
    to.undo->go_on_after(to.past->changes(), to.machine->files());
  return {};
}

} // namespace troupe
