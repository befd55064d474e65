#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Reads a secret from where it is kept at run time:
///
///     env:NAME          a variable of the environment
///     file:PATH         a file that only its owner (us, or root) can read
///     fd:N              a descriptor that whoever started us left open
///     credential:NAME   a file in $CREDENTIALS_DIRECTORY, as systemd gives it
///
/// One line end at its end is not part of it. At most 1 MiB. The error names
/// the source, never the secret.
result<std::string> read_secret(std::string_view source);

/// Takes a secret out of the environment, so that no program that is started
/// later finds it there; nothing is done for other sources. To be called once
/// all secrets are read, and before there are threads.
void forget_secret(std::string_view source);

/// Whether `source` has one of these forms.
result<void> check_secret_source(std::string_view source);

} // namespace troupe
