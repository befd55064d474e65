#pragma once

#include "actors/link/link_session.hpp"
#include "actors/link/membership.hpp"
#include "platform/transport.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe {

/// A person's end of a link, for a command that asks and waits for answers. One
/// thread at a time.
class fleet_client {
public:
  /// Waits until the controller has let this member in, 20 s at most.
  static result<std::unique_ptr<fleet_client>>
  connect(const std::shared_ptr<host>& machine, const membership& who);

  ~fleet_client();
  fleet_client(const fleet_client&) = delete;
  fleet_client& operator=(const fleet_client&) = delete;

  /// The whole answer; waits 30 s at most. Class `network` when the link is
  /// gone, anything else is the controller's refusal.
  result<std::string> ask(link_question what, const std::string& subject,
                          const std::string& options = "{}");

  /// Gives the controller a signed order, piece by piece as it asks, until the
  /// run has begun or has been refused, 90 s at most. What it then says of the
  /// run.
  result<std::string> submit(const link_plan& plan, std::string_view order);

  result<void> cancel(const std::string& run);

  /// Lets time pass; the link stays alive.
  void idle(std::chrono::milliseconds time);

  /// Asks for a certificate that lasts longer.
  result<std::string> renew(const std::string& request);

private:
  struct state;
  explicit fleet_client(std::shared_ptr<state> at) : state_{std::move(at)} {
  }

  void give(const link_want& want);

  std::shared_ptr<state> state_;
  uint64_t asked_ = 0;
  // What `submit` gives away.
  std::string_view order_;
  std::string order_digest_;
};

} // namespace troupe
