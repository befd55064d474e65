#pragma once

#include "platform/simulated/simulated_host.hpp"
#include "tests/support/modules.hpp"

#include <memory>

namespace troupe::test {

/// Runs modules on a simulated host.
class simulated_runner : public module_runner {
public:
  simulated_runner() : simulated_runner{std::make_shared<simulated_host>()} {
  }

  /// The host, to set its scene and to look at it.
  simulated_host& host;

private:
  explicit simulated_runner(std::shared_ptr<simulated_host> made)
      : module_runner{made}, host{*made} {
    temporary = "/tmp/run";
    host.disk.put_folder(temporary);
  }
};

} // namespace troupe::test
