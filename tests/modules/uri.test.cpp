#include "modules/support/web/web_address.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

simulated_network::page page(std::string target, unsigned status = 200,
                             http_headers headers = {},
                             std::string body = "hello\n") {
  simulated_network::page out;
  out.target = std::move(target);
  out.head = {status, status == 200 ? "OK" : "Other", std::move(headers)};
  out.body = std::move(body);
  return out;
}

std::string header(const http_request& from, std::string_view name) {
  auto* found = find_header(from.headers, name);
  return found ? *found : "(absent)";
}

} // namespace

TEST_CASE("addresses are taken apart and put together",
          "[modules][uri][M044]") {
  auto [text, host, port, target]
    = GENERATE(table<std::string, std::string, uint16_t, std::string>({
      {"http://www.example.com", "www.example.com", 80, "/"},
      {"https://www.example.com/a?b=c#d", "www.example.com", 443, "/a?b=c"},
      {"http://[::1]:8080/", "::1", 8080, "/"},
      {"http://alice:a%40b@192.0.2.1:1/é", "192.0.2.1", 1, "/%C3%A9"},
    }));
  auto got = read_address(text);
  REQUIRE(got);
  CHECK(got->host == host);
  CHECK(got->port == port);
  CHECK(got->target == target);
  CHECK(got->password.value_or("a@b") == "a@b");
}

TEST_CASE("what is no address of the web is refused", "[modules][uri]") {
  auto text
    = GENERATE(as<std::string>{}, "", "nothing", "http://", "http:///x",
               "ftp://x/", "http://www.example.com:0/",
               "http://www.example.com:70000/", "http://a b/", "http://a/b c",
               "http://a/\r\nX: y", "http://a\tb/", "http://ä.example.com/");
  INFO(text);
  CHECK_FALSE(read_address(text));
}

TEST_CASE("redirections are followed from where they stand", "[modules][uri]") {
  auto from = read_address("http://www.example.com/a/b?c");
  REQUIRE(from);
  auto [to, url] = GENERATE(table<std::string, std::string>({
    {"/x", "http://www.example.com/x"},
    {"x y?z=../q", "http://www.example.com/a/x%20y?z=../q"},
    {"../../x/./y/..", "http://www.example.com/x/"},
    {"?d", "http://www.example.com/a/b?d"},
    {"", "http://www.example.com/a/b"},
    {"//192.0.2.1/#e", "http://192.0.2.1/"},
    {"https://192.0.2.1/", "https://192.0.2.1/"},
  }));
  CHECK(resolve_address(*from, to).operator bool());
  CHECK(*resolve_address(*from, to) == url);
}

TEST_CASE("a server is asked, and its answer returned", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages
    = {page("/j", 200, {{"Content-Type", "application/json"}}, "{\"a\": 1}"),
       page("/gone", 404)};
  auto got = on.run("uri", dict{{"url", "http://www.example.com/j"},
                                {"headers", dict{{"X-One", 1}}},
                                {"return_content", true}});
  CHECK_FALSE(got.failed);
  CHECK_FALSE(got.changed);
  CHECK(text_at(got, "content") == "{\"a\": 1}");
  CHECK(text_at(got, "content_type") == "application/json");
  CHECK(integer_at(got, "status") == 200);
  auto* json = got.data.find("json");
  REQUIRE(json);
  CHECK(json->as_dict().find("a")->to_int() == 1);
  auto& asked = on.host.net.asked.at(0);
  CHECK(header(asked, "x-one") == "1");
  CHECK(header(asked, "Host") == "www.example.com");
  CHECK(header(asked, "User-Agent") == "ansible-httpget");
  got = on.run("uri", dict{{"url", "http://www.example.com/gone"}});
  CHECK(got.failed);
  CHECK(got.msg.find("404") != std::string::npos);
  got = on.run("uri", dict{{"url", "http://www.example.com/gone"},
                           {"status_code", list{200, 404}}});
  CHECK_FALSE(got.failed);
  CHECK(text_at(got, "body") == "hello\n");
}

TEST_CASE("a server that cannot be reached has the status -1",
          "[modules][uri]") {
  simulated_runner on;
  dict asked{{"url", "http://www.example.com/"}};
  auto got = on.run("uri", asked);
  CHECK(got.failed);
  CHECK(integer_at(got, "status") == -1);
  asked.set("status_code", list{-1});
  CHECK_FALSE(on.run("uri", asked).failed);
}

