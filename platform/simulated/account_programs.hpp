#pragma once

#include "platform/simulated/simulated_host.hpp"

namespace troupe {

/// Installs useradd, usermod, userdel, groupadd, groupmod, groupdel,
/// chpasswd, chage and getent. The files in /etc are what counts, and are made
/// of the host's accounts where they are missing; the accounts follow them.
/// What the programs do not know ends them with an error that says so.
void install_account_programs(simulated_host& machine);

} // namespace troupe
