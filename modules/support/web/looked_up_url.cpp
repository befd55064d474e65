#include "config/language/language.hpp"
#include "config/language/library/web_asker.hpp"
#include "config/plan/plan_text.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/web/web_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace troupe {

namespace {

constexpr double longest_silence = 1'000'000;

/// The options of `lookup('url')`, as they are said.
class url_options {
public:
  explicit url_options(const dict& said) : said_{said} {
  }

  std::string text(const char* name, std::string otherwise = {}) const {
    auto* x = said_.find(std::string_view{name});
    return x ? to_display(*x) : std::move(otherwise);
  }

  bool flag(const char* name, bool otherwise) const {
    auto* x = said_.find(std::string_view{name});
    return x ? as_flag(*x).value_or(false) : otherwise;
  }

  /// A list, or a text with commas.
  std::vector<std::string> texts(const char* name) const {
    auto* x = said_.find(std::string_view{name});
    if (!x || !x->is_list())
      return x ? parts_of(to_display(*x), ',') : std::vector<std::string>{};
    std::vector<std::string> out;
    for (auto& each : x->as_list())
      out.push_back(to_display(each));
    return out;
  }

  const value* find(const char* name) const {
    return said_.find(std::string_view{name});
  }

private:
  const dict& said_;
};

std::optional<double> number_in(const value& x) {
  auto shown = to_display(x);
  auto text = trimmed(shown);
  double out = 0;
  auto [end, wrong]
    = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size()
      || !std::isfinite(out))
    return std::nullopt;
  return out;
}

result<std::chrono::nanoseconds> patience_in(const url_options& options) {
  using std::chrono::nanoseconds;
  auto* said = options.find("timeout");
  if (!said)
    return nanoseconds{std::chrono::seconds{10}};
  auto number = number_in(*said);
  if (!number)
    return error{
      errc::invalid_argument,
      fmt::format("timeout: expected seconds, found '{}'", to_display(*said))};
  std::chrono::duration<double> seconds{
    std::clamp(*number, 0.001, longest_silence)};
  return std::chrono::duration_cast<nanoseconds>(seconds);
}

result<web_terms> terms_in(const url_options& options) {
  if (options.flag("use_gssapi", false))
    return error{errc::unsupported, "GSSAPI is not spoken here: use_gssapi "
                                    "cannot be set"};
  if (!options.texts("ciphers").empty())
    return error{errc::unsupported,
                 "the ciphers of TLS cannot be chosen: leave ciphers out"};
  web_terms out;
  out.agent = options.text("http_agent", "ansible-httpget");
  out.force = options.flag("force", false);
  out.use_proxy = options.flag("use_proxy", true);
  out.verify = options.flag("validate_certs", true);
  if (auto user = options.text("username"); !user.empty())
    out.user = user;
  out.password = options.text("password");
  out.force_basic_auth = options.flag("force_basic_auth", false);
  out.use_netrc = options.flag("use_netrc", true);
  out.authorities = options.text("ca_path");
  out.socket = options.text("unix_socket");
  out.unredirected = options.texts("unredirected_headers");
  auto patience = patience_in(options);
  if (!patience)
    return patience.why();
  out.patience = *patience;
  if (!is_one_line(out.agent))
    return error{errc::invalid_argument, "http_agent must be one line"};
  return out;
}

/// What only asks is sent on by all but two of the words that there are.
redirect_rule redirects_in(const url_options& options) {
  auto said = options.text("follow_redirects", "urllib2");
  for (auto* each : {"all", "yes", "safe", "urllib2"})
    if (said == each)
      return redirect_rule::safe;
  return as_flag(value{said}).value_or(false) ? redirect_rule::safe
                                              : redirect_rule::never;
}

/// Answers in Ansible's words, which playbooks look for.
result<std::string> look_up_url(const web_question& asked) {
  url_options options{asked.options};
  auto terms = terms_in(options);
  if (!terms)
    return terms.why();
  web_request request;
  request.url = asked.url;
  request.follow = redirects_in(options);
  if (auto* said = options.find("headers")) {
    auto headers = headers_of(*said);
    if (!headers)
      return headers.why();
    request.headers = *std::move(headers);
  }
  module_context ctx{.machine = asked.machine,
                     .temporary_directory = {},
                     .deadline = asked.deadline,
                     .stop = asked.stop};
  auto answer = ask_web(request, *terms, ctx);
  if (!answer && answer.why().code == errc::network)
    return error{errc::network, fmt::format("Failed lookup url for {} : {}",
                                            asked.url, answer.why().message)};
  if (!answer)
    return answer.why();
  if (!answer->good())
    return error{errc::network, fmt::format("Received HTTP error for {} : {}",
                                            asked.url, answer->msg())};
  return std::move(answer->body);
}

/// A lookup has nobody else to ask.
[[maybe_unused]] const bool said_to_lookups = [] {
  known_web_asker() = look_up_url;
  return true;
}();

} // namespace

} // namespace troupe