TEST_CASE("bodies are written as asked for", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/")};
  auto [format, body, sent, type]
    = GENERATE(table<std::string, troupe::value, std::string, std::string>({
      {"raw", "a", "a", "application/x-www-form-urlencoded"},
      {"json", dict{{"a", list{1, true}}}, "{\"a\": [1, true]}",
       "application/json"},
      {"form-urlencoded", dict{{"a", "b c"}, {"d", list{1, "&"}}, {"e", {}}},
       "a=b+c&d=1&d=%26", "application/x-www-form-urlencoded"},
      {"form-urlencoded", list{list{"a", "1"}, list{"a", "2"}}, "a=1&a=2",
       "application/x-www-form-urlencoded"},
    }));
  auto got = on.run("uri", dict{{"url", "http://www.example.com/"},
                                {"method", "post"},
                                {"body", body},
                                {"body_format", format}});
  CHECK_FALSE(got.failed);
  auto& asked = on.host.net.asked.at(0);
  CHECK(asked.method == "POST");
  CHECK(asked.body == sent);
  CHECK(header(asked, "Content-Type") == type);
}

TEST_CASE("a form of several parts holds texts and files", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/")};
  on.host.disk.put("/plan/files/f.txt", "from a file\n");
  on.search_path = {"/plan"};
  auto got = on.run(
    "uri", dict{{"url", "http://www.example.com/"},
                {"method", "POST"},
                {"body_format", "form-multipart"},
                {"body", dict{{"a", "b"},
                              {"f", dict{{"filename", "f.txt"},
                                         {"mime_type", "text/x-own"}}}}}});
  INFO(got.msg);
  REQUIRE_FALSE(got.failed);
  auto& asked = on.host.net.asked.at(0);
  CHECK(asked.body.find("name=\"a\"\r\nContent-Type: text/plain\r\n\r\nb\r\n")
        != std::string::npos);
  CHECK(asked.body.find("name=\"f\"; filename=\"f.txt\"\r\n"
                        "Content-Type: text/x-own\r\n\r\nfrom a file\n")
        != std::string::npos);
  CHECK(header(asked, "Content-Type").starts_with("multipart/form-data; "));
  for (auto& wrong : {value{"text"}, value{dict{{"a", 1}}},
                      value{dict{{"a", dict{}}}}, value{dict{{"a\r\n", "b"}}},
                      value{dict{{"a", dict{{"filename", "missing"}}}}}}) {
    INFO(to_display(wrong));
    CHECK(on.run("uri", dict{{"url", "http://www.example.com/"},
                             {"body_format", "form-multipart"},
                             {"body", wrong}})
            .failed);
  }
}

TEST_CASE("what could become another header is refused", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/")};
  for (auto& headers : {dict{{"a", "b\r\nc: d"}}, dict{{"a\nb", "c"}},
                        dict{{"a b", "c"}}, dict{{"", "c"}}}) {
    auto got = on.run(
      "uri", dict{{"url", "http://www.example.com/"}, {"headers", headers}});
    CHECK(got.failed);
  }
  CHECK(on.run("uri", dict{{"url", "http://www.example.com/"},
                           {"method", "GET / HTTP/1.1\r\n"}})
          .failed);
  CHECK(on.host.net.asked.empty());
}

TEST_CASE("where an answer sends to is followed by rule",
          "[modules][uri][M044]") {
  simulated_runner on;
  auto [status, method, rule, asked]
    = GENERATE(table<unsigned, std::string, std::string, std::string>({
      {301, "GET", "safe", "GET"},
      {301, "POST", "safe", ""},
      {301, "POST", "all", "GET"},
      {301, "PUT", "all", "PUT"},
      {302, "PUT", "all", "GET"},
      {303, "HEAD", "all", "HEAD"},
      {307, "POST", "all", "POST"},
      {307, "POST", "urllib2", ""},
      {302, "POST", "urllib2", "GET"},
      {302, "GET", "none", ""},
    }));
  on.host.net.pages
    = {page("/", status, {{"Location", "/there"}}), page("/there")};
  auto got = on.run("uri", dict{{"url", "http://www.example.com/"},
                                {"method", method},
                                {"follow_redirects", rule},
                                {"status_code", list{200, int64_t{status}}}});
  INFO(status << method << rule);
  CHECK_FALSE(got.failed);
  auto& all = on.host.net.asked;
  CHECK((all.size() == 2 ? all[1].method : "") == asked);
  CHECK((got.data.find("redirected")->as_bool()) == !asked.empty());
}

TEST_CASE("nobody is sent in a circle for ever", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/", 302, {{"Location", "/"}})};
  CHECK(on.run("uri", dict{{"url", "http://www.example.com/"}}).failed);
  CHECK(on.host.net.asked.size() == 11);
}

TEST_CASE("passwords are for the server that they were given for",
          "[modules][uri][M044]") {
  simulated_runner on;
  on.host.net.pages
    = {page("/", 302,
            {{"Location", "http://192.0.2.1/there"}, {"Set-Cookie", "a=b"}}),
       page("/there")};
  auto got = on.run("uri", dict{{"url", "http://www.example.com/"},
                                {"url_username", "alice"},
                                {"url_password", "secret"},
                                {"force_basic_auth", true}});
  CHECK_FALSE(got.failed);
  auto& all = on.host.net.asked;
  REQUIRE(all.size() == 2);
  CHECK(header(all[0], "Authorization") == "Basic YWxpY2U6c2VjcmV0");
  CHECK(header(all[1], "Authorization") == "(absent)");
  CHECK(header(all[1], "Cookie") == "(absent)");
}

