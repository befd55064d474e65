#include "modules/support/web/web_address.hpp"

#include "config/language/library/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace troupe {

namespace {

int digit_of(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto at
    = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// Path or query with bytes escaped that are not ASCII.
std::string escaped(std::string_view text) {
  std::string out;
  for (auto c : text)
    if (static_cast<unsigned char>(c) >= 0x80)
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  return out;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255
         && std::all_of(text.begin(), text.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '.'
                     || c == '_' || c == ':';
            });
}

/// A path without the steps `.` and `..` (RFC 3986, 5.2.4).
std::string without_steps(std::string_view path) {
  std::vector<std::string_view> kept;
  auto ends_open = false;
  for (auto rest = path.substr(1);;) {
    auto end = std::min(rest.find('/'), rest.size());
    auto part = rest.substr(0, end);
    ends_open = part == "." || part == "..";
    if (part == ".." && !kept.empty())
      kept.pop_back();
    if (!ends_open)
      kept.push_back(part);
    if (end == rest.size())
      break;
    rest.remove_prefix(end + 1);
  }
  std::string out;
  for (auto part : kept)
    out.append("/").append(part);
  return ends_open || out.empty() ? out + "/" : out;
}

/// An address for messages: without what may be a password.
std::string shown(std::string_view url) {
  auto begin = url.find("://");
  auto at = url.substr(0, url.find_first_of("/?#", begin + 3)).rfind('@');
  if (begin == std::string_view::npos || at == std::string_view::npos)
    return std::string{url};
  return fmt::format("{}{}", url.substr(0, begin + 3), url.substr(at + 1));
}

} // namespace

std::string without_escapes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto high
      = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    auto low = high >= 0 ? digit_of(text[i + 2]) : -1;
    out += low < 0 ? text[i] : static_cast<char>(high * 16 + low);
    i += low < 0 ? 0 : 2;
  }
  return out;
}

std::string web_address::place() const {
  auto out
    = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
  if (port != (encrypted ? 443 : 80))
    out += fmt::format(":{}", port);
  return out;
}

std::string web_address::text() const {
  return fmt::format("{}://{}{}", encrypted ? "https" : "http", place(),
                     target);
}

result<web_address> read_address(std::string_view url) {
  auto wrong = [&](std::string_view why) {
    return error{errc::invalid_argument,
                 fmt::format("'{}' is no address: {}", shown(url), why)};
  };
  if (std::any_of(url.begin(), url.end(),
                  [](char c) { return (c >= 0 && c <= ' ') || c == 0x7f; }))
    return wrong("it holds blanks or control characters");
  auto parts = url_parts(url);
  if (!parts || !parts->is_dict())
    return wrong("expected http://HOST/PATH");
  auto& all = parts->as_dict();
  auto part = [&all](std::string_view name) {
    auto* x = all.find(name);
    return x && x->is_text() ? x->as_string() : std::string{};
  };
  web_address out;
  auto scheme = part("scheme");
  out.encrypted = scheme == "https";
  if (scheme.empty())
    return wrong("expected http://HOST/PATH");
  if (!out.encrypted && scheme != "http")
    return error{
      errc::unsupported,
      fmt::format("'{}': only http and https are spoken here", shown(url))};
  out.host = part("hostname");
  if (!is_host(out.host))
    return wrong("it names no host");
  auto* port = all.find("port");
  auto number = port ? port->to_int() : std::nullopt;
  if (number && (*number < 1 || *number > 65535))
    return wrong("its port is none");
  out.port = static_cast<uint16_t>(number.value_or(out.encrypted ? 443 : 80));
  auto path = part("path");
  out.target = escaped(path.empty() ? "/" : path);
  if (auto query = part("query"); !query.empty())
    out.target += "?" + escaped(query);
  auto* user = all.find("username");
  if (user && user->is_text()) {
    out.user = without_escapes(user->as_string());
    out.password = without_escapes(part("password"));
  }
  return out;
}

result<std::string> resolve_address(const web_address& from,
                                    std::string_view to) {
  // As browsers do.
  std::string text;
  for (auto c : to.substr(0, to.find('#')))
    text += c == ' ' ? "%20" : std::string(1, c);
  auto base
    = fmt::format("{}://{}", from.encrypted ? "https" : "http", from.place());
  auto path = std::string_view{from.target}.substr(0, from.target.find('?'));
  auto mark = text.find_first_of(":/?");
  std::string out;
  if (mark != std::string::npos && text[mark] == ':')
    out = text;
  else if (text.starts_with("//"))
    out = fmt::format("{}:{}", from.encrypted ? "https" : "http", text);
  else if (text.empty() || text[0] == '?')
    out = fmt::format("{}{}{}", base, path, text);
  else {
    auto query = std::min(text.find('?'), text.size());
    auto full = text[0] == '/'
                  ? text.substr(0, query)
                  : fmt::format("{}{}", path.substr(0, path.rfind('/') + 1),
                                text.substr(0, query));
    out = fmt::format("{}{}{}", base, without_steps(full), text.substr(query));
  }
  return out;
}

std::string name_in_address(std::string_view url) {
  auto path = url.substr(0, url.find_first_of("?#"));
  if (auto scheme = path.find("://"); scheme != std::string_view::npos) {
    auto slash = path.find('/', scheme + 3);
    path = slash == std::string_view::npos ? "" : path.substr(slash);
  }
  auto name = path.substr(path.rfind('/') + 1);
  return name.empty() ? "index.html" : std::string{name};
}

} // namespace troupe
