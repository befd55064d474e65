#include "platform/http.hpp"

#include "platform/host.hpp"
#include "tests/platform/web_certificates.hpp"
#include "tests/platform/web_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

struct read_answer {
  result<void> done;
  http_head head;
  std::string body;
  bool complete = false;
};

/// What a reader makes of bytes that come in pieces and end there.
read_answer read_all(std::string_view bytes, size_t piece,
                     bool bodiless = false) {
  http_reader reader{bodiless};
  read_answer out;
  auto take = [&out](std::string_view part) {
    out.body += part;
    return result<void>{};
  };
  for (size_t i = 0; out.done && i < bytes.size(); i += piece)
    out.done = reader.feed(bytes.substr(i, piece), take);
  out.complete = reader.done();
  if (out.done)
    out.done = reader.finish();
  out.head = reader.head();
  return out;
}

http_request request_to(const web_server& server) {
  http_request out;
  out.host = "127.0.0.1";
  out.port = server.port;
  out.headers = {{"Host", "127.0.0.1"}};
  out.patience = 5s;
  out.limit = {std::chrono::steady_clock::now() + 5s};
  return out;
}

http_request secure_request_to(const web_server& server) {
  auto out = request_to(server);
  out.encrypted = true;
  out.terms.authorities = web_authority;
  return out;
}

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";

} // namespace

TEST_CASE("answers of web servers are read in pieces of any size",
          "[platform][http][M044]") {
  auto [text, body, complete] = GENERATE(table<std::string, std::string, bool>({
    {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\nmore", "hello\n",
     true},
    {"HTTP/1.0 200 OK\n\nhello\n", "hello\n", false},
    {"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", "", true},
    {"HTTP/1.1 204 No\r\nContent-Length: 6\r\n\r\n", "", true},
    {"HTTP/1.1 100 Go on\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\n"
     "Content-Length: 2\r\n\r\nab",
     "ab", true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nhel\r\n3;x=y\r\nlo\n\r\n0\r\nX-T: 1\r\n\r\n",
     "hello\n", true},
    {"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1\r\n\r\nx", "x", true},
  }));
  auto piece = GENERATE(as<size_t>{}, 1, 7, 10'000);
  INFO(text);
  auto got = read_all(text, piece);
  CHECK(got.done);
  CHECK(got.body == body);
  CHECK(got.complete == complete);
}

TEST_CASE("the answer to HEAD has no body", "[platform][http]") {
  auto got
    = read_all("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", 100, true);
  CHECK(got.done);
  CHECK(got.complete);
  CHECK(got.head.status == 200);
  REQUIRE(find_header(got.head.headers, "content-LENGTH"));
  CHECK(*find_header(got.head.headers, "content-LENGTH") == "6");
}

TEST_CASE("what is no HTTP is refused", "[platform][http][M044]") {
  auto text = GENERATE(
    as<std::string>{}, "SSH-2.0-x\r\n\r\n", "HTTP/2 200\r\n",
    "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
    "HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1 200 OK\r\nx\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA b: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\n x: y\r\n\r\n", "HTTP/1.1 101 Other\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: "
    "99999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
    "Content-Length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhello\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "x\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "1\r\nab\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "1\r\na\r\n",
    "HTTP/1.1 200 OK\r\n", "");
  auto piece = GENERATE(as<size_t>{}, 1, 10'000);
  INFO(text);
  CHECK_FALSE(read_all(text, piece).done);
}

TEST_CASE("heads of answers are bounded", "[platform][http]") {
  const std::string first = "HTTP/1.1 200 OK\r\nX: ";
  const std::string last = "\r\nContent-Length: 0\r\n\r\n";
  // One more than the bytes of all lines.
  auto room = (size_t{64} << 10) - first.size() - last.size();
  auto extra = GENERATE(as<size_t>{}, 0, 1);
  auto text = first;
  text.append(room + extra, 'x').append(last);
  CHECK(static_cast<bool>(read_all(text, 4096).done) == (extra == 0));
  std::string going_on;
  while (going_on.size() < (size_t{65} << 10))
    going_on += "HTTP/1.1 100 Go on\r\n\r\n";
  CHECK_FALSE(read_all(going_on, 4096).done);
}

TEST_CASE("a server is asked, and what it says is kept, saved or skipped",
          "[platform][http][M044]") {
  auto machine = make_real_host();
  temp_dir folder;
  web_server server{{{.answer = hello}}};
  auto request = request_to(server);
  request.method = "PUT";
  request.target = "/a?b";
  request.has_body = true;
  SECTION("kept") {
    request.body = "from here";
    auto got = machine->network().exchange(request);
    REQUIRE(got);
    CHECK(got->head.status == 200);
    CHECK(got->body == "hello\n");
    CHECK(server.heard.at(0)
          == "PUT /a?b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n"
             "Connection: close\r\n\r\nfrom here");
  }
  SECTION("saved") {
    request.use = [](const http_head&) { return body_use::save; };
    request.save_as = folder / "new";
    auto got = machine->network().exchange(request);
    REQUIRE(got);
    CHECK(got->saved);
    CHECK(got->body.empty());
    CHECK(read_file(folder / "new") == "hello\n");
    // Nothing that is there is written over.
    CHECK_FALSE(machine->network().exchange(request));
  }
  SECTION("a file is sent") {
    auto path = folder / "body";
    REQUIRE(machine->files().replace(path, "from a file", {}));
    request.body_file = path;
    REQUIRE(machine->network().exchange(request));
    CHECK(server.heard.at(0).ends_with("\r\n\r\nfrom a file"));
  }
  SECTION("bounded") {
    request.keep_at_most = 6;
    CHECK(machine->network().exchange(request));
    request.keep_at_most = 5;
    auto got = machine->network().exchange(request);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::exhausted);
  }
}

TEST_CASE("a body that is packed is unpacked, and a damaged one refused",
          "[platform][http]") {
  const std::string packed{
    "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\xe7\x02\0 0:6\x06\0\0\0",
    26};
  auto cut = GENERATE(as<size_t>{}, 26, 20, 3);
  auto machine = make_real_host();
  auto text = fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                          "Content-Length: {}\r\n\r\n",
                          cut);
  text.append(packed, 0, cut);
  web_server server{{{.answer = text}}};
  auto request = request_to(server);
  auto got = machine->network().exchange(request);
  CHECK(static_cast<bool>(got) == (cut == 26));
  if (got)
    CHECK(got->body == "hello\n");
  request.decompress = false;
  got = machine->network().exchange(request);
  REQUIRE(got);
  CHECK(got->body.size() == cut);
}