TEST_CASE("who asks is said when the server wants to know, and once",
          "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages
    = {page("/", 401, {{"WWW-Authenticate", "Basic realm=\"x\""}})};
  CHECK(on.run("uri", dict{{"url", "http://alice:secret@www.example.com/"}})
          .failed);
  auto& all = on.host.net.asked;
  REQUIRE(all.size() == 2);
  CHECK(header(all[0], "Authorization") == "(absent)");
  CHECK(header(all[1], "Authorization") == "Basic YWxpY2U6c2VjcmV0");
  all.clear();
  on.host.disk.put("/root/.netrc", "machine x login a password b\n"
                                   "machine www.example.com\n"
                                   "  login alice password secret\n");
  CHECK(on.run("uri", dict{{"url", "http://www.example.com/"}}).failed);
  CHECK(header(all.at(0), "Authorization") == "Basic YWxpY2U6c2VjcmV0");
}

TEST_CASE("the environment names the proxy", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("http://www.example.com/"), page("/")};
  on.environment = {{"http_proxy", "http://alice:secret@192.0.2.1:3128"},
                    {"no_proxy", "localhost, .example.org"}};
  CHECK_FALSE(on.run("uri", dict{{"url", "http://www.example.com/"}}).failed);
  auto& all = on.host.net.asked;
  CHECK(all.at(0).proxy_host == "192.0.2.1");
  CHECK(all.at(0).proxy_port == 3128);
  CHECK(header(all.at(0), "Proxy-Authorization") == "Basic YWxpY2U6c2VjcmV0");
  CHECK_FALSE(on.run("uri", dict{{"url", "http://www.example.org/"}}).failed);
  CHECK_FALSE(on.run("uri", dict{{"url", "http://www.example.com/"},
                                 {"use_proxy", false}})
                .failed);
  CHECK(all.at(1).proxy_host.empty());
  CHECK(all.at(2).proxy_host.empty());
}

TEST_CASE("what a server sends can go into a file", "[modules][uri]") {
  simulated_runner on;
  on.host.disk.put_folder("/srv");
  on.host.net.pages
    = {page("/x/f", 200, {{"Content-Disposition", "x; filename=../../g"}})};
  dict asked{
    {"url", "http://www.example.com/x/f"}, {"dest", "/srv"}, {"mode", "0600"}};
  auto got = on.run("uri", asked);
  INFO(got.msg);
  CHECK(got.changed);
  // Folders in a name are not its server's business.
  CHECK(text_at(got, "path") == "/srv/g");
  CHECK(on.host.disk.holds("/srv/g", "hello\n"));
  CHECK(text_at(got, "mode") == "0600");
  REQUIRE(on.host.disk.list("/tmp/run"));
  CHECK(on.host.disk.list("/tmp/run")->empty());
}

TEST_CASE("nothing is asked in check mode, or when it is done",
          "[modules][uri][M051]") {
  simulated_runner on;
  on.host.disk.put("/etc/done", "");
  auto got = on.run(
    "uri", dict{{"url", "http://www.example.com/"}, {"creates", "/etc/done"}});
  CHECK(text_at(got, "stdout") == "skipped, since '/etc/done' exists");
  got = on.run(
    "uri", dict{{"url", "http://www.example.com/"}, {"removes", "/etc/none"}});
  CHECK_FALSE(got.failed);
  got = on.predict(
    "uri", dict{{"url", "http://www.example.com/"}, {"dest", "/etc/new"}});
  CHECK(got.skipped);
  CHECK(got.held_back);
  CHECK(on.host.net.asked.empty());
}

TEST_CASE("a silent server is waited for as long as the task says",
          "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/")};
  on.host.net.pages[0].after = 5s;
  dict asked{{"url", "http://www.example.com/"}, {"timeout", 6}};
  auto got = on.run("uri", asked);
  CHECK_FALSE(got.failed);
  CHECK(integer_at(got, "elapsed") == 5);
  asked.set("timeout", 4);
  got = on.run("uri", asked);
  CHECK(got.failed);
  CHECK(got.why == errc::timeout);
}

TEST_CASE("what is not spoken is refused", "[modules][uri]") {
  simulated_runner on;
  on.host.net.pages = {page("/")};
  for (auto& more :
       {dict{{"use_gssapi", true}}, dict{{"ciphers", list{"x"}}}}) {
    auto asked = more;
    asked.set("url", "http://www.example.com/");
    auto got = on.run("uri", asked);
    CHECK(got.failed);
    CHECK(got.why == errc::unsupported);
  }
}
