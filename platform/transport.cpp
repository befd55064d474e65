#include "platform/transport.hpp"

#include <charconv>

namespace troupe {

result<endpoint> parse_endpoint(std::string_view text) {
  auto wrong = [&] {
    return error{errc::invalid_argument,
                 "expected HOST:PORT, found '" + std::string{text} + "'"};
  };
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return wrong();
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']' && host.size() > 2)
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of(":[]") != std::string_view::npos)
    return wrong();
  auto digits = text.substr(colon + 1);
  endpoint out{std::string{host}, 0};
  auto [end, code]
    = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (code != std::errc{} || end != digits.data() + digits.size()
      || digits.empty())
    return wrong();
  return out;
}

std::string to_string(const endpoint& x) {
  auto host
    = x.host.find(':') == std::string::npos ? x.host : "[" + x.host + "]";
  return host + ":" + std::to_string(x.port);
}

} // namespace troupe
