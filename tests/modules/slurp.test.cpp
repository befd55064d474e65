#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("slurp returns a content whatever its bytes are",
          "[modules][slurp][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", std::string{"\0\xff\x10", 3});
  auto out = host.run("slurp", {{"src", "/srv/f"}});
  CHECK(text_at(out, "content") == "AP8Q");
  CHECK(text_at(out, "encoding") == "base64");
  CHECK(text_at(out, "source") == "/srv/f");
  CHECK_FALSE(out.changed);
}

TEST_CASE("slurp refuses what is missing, no file, or too long",
          "[modules][slurp][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", std::string(size_t{16} << 20, 'a'));
  CHECK_FALSE(host.run("slurp", {{"src", "/srv/f"}}).failed);
  host.host.disk.put("/srv/f", std::string((size_t{16} << 20) + 1, 'a'));
  CHECK(host.run("slurp", {{"src", "/srv/f"}}).failed);
  CHECK(host.run("slurp", {{"src", "/srv/none"}}).why == errc::not_found);
  CHECK(host.run("slurp", {{"src", "/srv"}}).failed);
}
