#pragma once

#include "modules/module.hpp"
#include "modules/support/web/web_address.hpp"

#include <optional>
#include <string>
#include <utility>

namespace troupe {

/// The proxy that the environment names for an address, unless it says that
/// there is none for it.
result<std::optional<web_address>> proxy_for(const web_address& to,
                                             const module_context& ctx);

/// The authorities that this host trusts: what `SSL_CERT_FILE` names, or the
/// first file that there is of those that systems have. Empty when there is
/// none.
std::string host_authorities(const module_context& ctx);

/// Name and password for a host in the file that `NETRC` names, or `~/.netrc`.
std::optional<std::pair<std::string, std::string>>
netrc_entry(const std::string& host, const module_context& ctx);

} // namespace troupe
