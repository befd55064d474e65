#pragma once

#include "modules/module.hpp"
#include "modules/support/web/web_client.hpp"

#include <string>

namespace troupe {

/// What a file must have.
struct wanted_checksum {
  /// "sha256"; empty: nothing is wanted.
  std::string algorithm;
  std::string digest;
};

/// Reads `ALGORITHM:DIGEST`. Where an address stands for the digest, the list
/// there is fetched, and the digest of the file is in it that `url` names.
result<wanted_checksum> read_checksum(std::string_view text,
                                      const std::string& url,
                                      const web_terms& terms,
                                      const http_headers& headers,
                                      const module_context& ctx);

} // namespace troupe
