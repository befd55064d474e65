#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("fetch keeps a copy below the name of the host",
          "[modules][fetch][M044]") {
  simulated_runner host;
  host.names = {{"inventory_hostname", "web1"}};
  host.host.disk.put("/etc/app", "x\n");
  dict given{{"src", "/etc/app"}, {"dest", "/srv/all"}};
  CHECK(host.predict("fetch", given).changed);
  auto out = host.run("fetch", given);
  CHECK(out.changed);
  CHECK(text_at(out, "dest") == "/srv/all/web1/etc/app");
  CHECK(*host.machine().files().read("/srv/all/web1/etc/app") == "x\n");
  auto again = host.run("fetch", given);
  CHECK_FALSE(again.changed);
  CHECK(text_at(again, "file") == "/etc/app");
}

TEST_CASE("fetch stays in its folder whatever the path of the file is",
          "[modules][fetch][M052]") {
  simulated_runner host;
  host.names = {{"inventory_hostname", "web1"}};
  host.host.disk.put("/etc/app", "x\n");
  for (auto src : {"/etc/../../../../etc/app", "/../etc/app", "//etc/./app",
                   "../../../etc/app"}) {
    auto out = host.run("fetch", {{"src", src}, {"dest", "/srv/all"}});
    CAPTURE(src, out.msg);
    CHECK(text_at(out, out.changed ? "dest" : "file")
          == (out.changed ? std::string{"/srv/all/web1/etc/app"} : src));
  }
  CHECK(*host.machine().files().read("/srv/all/web1/etc/app") == "x\n");
}

TEST_CASE("fetch makes a file or puts it into a folder",
          "[modules][fetch][M044]") {
  simulated_runner host;
  host.host.disk.put("/etc/app", "x\n");
  host.host.disk.put_folder("/srv/there");
  auto dest = [&](const char* where) {
    return text_at(
      host.run("fetch", {{"src", "/etc/app"}, {"dest", where}, {"flat", true}}),
      "dest");
  };
  CHECK(dest("/srv/there/") == "/srv/there/app");
  CHECK(dest("/srv/new") == "/srv/new");
  CHECK(host
          .run("fetch",
               {{"src", "/etc/app"}, {"dest", "/srv/there"}, {"flat", true}})
          .failed);
}

TEST_CASE("fetch fails for a missing file unless told not to",
          "[modules][fetch][M044]") {
  simulated_runner host;
  host.host.disk.put_folder("/srv/there");
  dict given{{"src", "/etc/none"}, {"dest", "/srv/all"}};
  CHECK(host.run("fetch", given).why == errc::not_found);
  given.set("src", "/srv/there");
  CHECK(host.run("fetch", given).failed);
  given.set("fail_on_missing", false);
  CHECK_FALSE(host.run("fetch", given).failed);
  given.set("src", "/etc/none");
  auto out = host.run("fetch", given);
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.changed);
  CHECK(text_at(out, "file") == "/etc/none");
}
