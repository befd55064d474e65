#include "actors/fleet/submitted_run.hpp"

#include "actors/fleet/fleet_status.hpp"
#include "config/value/json.hpp"

namespace troupe {

result<std::string>
state_once_begun(const std::function<result<std::string>()>& ask,
                 const std::function<bool()>& pause) {
  for (;;) {
    auto state = ask();
    auto read = state ? parse_json(*state) : state.why();
    auto* status = read ? read->find("status") : nullptr;
    if (!status
        || fleet_status_named(status->text_or("")) != fleet_status::receiving)
      return state;
    if (!pause())
      return error{errc::timeout, "the controller is too busy to begin it"};
  }
}

} // namespace troupe
