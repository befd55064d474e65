#include "modules/support/web/web_ways.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t longest_authorities = size_t{16} << 20;
constexpr size_t longest_netrc = size_t{1} << 20;

/// A variable that is written small or large.
std::string either_case(const std::string& name, const module_context& ctx) {
  if (auto text = environment_entry(name, ctx); text && !text->empty())
    return *text;
  auto large = name;
  for (auto& each : large)
    if (each >= 'a' && each <= 'z')
      each = static_cast<char>(each - 'a' + 'A');
  return environment_entry(large, ctx).value_or("");
}

bool is_excepted(const web_address& to, const std::string& names) {
  if (names == "*")
    return true;
  for (auto& each : split_text(names, ',')) {
    std::string_view name{each};
    while (!name.empty() && (name[0] == ' ' || name[0] == '.'))
      name.remove_prefix(1);
    while (name.ends_with(' '))
      name.remove_suffix(1);
    auto with_port = fmt::format("{}:{}", to.host, to.port);
    for (std::string_view host :
         {std::string_view{to.host}, std::string_view{with_port}})
      if (!name.empty() && host.ends_with(name)
          && (host.size() == name.size()
              || host[host.size() - name.size() - 1] == '.'))
        return true;
  }
  return false;
}

} // namespace

result<std::optional<web_address>> proxy_for(const web_address& to,
                                             const module_context& ctx) {
  auto said = either_case(to.encrypted ? "https_proxy" : "http_proxy", ctx);
  if (said.empty() || is_excepted(to, either_case("no_proxy", ctx)))
    return std::optional<web_address>{};
  auto proxy = read_address(
    said.find("://") == std::string::npos ? "http://" + said : said);
  if (!proxy)
    return proxy.why();
  if (proxy->encrypted)
    return error{errc::unsupported,
                 "a proxy that is spoken to with TLS is not supported"};
  return std::optional{*std::move(proxy)};
}

std::string host_authorities(const module_context& ctx) {
  auto own = environment_entry("SSL_CERT_FILE", ctx).value_or("");
  for (std::string_view path :
       {std::string_view{own},
        std::string_view{"/etc/ssl/certs/ca-certificates.crt"},
        std::string_view{"/etc/pki/tls/certs/ca-bundle.crt"},
        std::string_view{"/etc/ssl/ca-bundle.pem"},
        std::string_view{"/etc/ssl/cert.pem"}}) {
    if (path.empty())
      continue;
    if (auto text
        = ctx.machine.files().read(std::string{path}, longest_authorities))
      return *std::move(text);
  }
  return {};
}

std::optional<std::pair<std::string, std::string>>
netrc_entry(const std::string& host, const module_context& ctx) {
  auto path = environment_entry("NETRC", ctx).value_or("");
  if (path.empty())
    path = expand_path("~/.netrc", ctx);
  auto text = ctx.machine.files().read(path, longest_netrc);
  if (!text)
    return std::nullopt;
  auto words = words_in(*text);
  for (size_t i = 0; i < words.size(); ++i) {
    auto named
      = words[i] == "machine" && i + 1 < words.size() && words[i + 1] == host;
    if (!named && words[i] != "default")
      continue;
    std::pair<std::string, std::string> out;
    for (i += named ? 2 : 1; i + 1 < words.size(); i += 2) {
      if (words[i] == "login" || words[i] == "user")
        out.first = words[i + 1];
      else if (words[i] == "password")
        out.second = words[i + 1];
      else if (words[i] != "account")
        break;
    }
    return out;
  }
  return std::nullopt;
}

} // namespace troupe
