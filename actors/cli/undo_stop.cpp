#include "actors/cli/undo_stop.hpp"

namespace troupe {

undo_stop::undo_stop(std::shared_ptr<output> err)
    : err_{std::move(err)}, watch_{
                              [this](signal_request what) { hear(what); }} {
}

std::optional<exit_code> undo_stop::asked() const {
  auto status = status_.load();
  if (status == 0)
    return std::nullopt;
  return static_cast<exit_code>(status);
}

void undo_stop::hear(signal_request what) {
  if (what == signal_request::report)
    return;
  auto code = what == signal_request::interrupt ? exit_code::interrupted
                                                : exit_code::terminated;
  auto now = clock::now();
  if (first_) {
    if (now - *first_ >= same_signal)
      end_at_once(static_cast<int>(code));
    return;
  }
  first_ = now;
  status_ = static_cast<int>(code);
  // Last, as nobody may be reading.
  err_->write("troupe: stopping after the change at hand; a second signal ends "
              "at once\n");
}

} // namespace troupe
