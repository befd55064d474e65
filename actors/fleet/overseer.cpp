#include "actors/fleet/overseer.hpp"

#include "actors/messages.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

caf::behavior overseer(caf::event_based_actor* self, overseer_setting setting) {
  for (auto& each : setting.all)
    self->monitor(each.who);
  auto all = std::make_shared<overseer_setting>(std::move(setting));
  self->set_down_handler([self, all](const caf::down_msg& down) {
    auto is_it = [&](auto& each) { return each.who.address() == down.source; };
    auto found = std::find_if(all->all.begin(), all->all.end(), is_it);
    if (found == all->all.end())
      return;
    if (down.reason && down.reason != caf::exit_reason::user_shutdown
        && all->failed)
      std::exchange(all->failed,
                    nullptr)(found->name + " died: " + words_of(down.reason));
    all->all.erase(found);
    for (auto& each : all->all)
      caf::anon_send_exit(each.who, caf::exit_reason::user_shutdown);
    if (all->all.empty())
      self->quit();
  });
  return {[](tick_atom) {}};
}

} // namespace troupe