TEST_CASE("a server that is silent or gone is a failure in time",
          "[platform][http][M046]") {
  auto machine = make_real_host();
  auto [turn, code] = GENERATE(table<web_turn, errc>({
    {{.holds = true}, errc::timeout},
    {{.answer = "HTTP/1.1 200 OK\r\n", .holds = true}, errc::timeout},
    {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", .holds = true},
     errc::timeout},
    {{.answer = ""}, errc::network},
    {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"},
     errc::network},
    {{.answer = "220 mail.example.com\r\n", .at_once = true}, errc::network},
  }));
  web_server server{{turn}};
  auto request = request_to(server);
  request.patience = 30ms;
  auto got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == code);
  INFO(got.why().message);
  // The task's own time counts as well, and so does its end.
  request.patience = 1h;
  request.limit.until = std::chrono::steady_clock::now() + 20ms;
  CHECK_FALSE(machine->network().exchange(request));
  std::stop_source stop;
  stop.request_stop();
  request.limit
    = {std::chrono::steady_clock::time_point::max(), stop.get_token()};
  got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code != errc::timeout);
}

TEST_CASE("who is asked over TLS has to show who it is",
          "[platform][http][tls][M044]") {
  auto machine = make_real_host();
  auto [key, host, fine] = GENERATE(table<certified_key, std::string, bool>({
    {web_here, "127.0.0.1", true},
    {web_here, "localhost", true},
    {web_elsewhere, "127.0.0.1", false},
    {web_elsewhere, "localhost", false},
    {web_late, "127.0.0.1", false},
  }));
  web_server server{{{.answer = hello}}, key};
  auto request = secure_request_to(server);
  request.host = host;
  auto got = machine->network().exchange(request);
  CHECK(static_cast<bool>(got) == fine);
  if (got)
    CHECK(got->body == "hello\n");
  else
    CHECK(got.why().code == errc::permission_denied);
  // Not even who it is signed by, when nobody wants to know.
  request.terms.verify = false;
  request.terms.authorities.clear();
  CHECK(machine->network().exchange(request));
  request.terms.verify = true;
  got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::not_found);
  request.terms.authorities = web_late.certificate;
  CHECK_FALSE(machine->network().exchange(request));
}

TEST_CASE("an answer over TLS that is cut off is no answer",
          "[platform][http][tls]") {
  auto machine = make_real_host();
  auto [text, says_end, fine] = GENERATE(table<std::string, bool, bool>({
    {"HTTP/1.0 200 OK\r\n\r\nhello\n", true, true},
    {"HTTP/1.0 200 OK\r\n\r\nhello\n", false, false},
    {hello, false, true},
  }));
  web_server server{{{.answer = text, .says_end = says_end}}, web_here};
  auto got = machine->network().exchange(secure_request_to(server));
  CHECK(static_cast<bool>(got) == fine);
}

TEST_CASE("what does not speak TLS is not asked over it",
          "[platform][http][tls]") {
  auto machine = make_real_host();
  web_server server{{{.answer = hello, .at_once = true}}};
  CHECK_FALSE(machine->network().exchange(secure_request_to(server)));
  web_server silent{{{.at_once = true, .holds = true}}};
  auto request = secure_request_to(silent);
  request.patience = 20ms;
  auto got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::timeout);
}

TEST_CASE("a proxy is asked for the host", "[platform][http]") {
  auto machine = make_real_host();
  auto said = GENERATE(as<std::string>{}, "HTTP/1.1 200 Connected\r\n\r\n",
                       "HTTP/1.1 407 Who\r\n\r\n", "nonsense\r\n\r\n");
  // It passes nothing on, so that TLS ends there; but it was asked.
  web_server proxy{{{.answer = said}}};
  auto request = secure_request_to(proxy);
  request.proxy_host = "127.0.0.1";
  request.proxy_port = proxy.port;
  request.proxy_headers = {{"Proxy-Authorization", "Basic eDp5"}};
  request.host = "www.example.com";
  request.port = 443;
  auto got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  auto refused = got.why().message.find("proxy refuses") != std::string::npos;
  CHECK(refused == (said.find("407") != std::string::npos));
  CHECK(proxy.heard.at(0)
        == "CONNECT www.example.com:443 HTTP/1.1\r\n"
           "Host: www.example.com:443\r\n"
           "Proxy-Authorization: Basic eDp5\r\n\r\n");
}

TEST_CASE("a socket of the host can be asked", "[platform][http]") {
  auto machine = make_real_host();
  http_request request;
  request.patience = 1s;
  request.limit = {std::chrono::steady_clock::now() + 1s};
  request.socket = std::string(200, 'x');
  auto got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::invalid_argument);
  temp_dir folder;
  request.socket = folder / "none";
  got = machine->network().exchange(request);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::network);
}
