#pragma once

#include "platform/accounts.hpp"
#include "platform/system_facts.hpp"

#include <memory>

namespace troupe {

/// Facts of this machine from the Linux kernel and the files of the system.
std::unique_ptr<system_probe> make_linux_probe(account_database& accounts);

} // namespace troupe
