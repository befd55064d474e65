#include "config/language/library/text_tools.hpp"
#include "config/language/library/web_asker.hpp"
#include "config/language/run/run_lookup.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

web_asker& known_web_asker() {
  // Function-local, so that who speaks it finds it constructed.
  static web_asker instance = nullptr;
  return instance;
}

namespace {

using values = std::vector<value>;

/// Who says an option that the lookup itself is silent about: a variable of the
/// run, or one of the environment.
struct outer_option {
  const char* name;
  const char* variable;
  const char* environment;
};

constexpr outer_option outer_options[] = {
  {"ca_path", "ansible_lookup_url_ca_path", "ANSIBLE_LOOKUP_URL_CA_PATH"},
  {"ciphers", "ansible_lookup_url_ciphers", "ANSIBLE_LOOKUP_URL_CIPHERS"},
  {"follow_redirects", "ansible_lookup_url_follow_redirects",
   "ANSIBLE_LOOKUP_URL_FOLLOW_REDIRECTS"},
  {"force", "ansible_lookup_url_force", "ANSIBLE_LOOKUP_URL_FORCE"},
  {"http_agent", "ansible_lookup_url_agent", "ANSIBLE_LOOKUP_URL_AGENT"},
  {"timeout", "ansible_lookup_url_timeout", "ANSIBLE_LOOKUP_URL_TIMEOUT"},
  {"unix_socket", "ansible_lookup_url_unix_socket",
   "ANSIBLE_LOOKUP_URL_UNIX_SOCKET"},
  {"unredirected_headers", "ansible_lookup_url_unredir_headers",
   "ANSIBLE_LOOKUP_URL_UNREDIR_HEADERS"},
  {"use_gssapi", "ansible_lookup_url_use_gssapi",
   "ANSIBLE_LOOKUP_URL_USE_GSSAPI"},
  {"use_netrc", "ansible_lookup_url_use_netrc", "ANSIBLE_LOOKUP_URL_USE_NETRC"},
};

constexpr const char* url_parameters
  = "split_lines= validate_certs= use_proxy= username= password= headers= "
    "force= timeout= http_agent= force_basic_auth= follow_redirects= "
    "use_gssapi= use_netrc= unix_socket= ca_path= unredirected_headers= "
    "ciphers= **named";

/// In the order of `url_parameters`, behind `split_lines`.
constexpr const char* url_options[]
  = {"validate_certs",   "use_proxy",  "username",
     "password",         "headers",    "force",
     "timeout",          "http_agent", "force_basic_auth",
     "follow_redirects", "use_gssapi", "use_netrc",
     "unix_socket",      "ca_path",    "unredirected_headers",
     "ciphers"};

result<dict> options_of(evaluator& e, host& machine,
                        const bound_arguments& with) {
  dict out;
  auto& run = e.run_state();
  for (auto& each : outer_options) {
    if (auto text = machine.variable(each.environment))
      out.set(std::string_view{each.name}, value{*text});
    if (auto* x = run.names().find(each.variable)) {
      auto got = run.evaluate(*x);
      if (!got)
        return got.why();
      out.set(std::string_view{each.name}, *std::move(got));
    }
  }
  size_t i = 1;
  for (auto* name : url_options) {
    if (with.has(i) && !with[i].is_null())
      out.set(std::string_view{name}, with[i]);
    ++i;
  }
  return out;
}

result<std::string> content_of(evaluator& e, const std::string& url,
                               const dict& options, host& machine) {
  auto ask = known_web_asker();
  if (!ask)
    return lookup_failure("this program speaks to no web servers");
  auto& run = e.run_state();
  auto& terms = run.left().terms();
  auto got = [&] {
    budget::pause waiting{run.left()};
    return ask({url, options, machine, terms.deadline, terms.stop});
  }();
  if (!got)
    return got.why();
  if (auto ok = run.left().check_terms(); !ok)
    return ok.why();
  auto most = run.core().options.limits.read_bytes;
  if (got->size() > most)
    return failure(errc::exhausted, "{}: the answer has more than {} bytes",
                   url, most);
  work_meter::make(got->size());
  return repair_utf8(*got);
}

result<values> url(evaluator& e, const values& terms,
                   const bound_arguments& with) {
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto options = options_of(e, **machine, with);
  if (!options)
    return options.why();
  bool by_lines = !with.has(0) || as_flag(with[0]).value_or(false);
  values out;
  for (auto& term : terms) {
    auto address = term_text(term);
    if (!address)
      return address.why();
    auto content = content_of(e, *address, *options, **machine);
    if (!content)
      return content.why();
    if (!by_lines)
      out.emplace_back(*std::move(content));
    else
      for (auto& line : split_lines(*content, false))
        out.emplace_back(std::move(line));
  }
  return out;
}

constexpr lookup_row web_lookup_rows[] = {{"url", url_parameters, url}};

} // namespace

std::span<const lookup_row> web_lookups() {
  return web_lookup_rows;
}

} // namespace troupe
