#include "platform/result.hpp"

#include <cerrno>
#include <system_error>

namespace troupe {

const char* to_string(errc code) {
  switch (code) {
  case errc::invalid_plan:
    return "invalid_plan";
  case errc::invalid_argument:
    return "invalid_argument";
  case errc::missing_argument:
    return "missing_argument";
  case errc::not_found:
    return "not_found";
  case errc::permission_denied:
    return "permission_denied";
  case errc::command_failed:
    return "command_failed";
  case errc::unsupported:
    return "unsupported_platform";
  case errc::network:
    return "network";
  case errc::timeout:
    return "timeout";
  case errc::cancelled:
    return "cancelled";
  case errc::exhausted:
    return "exhausted";
  case errc::undefined:
    return "undefined";
  case errc::syntax:
    return "syntax";
  case errc::type:
    return "type";
  case errc::filter:
    return "filter";
  case errc::lookup:
    return "lookup";
  case errc::recursion:
    return "recursion";
  case errc::runtime:
    return "runtime";
  case errc::would_wait:
    return "would_wait";
  case errc::system:
    return "system";
  }
  return "system";
}

namespace {

errc code_of(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    return errc::not_found;
  case EACCES:
  case EPERM:
  case EROFS:
    return errc::permission_denied;
  case ENOSPC:
  case EDQUOT:
  case EMFILE:
  case ENFILE:
  case ENOMEM:
  case EAGAIN:
    return errc::exhausted;
  case ETIMEDOUT:
    return errc::timeout;
  default:
    return errc::system;
  }
}

} // namespace

error system_error(int number, const std::string& what) {
  return {code_of(number),
          what + ": " + std::generic_category().message(number)};
}

const std::string& error::undefined() const {
  static const std::string none;
  return detail ? detail->undefined : none;
}

kept_error::kept_error(const error& x) : at_{new error{x}} {
}

kept_error::kept_error(error&& x) : at_{new error{std::move(x)}} {
}

kept_error::kept_error(const kept_error& x)
    : at_{x.at_ ? new error{*x.at_} : nullptr} {
}

void kept_error::free() noexcept {
  delete at_;
}

} // namespace troupe
