#include "config/language/language.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/web/web_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

argument web_flag(std::string_view name, std::string_view summary,
                  bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

result<void> refuse_unsupported(const arguments& args) {
  if (args.flag("use_gssapi"))
    return error{errc::unsupported, "GSSAPI is not spoken here: use_gssapi "
                                    "cannot be set"};
  if (args.given("ciphers"))
    return error{errc::unsupported,
                 "the ciphers of TLS cannot be chosen: leave ciphers out"};
  return {};
}

} // namespace

std::vector<argument> with_web_arguments(std::vector<argument> own) {
  std::vector<argument> shared{
    web_flag("force", "Ask for what no cache has kept.", false),
    {.name = "headers",
     .type = arg_type::dict,
     .summary = "Headers to send, by name.",
     .fallback = dict{}},
    {.name = "http_agent",
     .summary = "What the request calls its program.",
     .fallback = "ansible-httpget"},
    web_flag("use_proxy", "Ask the proxy that the environment names.", true),
    web_flag("validate_certs", "The server has to show a right certificate.",
             true),
    {.name = "url_username",
     .summary = "Who asks; as part of the address too.",
     .aliases = {"username", "user"}},
    {.name = "url_password",
     .summary = "The password.",
     .aliases = {"password"},
     .secret = true},
    web_flag("force_basic_auth", "Send both before the server asks for them.",
             false),
    web_flag("use_netrc", "Take both from `~/.netrc` when the task has none.",
             true),
    web_flag("use_gssapi", "Refused when it is set.", false),
    {.name = "client_cert",
     .type = arg_type::path,
     .summary = "A file (PEM) with the certificate to show, and its key too "
                "when `client_key` is silent."},
    {.name = "client_key",
     .type = arg_type::path,
     .summary = "A file (PEM) with the key of it."},
    {.name = "ciphers",
     .type = arg_type::list,
     .summary = "Refused when it is set."},
    web_flag("decompress", "Unpack what is packed with gzip on its way.", true),
    {.name = "unredirected_headers",
     .type = arg_type::list,
     .summary = "Headers that are not sent to where an answer sends to.",
     .fallback = list{}},
  };
  own.insert(own.end(), std::make_move_iterator(shared.begin()),
             std::make_move_iterator(shared.end()));
  return own;
}

result<web_terms> read_web_terms(const arguments& args,
                                 const module_context& ctx) {
  if (auto fine = refuse_unsupported(args); !fine)
    return fine.why();
  web_terms out;
  out.agent = args.text("http_agent");
  out.force = args.flag("force");
  out.use_proxy = args.flag("use_proxy");
  out.verify = args.flag("validate_certs");
  if (auto user = args.text("url_username"); !user.empty())
    out.user = user;
  out.password = args.text("url_password");
  out.force_basic_auth = args.flag("force_basic_auth");
  out.use_netrc = args.flag("use_netrc");
  out.decompress = args.flag("decompress");
  out.client_certificate = path_argument(args, "client_cert", ctx);
  out.client_key = path_argument(args, "client_key", ctx);
  out.authorities = path_argument(args, "ca_path", ctx);
  out.socket = path_argument(args, "unix_socket", ctx);
  out.unredirected = args.texts("unredirected_headers");
  out.patience = std::chrono::seconds{
    std::clamp<int64_t>(args.integer("timeout", 10), 1, 1'000'000)};
  if (!is_one_line(out.agent))
    return error{errc::invalid_argument, "http_agent must be one line"};
  return out;
}

result<http_headers> read_headers(const arguments& args) {
  auto* given = args.find("headers");
  return given ? headers_of(*given) : http_headers{};
}

result<http_headers> headers_of(const value& given) {
  http_headers out;
  if (!given.is_dict())
    return out;
  constexpr std::string_view no_name = " \t()<>@,;:\\\"/[]?={}";
  for (auto& [key, each] : given.as_dict()) {
    auto name = to_display(key);
    // As Python writes them.
    auto text = each.is_bool() ? std::string{each.as_bool() ? "True" : "False"}
                               : to_display(each);
    if (name.empty() || name.find_first_of(no_name) != std::string::npos
        || !is_one_line(name) || !is_one_line(text))
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be sent as a header: expected a "
                               "name and one line of text",
                               name)};
    out.emplace_back(std::move(name), std::move(text));
  }
  return out;
}

void add_header(http_headers& to, std::string_view name, std::string text) {
  if (!find_header(to, name))
    to.emplace_back(name, std::move(text));
}

std::string web_answer::msg() const {
  if (!good())
    return fmt::format("HTTP Error {}: {}", head.status, head.reason);
  auto* length = find_header(head.headers, "Content-Length");
  return fmt::format("OK ({} bytes)", length ? *length : "unknown");
}

} // namespace troupe
