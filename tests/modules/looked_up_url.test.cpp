#include "config/language/language.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// Templates on a machine that reaches some pages.
struct url_scene {
  url_scene() {
    auto add = [this](const char* target, unsigned status, std::string body,
                      http_headers headers = {}) {
      simulated_network::page out;
      out.target = target;
      out.head = {status, status == 200 ? "OK" : "Other", std::move(headers)};
      out.body = std::move(body);
      on.host.net.pages.push_back(std::move(out));
    };
    add("/lines", 200, "one\ntwo\r\n\nthree");
    add("/empty", 200, "");
    add("/gone", 404, "no");
    add("/moved", 302, "", {{"Location", "/lines"}});
    add("/closed", 401, "", {{"WWW-Authenticate", "Basic realm=\"x\""}});
  }

  result<value> ask(const std::string& inside, dict names = {}) {
    language templates{language_options{
      .machine = {std::shared_ptr<host>{}, &on.host}, .native = true}};
    return templates.evaluate(value{"{{ " + inside + " }}"},
                              dict_variables{std::move(names)});
  }

  std::string shown(const std::string& inside, dict names = {}) {
    auto got = ask(inside, std::move(names));
    INFO(inside << (got ? "" : got.why().message));
    REQUIRE(got);
    return to_display(*got);
  }

  std::string sent(std::string_view name) const {
    auto* found = find_header(on.host.net.asked.back().headers, name);
    return found ? *found : "(absent)";
  }

  simulated_runner on;
};

constexpr const char* at_lines = "'http://www.example.com/lines'";

} // namespace

TEST_CASE("a lookup gives what a web server has, by lines or as it is",
          "[modules][lookups][M044]") {
  url_scene s;
  auto [more, expected] = GENERATE(table<std::string, std::string>({
    {"", "['one', 'two', '', 'three']"},
    {", split_lines=true", "['one', 'two', '', 'three']"},
    {", split_lines=false", "['one\\ntwo\\r\\n\\nthree']"},
    {", split_lines='what'", "['one\\ntwo\\r\\n\\nthree']"},
    {", 'http://www.example.com/empty'", "['one', 'two', '', 'three']"},
    {", 'http://www.example.com/empty', split_lines=false",
     "['one\\ntwo\\r\\n\\nthree', '']"},
  }));
  CHECK(s.shown(std::string{"query('url', "} + at_lines + more + ")")
        == expected);
  CHECK(s.shown("lookup('ansible.builtin.url', 'http://www.example.com/moved')")
        == "one,two,,three");
}

TEST_CASE("what a lookup says of its request is sent",
          "[modules][lookups][M044]") {
  url_scene s;
  s.shown(std::string{"lookup('url', "} + at_lines
          + ", headers={'X-One': 1}, http_agent='me', force=true)");
  CHECK(s.sent("X-One") == "1");
  CHECK(s.sent("User-Agent") == "me");
  CHECK(s.sent("Cache-Control") == "no-cache");
  s.shown(std::string{"lookup('url', "} + at_lines
            + ", username='a', password='b', force_basic_auth=true, timeout=2)",
          dict{{"ansible_lookup_url_agent", "{{ 'you' }}"}});
  CHECK(s.sent("Authorization") == "Basic YTpi");
  CHECK(s.sent("User-Agent") == "you");
  CHECK(s.on.host.net.asked.back().patience == std::chrono::seconds{2});
  CHECK(s.on.host.net.asked.back().terms.verify);
  s.shown(std::string{"lookup('url', "} + at_lines + ", validate_certs=false)");
  CHECK(s.sent("User-Agent") == "ansible-httpget");
  CHECK_FALSE(s.on.host.net.asked.back().terms.verify);
  // Who asks is said when the server wants to know.
  auto closed = s.ask("lookup('url', 'http://www.example.com/closed', "
                      "username='a', password='b')");
  CHECK_FALSE(closed);
  CHECK(s.sent("Authorization") == "Basic YTpi");
}

TEST_CASE("a lookup without an answer says what the server has said",
          "[modules][lookups][M044]") {
  url_scene s;
  auto [what, words] = GENERATE(table<std::string, std::string>({
    {"'http://www.example.com/gone'",
     "Received HTTP error for http://www.example.com/gone : HTTP Error 404"},
    {"'http://www.example.com/moved', follow_redirects='no'",
     "Received HTTP error for http://www.example.com/moved : HTTP Error 302"},
    {"'http://other.example.com/'", "Failed lookup url for"},
    {"'nothing'", "'nothing' is no address"},
    {"'http://www.example.com/lines', timeout='soon'", "timeout"},
    {"'http://www.example.com/lines', ciphers=['a']", "ciphers"},
    {"'http://www.example.com/lines', use_gssapi=true", "GSSAPI"},
    {"'http://www.example.com/lines', headers={'a b': 1}", "header"},
  }));
  auto got = s.ask("lookup('url', " + what + ")");
  INFO(what);
  REQUIRE_FALSE(got);
  INFO(got.why().message);
  CHECK(got.why().message.find(words) != std::string::npos);
  CHECK(s.shown("lookup('url', " + what + ", errors='ignore') or 'none'")
        == "none");
}
