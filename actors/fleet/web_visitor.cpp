#include "actors/fleet/web_visitor.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view bearer = "bearer ";
constexpr const char* guard_header = "x-troupe-guard";

/// The name of a scheme is the same in large letters.
bool is_bearer(std::string_view given) {
  return given.size() >= bearer.size()
         && std::equal(bearer.begin(), bearer.end(), given.begin(),
                       [](char x, char y) {
                         return x == (y >= 'A' && y <= 'Z' ? y - 'A' + 'a' : y);
                       });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes as long wherever the two differ.
bool same_secret(std::string_view x, std::string_view y) {
  unsigned differs = x.size() == y.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    differs |= static_cast<unsigned char>(x[i] ^ y[i]);
  return differs == 0;
}

} // namespace

std::string cookie_name(const server_request& request) {
  auto* host = request.header("host");
  auto colon = host ? host->rfind(':') : std::string::npos;
  std::string out{"troupe"};
  if (colon == std::string::npos)
    return out;
  auto port = std::string_view{*host}.substr(colon + 1);
  // That of an IPv6 address without a port is none.
  if (!port.empty() && port.size() <= 5
      && std::all_of(port.begin(), port.end(), is_digit))
    out += "_" + std::string{port};
  return out;
}

std::string cookie_secret(const server_request& request) {
  auto* all = request.header("cookie");
  auto mark = cookie_name(request) + "=";
  std::string_view rest{all ? std::string_view{*all} : std::string_view{}};
  while (!rest.empty()) {
    auto one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    while (one.starts_with(' '))
      one.remove_prefix(1);
    if (one.starts_with(mark))
      return std::string{one.substr(mark.size())};
  }
  return {};
}

std::string cookie_header(const server_request& request,
                          const std::string& secret) {
  auto out = cookie_name(request) + "=" + secret
             + "; Path=/; HttpOnly; SameSite=Strict";
  if (secret.empty())
    out += "; Max-Age=0";
  // A proxy before it speaks TLS.
  auto* outside = request.header("x-forwarded-proto");
  if (outside && *outside == "https")
    out += "; Secure";
  return out;
}

std::optional<web_visitor> visitor_of(const server_request& request,
                                      const web_keys& keys,
                                      web_sessions& sessions, store_time now) {
  if (auto* given = request.header("authorization")) {
    if (!is_bearer(*given))
      return std::nullopt;
    auto who
      = keys.holder_of(std::string_view{*given}.substr(bearer.size()), now);
    if (!who)
      return std::nullopt;
    return web_visitor{std::move(*who), {}};
  }
  auto found = sessions.find(cookie_secret(request), now);
  if (!found)
    return std::nullopt;
  return web_visitor{std::move(found->who), std::move(found->guard)};
}

bool may_use(link_role role, web_access access) {
  switch (access) {
  case web_access::anybody:
    return true;
  case web_access::viewer:
    return role != link_role::runner;
  case web_access::operator_:
    return role == link_role::operator_ || role == link_role::admin;
  case web_access::admin:
    return role == link_role::admin;
  }
  return false;
}

bool is_foreign(const server_request& request) {
  auto* site = request.header("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none")
    return true;
  auto* origin = request.header("origin");
  auto* host = request.header("host");
  if (!origin)
    return false;
  auto mark = origin->find("://");
  return mark == std::string::npos || !host
         || origin->substr(mark + 3) != *host;
}

bool is_own_request(const server_request& request, const web_visitor& visitor) {
  if (visitor.guard.empty() || request.method == "GET"
      || request.method == "HEAD")
    return true;
  auto* said = request.header(guard_header);
  return said && same_secret(*said, visitor.guard) && !is_foreign(request);
}

} // namespace troupe
