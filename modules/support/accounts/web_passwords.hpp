#pragma once

#include "platform/result.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What a web server keeps of a password: hashed by `scheme`, under the names
/// that passlib gives them (`apr_md5_crypt`, `sha512_crypt`, `plaintext`, ...).
/// An error for a scheme that is not known, and for a password that it cannot
/// keep.
result<std::string> web_password(const std::string& password,
                                 std::string_view scheme);

/// Whether `kept` is what `scheme` or one of the schemes that are read beside
/// it makes of the password.
bool is_web_password(const std::string& password, const std::string& kept,
                     std::string_view scheme);

} // namespace troupe
