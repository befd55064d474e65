#include "platform/web/server_request.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

/// The status of what is wrong; 0: nothing is.
int fault_of(const std::string& head) {
  server_request out;
  auto wrong = read_web_head(head, out);
  return wrong ? wrong->status : 0;
}

std::string with(const std::string& lines) {
  return "GET / HTTP/1.1\r\n" + lines + "\r\n";
}

int length_fault(const std::string& lines) {
  server_request out;
  REQUIRE_FALSE(read_web_head(with(lines), out));
  web_fault wrong{0, ""};
  return body_length_of(out, wrong) ? 0 : wrong.status;
}

} // namespace

TEST_CASE("the head of a request is read", "[actors][fleet][http]") {
  server_request got;
  std::string head = "POST /v1/runs/a%20b?x=1+2&y=%26&x=3 HTTP/1.1\r\n"
                     "Host: example.com\r\nAUTHORIZATION:  Bearer t \r\n"
                     "Content-Length: 12\r\n\r\n";
  CHECK(end_of_web_head(head + "rest") == head.size());
  CHECK_FALSE(end_of_web_head(head.substr(0, head.size() - 1)));
  REQUIRE_FALSE(read_web_head(head, got));
  CHECK(got.method == "POST");
  CHECK(got.path == "/v1/runs/a b");
  REQUIRE(got.parameter("x"));
  CHECK(*got.parameter("x") == "3");
  CHECK(*got.parameter("y") == "&");
  CHECK_FALSE(got.parameter("z"));
  REQUIRE(got.header("authorization"));
  CHECK(*got.header("authorization") == "Bearer t");
  web_fault wrong;
  CHECK(body_length_of(got, wrong) == 12);
}

TEST_CASE("what two readers could take for different requests is refused",
          "[actors][fleet][http]") {
  for (auto* first :
       {"GET", "GET /", "GET / x HTTP/1.1", " / HTTP/1.1", "GET  / HTTP/1.1",
        "G(T / HTTP/1.1", "GET http://example.com/ HTTP/1.1", "GET * HTTP/1.1",
        "GET /%2 HTTP/1.1", "GET /%zz HTTP/1.1", "GET /%00 HTTP/1.1",
        "GET /?a=%0 HTTP/1.1", "GET /\x01 HTTP/1.1", ""}) {
    INFO(first);
    CHECK(fault_of(std::string{first} + "\r\n\r\n") == 400);
  }
  CHECK(fault_of("GET / HTTP/2.0\r\n\r\n") == 505);
  CHECK(fault_of("GET / HTTP/1.0\r\n\r\n") == 0);
  for (auto* line : {"no colon", " a: folded", "a : b", ": b", "a: b\rc",
                     "a: b\nc: d", "a\x01: b", "a: \x7f"}) {
    INFO(line);
    CHECK(fault_of(with(std::string{line} + "\r\n")) == 400);
  }
}

TEST_CASE("a body has one length, and comes in one piece",
          "[actors][fleet][http]") {
  CHECK(length_fault("") == 0);
  CHECK(length_fault("Content-Length: 0\r\n") == 0);
  for (auto* wrong : {"-1", "1x", "", "+1", "0x10", "99999999999999999999"}) {
    INFO(wrong);
    CHECK(length_fault(fmt::format("Content-Length: {}\r\n", wrong)) == 400);
  }
  CHECK(length_fault("Content-Length: 1\r\nContent-Length: 1\r\n") == 400);
  CHECK(length_fault("Transfer-Encoding: chunked\r\n") == 411);
  CHECK(length_fault("Content-Length: 1\r\nTransfer-Encoding: gzip\r\n")
        == 411);
}

TEST_CASE("a request has so many headers, and no more",
          "[actors][fleet][http]") {
  std::string lines;
  for (size_t i = 0; i < web_headers_most; ++i)
    lines += "a: b\r\n";
  CHECK(fault_of(with(lines)) == 0);
  CHECK(fault_of(with(lines + "a: b\r\n")) == 431);
}
