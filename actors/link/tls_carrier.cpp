#include "actors/link/tls_carrier.hpp"

#include "config/fleet/fleet_names.hpp"

namespace troupe {

namespace {

constexpr std::chrono::seconds resolve_patience{10};

bool is_numeric(const std::string& host) {
  return host.find_first_not_of("0123456789.") == std::string::npos
         || host.find(':') != std::string::npos;
}

} // namespace

bool is_controller(const tls_peer& peer) {
  auto who = holder_of(peer.holder.uri);
  return who && who->role == "controller";
}

tls_carrier::tls_carrier(std::shared_ptr<transport> net,
                         std::shared_ptr<host> machine, endpoint to,
                         std::shared_ptr<const tls_context> context)
    : net_{std::move(net)}, machine_{std::move(machine)}, to_{std::move(to)},
      context_{std::move(context)} {
}

tls_carrier::~tls_carrier() {
  hang_up();
}

void tls_carrier::renew(std::shared_ptr<const tls_context> context) {
  std::lock_guard held{mutex_};
  context_ = std::move(context);
}

void tls_carrier::dial(carrier_calls calls) {
  hang_up();
  ++dialled_;
  if (is_numeric(to_.host))
    return dial_one(to_.host, calls);
  resolving_
    = std::jthread{[this, calls = std::move(calls)](
                     const std::stop_token& stop) { resolve(stop, calls); }};
}

void tls_carrier::resolve(const std::stop_token& stop,
                          const carrier_calls& calls) {
  auto until = machine_->clock().steady_now() + resolve_patience;
  auto found = machine_->network().addresses(to_.host, {until, stop});
  if (stop.stop_requested())
    return;
  if (found.empty())
    return calls.gone("the controller's name '" + to_.host
                      + "' has no address");
  dial_one(found[dialled_ % found.size()], calls);
}

void tls_carrier::dial_one(const std::string& address,
                           const carrier_calls& calls) {
  std::lock_guard held{mutex_};
  line_ = net_->dial(
    {address, to_.port}, context_,
    {.opened =
       [calls](const tls_peer& peer) {
         if (is_controller(peer))
           calls.opened();
         else
           calls.gone("who answered is no controller");
       },
     .came = calls.came,
     .took = calls.took,
     .gone = [calls](const error& why) { calls.gone(why.message); }});
}

std::shared_ptr<connection> tls_carrier::line() {
  std::lock_guard held{mutex_};
  return line_;
}

void tls_carrier::write(std::string bytes) {
  if (auto to = line())
    to->write(std::move(bytes));
}

void tls_carrier::read() {
  if (auto to = line())
    to->read();
}

void tls_carrier::hang_up() {
  resolving_ = {};
  std::shared_ptr<connection> old;
  {
    std::lock_guard held{mutex_};
    old.swap(line_);
  }
  if (old)
    old->hang_up();
}

} // namespace troupe
