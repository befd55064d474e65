#pragma once

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/system_messages.hpp>

#include <exception>
#include <string>

namespace troupe {

/// Why an actor died, in words: the text of its exception, or CAF's name for
/// the reason.
std::string words_of(const caf::error& why);

/// The error behind an exception: what monitors of the actor are told.
caf::error error_of(const std::exception_ptr& what);

/// Ends the children of an actor that ends, when its state has some.
template <class Self>
void abandon_children(Self* self, const caf::error& why) {
  if constexpr (requires { self->state.abandon(why); })
    self->state.abandon(why);
}

/// How every actor of a run ends. To be called first by its factory:
///
/// - an exception in a handler ends the actor with the exception's text, never
///   CAF's own printer;
/// - before it ends, by an exception or because its parent sends it away,
///   `state.abandon(why)` ends its children, when the state has that member;
/// - `state.on_down(down)` hears of what it monitors, when there is one.
///
/// Parents monitor their children; a child hears from its parent by
/// `caf::exit_msg`. So no actor keeps a list of those that watch it.
template <class Self>
void supervise(Self* self) {
  self->set_exception_handler([self](std::exception_ptr& what) {
    auto why = error_of(what);
    abandon_children(self, why);
    return why;
  });
  self->set_exit_handler([self](caf::exit_msg& sent) {
    if (!sent.reason)
      return;
    abandon_children(self, sent.reason);
    self->quit(std::move(sent.reason));
  });
  if constexpr (requires(caf::down_msg & down) { self->state.on_down(down); })
    self->set_down_handler(
      [self](const caf::down_msg& down) { self->state.on_down(down); });
}

} // namespace troupe
