#pragma once

#include "platform/result.hpp"

#include <string_view>

namespace troupe {

/// "WHAT: WORDS" for an error number of mbedTLS.
error crypto_error(int number, std::string_view what);

/// Random bytes in the form in which mbedTLS asks for them.
int random_for_mbedtls(void* unused, unsigned char* out, size_t count);

} // namespace troupe
