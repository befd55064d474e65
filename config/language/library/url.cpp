#include "config/language/library/url.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool scheme_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
}

value or_null(const std::optional<std::string>& x) {
  return x ? value{*x} : value{};
}

} // namespace

result<value> url_parts(std::string_view url) {
  std::string clean;
  for (char c : url)
    if (c != '\n' && c != '\r' && c != '\t')
      clean += c;
  std::string_view rest = clean;
  while (!rest.empty() && static_cast<unsigned char>(rest[0]) <= ' ')
    rest.remove_prefix(1);
  std::string scheme;
  auto colon = rest.find(':');
  auto letter
    = !rest.empty() && ((rest[0] | 0x20) >= 'a') && ((rest[0] | 0x20) <= 'z');
  if (colon != rest.npos && colon > 0 && letter
      && std::all_of(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(colon),
                     scheme_byte)) {
    scheme = to_lower(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
  }
  std::string netloc;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    auto end = std::min(rest.find_first_of("/?#"), rest.size());
    netloc = rest.substr(0, end);
    rest.remove_prefix(end);
    if ((netloc.find('[') == netloc.npos) != (netloc.find(']') == netloc.npos))
      return failure(errc::runtime, "Invalid IPv6 URL");
  }
  std::string fragment;
  std::string query;
  if (auto at = rest.find('#'); at != rest.npos) {
    fragment = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  if (auto at = rest.find('?'); at != rest.npos) {
    query = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::optional<std::string> host;
  value port;
  auto place = netloc;
  if (auto at = place.rfind('@'); at != place.npos) {
    auto both = place.substr(0, at);
    place = place.substr(at + 1);
    user = both.substr(0, both.find(':'));
    if (auto split = both.find(':'); split != both.npos)
      password = both.substr(split + 1);
  }
  std::string digits;
  if (auto close = place.find(']');
      place.starts_with('[') && close != place.npos) {
    host = place.substr(1, close - 1);
    if (close + 1 < place.size() && place[close + 1] == ':')
      digits = place.substr(close + 2);
  } else {
    host = place.substr(0, place.find(':'));
    if (auto split = place.find(':'); split != place.npos)
      digits = place.substr(split + 1);
  }
  if (host && host->empty())
    host.reset();
  if (host)
    *host = to_lower(*host);
  if (!digits.empty()) {
    auto number = parse_integer(digits, 10);
    if (!number)
      return failure(errc::runtime,
                     "Port could not be cast to integer value as '{}'", digits);
    if (!as_index(*number) || *as_index(*number) < 0
        || *as_index(*number) > 65535)
      return failure(errc::runtime, "Port out of range 0-65535");
    port = *number;
  }
  return value{dict{{"fragment", fragment},
                    {"hostname", or_null(host)},
                    {"netloc", netloc},
                    {"password", or_null(password)},
                    {"path", std::string{rest}},
                    {"port", port},
                    {"query", query},
                    {"scheme", scheme},
                    {"username", or_null(user)}}};
}

} // namespace troupe
