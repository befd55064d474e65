#pragma once

#include "actors/link/link_carrier.hpp"
#include "platform/host.hpp"
#include "platform/transport.hpp"

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe {

/// Carries a link over TLS to the controller, and to nobody who only has a
/// certificate of its authority for something else.
class tls_carrier final : public link_carrier {
public:
  /// @param machine finds the addresses of the controller's name
  tls_carrier(std::shared_ptr<transport> net, std::shared_ptr<host> machine,
              endpoint to, std::shared_ptr<const tls_context> context);
  ~tls_carrier() override;

  /// For the connections that are dialled from now on.
  void renew(std::shared_ptr<const tls_context> context);

  void dial(carrier_calls calls) override;
  void write(std::string bytes) override;
  void read() override;
  void hang_up() override;

private:
  void resolve(const std::stop_token& stop, const carrier_calls& calls);
  void dial_one(const std::string& address, const carrier_calls& calls);
  std::shared_ptr<connection> line();

  std::shared_ptr<transport> net_;
  std::shared_ptr<host> machine_;
  endpoint to_;
  // How often it was dialled: the addresses of a name have their turns.
  size_t dialled_ = 0;
  std::mutex mutex_;
  std::shared_ptr<const tls_context> context_;
  std::shared_ptr<connection> line_;
  // Last: it uses the others.
  std::jthread resolving_;
};

/// Whether whoever shows this certificate is a controller.
bool is_controller(const tls_peer& peer);

} // namespace troupe
