#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto url = "http://www.example.com/f";
constexpr auto sha256_of_hello
  = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

simulated_network::page file_page(std::string target, std::string body,
                                  unsigned status = 200) {
  simulated_network::page out;
  out.target = std::move(target);
  out.head = {status, "OK", {}};
  out.body = std::move(body);
  return out;
}

struct load_runner : simulated_runner {
  load_runner() {
    host.disk.put_folder("/srv");
    host.net.pages = {file_page("/f", "hello\n")};
  }

  /// What is left of what was loaded.
  size_t leftovers() {
    auto names = host.disk.list("/tmp/run");
    return names ? names->size() : 99;
  }
};

} // namespace

TEST_CASE("a file is loaded, and not again when it is there",
          "[modules][get_url][M044]") {
  load_runner on;
  dict asked{{"url", url}, {"dest", "/srv/f"}, {"mode", "0640"}};
  auto got = on.run("get_url", asked);
  INFO(got.msg);
  CHECK(got.changed);
  CHECK(on.host.disk.holds("/srv/f", "hello\n"));
  CHECK(text_at(got, "mode") == "0640");
  CHECK(integer_at(got, "status_code") == 200);
  CHECK_FALSE(
    find_header(on.host.net.asked.at(0).headers, "If-Modified-Since"));
  got = on.run("get_url", asked);
  CHECK_FALSE(got.changed);
  CHECK(find_header(on.host.net.asked.at(1).headers, "If-Modified-Since"));
  on.host.net.pages[0].head.status = 304;
  got = on.run("get_url", asked);
  CHECK_FALSE(got.failed);
  CHECK_FALSE(got.changed);
  CHECK(on.leftovers() == 0);
}

TEST_CASE("a checksum decides before anything is replaced",
          "[modules][get_url][M044]") {
  load_runner on;
  on.host.disk.put("/srv/f", "old\n");
  dict asked{{"url", url},
             {"dest", "/srv/f"},
             {"checksum", "sha256:" + std::string(64, '0')}};
  auto got = on.run("get_url", asked);
  CHECK(got.failed);
  CHECK(on.host.disk.holds("/srv/f", "old\n"));
  CHECK(on.leftovers() == 0);
  asked.set("checksum", std::string{"SHA256:"} + sha256_of_hello);
  CHECK(on.run("get_url", asked).changed);
  auto before = on.host.net.asked.size();
  CHECK_FALSE(on.run("get_url", asked).changed);
  CHECK(on.host.net.asked.size() == before);
  asked.set("mode", "0600");
  got = on.run("get_url", asked);
  CHECK(got.changed);
  CHECK(got.msg == "file already exists but file attributes changed");
}

TEST_CASE("a checksum can be looked up in a list", "[modules][get_url]") {
  auto [text, fine] = GENERATE(table<std::string, bool>({
    {std::string{sha256_of_hello} + "\n", true},
    {std::string(64, '0') + "  g\n" + sha256_of_hello + "  f\n", true},
    {std::string{sha256_of_hello} + " *./f\n", true},
    {std::string{sha256_of_hello} + "  ff\n" + sha256_of_hello + " g\n", false},
    {"<html> f\n", false},
    {"", false},
  }));
  load_runner on;
  on.host.net.pages.push_back(file_page("/sums", text));
  auto got
    = on.run("get_url", dict{{"url", url},
                             {"dest", "/srv/f"},
                             {"checksum", "sha256:http://www.example.com/"
                                          "sums"}});
  INFO(text << got.msg);
  CHECK(got.failed == !fine);
}

TEST_CASE("a checksum that is none is refused before anything is asked",
          "[modules][get_url]") {
  auto text
    = GENERATE(as<std::string>{}, "sha256", "sha256:", "sha256:x", "sum:00");
  load_runner on;
  CHECK(on.run("get_url",
               dict{{"url", url}, {"dest", "/srv/f"}, {"checksum", text}})
          .failed);
  CHECK(on.host.net.asked.empty());
}

TEST_CASE("a folder gets a file of the server's name", "[modules][get_url]") {
  load_runner on;
  on.host.net.pages.push_back(
    {.target = "/",
     .head = {200, "OK", {{"Content-Disposition", "filename=\"/etc/g\""}}},
     .body = "g"});
  auto got = on.run("get_url", dict{{"url", url}, {"dest", "/srv"}});
  CHECK(text_at(got, "dest") == "/srv/f");
  got = on.run("get_url",
               dict{{"url", "http://www.example.com"}, {"dest", "/srv"}});
  CHECK(text_at(got, "dest") == "/srv/g");
}

TEST_CASE("what was not loaded leaves the old file alone",
          "[modules][get_url]") {
  load_runner on;
  on.host.disk.put("/srv/f", "old\n");
  dict asked{{"url", url}, {"dest", "/srv/f"}};
  on.host.net.pages[0].head.status = GENERATE(201U, 404U, 500U);
  auto got = on.run("get_url", asked);
  CHECK(got.failed);
  on.host.net.pages.clear();
  CHECK(on.run("get_url", asked).failed);
  CHECK(on.host.disk.holds("/srv/f", "old\n"));
  asked.set("tmp_dest", "/none");
  CHECK(on.run("get_url", asked).why == errc::not_found);
  CHECK(on.leftovers() == 0);
}

TEST_CASE("check mode loads and compares, and changes nothing",
          "[modules][get_url][M051]") {
  load_runner on;
  on.host.disk.put("/srv/f", "old\n");
  on.diff_mode = true;
  auto got = on.predict("get_url", dict{{"url", url}, {"dest", "/srv/f"}});
  CHECK(got.changed);
  REQUIRE(got.diff.is_dict());
  CHECK(to_display(*got.diff.as_dict().find("after")) == "hello\n");
  CHECK(on.host.disk.holds("/srv/f", "old\n"));
  on.host.disk.put("/srv/f", "hello\n");
  got = on.predict("get_url", dict{{"url", url}, {"dest", "/srv/f"}});
  CHECK_FALSE(got.changed);
  CHECK(on.leftovers() == 0);
}

TEST_CASE("a file of the host has an address too", "[modules][get_url]") {
  load_runner on;
  on.host.disk.put("/srv/a b", "local\n");
  auto got
    = on.run("get_url", dict{{"url", "file:///srv/a%20b"}, {"dest", "/srv/f"}});
  CHECK(got.changed);
  CHECK(on.host.disk.holds("/srv/f", "local\n"));
  CHECK(on.host.disk.holds("/srv/a b", "local\n"));
  for (auto wrong : {"file:///srv/none", "file://srv", "ftp://srv/x"})
    CHECK(on.run("get_url", dict{{"url", wrong}, {"dest", "/srv/f"}}).failed);
}
