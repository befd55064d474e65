#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* line = "deb http://me:pw@deb.example.com/a stable main";
constexpr const char* own = "/etc/apt/sources.list.d/deb_example_com_a.list";

struct apt_host : simulated_runner {
  apt_host() {
    host.disk.put("/etc/apt/sources.list",
                  "# remark # x\ndeb  http://d  s  main # c\n"
                  "#deb http://off s main\n");
    host.disk.put_folder("/var/lib/apt/lists");
    host.programs.on("apt-get *", program_answer{});
  }

  std::string file(const std::string& path) {
    auto text = host.disk.read(path, size_t{1} << 20);
    return text ? *text : "(absent)";
  }
};

} // namespace

TEST_CASE("apt_repository puts a line into a file of its own",
          "[modules][apt_repository][M048]") {
  apt_host one;
  one.diff_mode = true;
  dict given{{"repo", std::string{"  "} + line}};
  CHECK(one.predict("apt_repository", given).changed);
  CHECK(one.file(own) == "(absent)");
  CHECK(one.host.programs.calls().empty());
  auto out = one.run("apt_repository", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.file(own) == std::string{line} + "\n");
  CHECK(one.host.programs.count("apt-get --yes update") == 1);
  CHECK(text_at(out, "state") == "present");
  CHECK(out.diff.find("after")->as_string() == std::string{line} + "\n");
  CHECK_FALSE(one.run("apt_repository", given).changed);
  given.set("state", "absent");
  CHECK(one.run("apt_repository", given).changed);
  CHECK(one.file(own) == "(absent)");
  CHECK_FALSE(one.run("apt_repository", given).changed);
}

TEST_CASE("apt_repository finds lines in all files",
          "[modules][apt_repository][M048]") {
  apt_host one;
  dict there{{"repo", "deb http://d s main"}, {"update_cache", false}};
  CHECK_FALSE(one.run("apt_repository", there).changed);
  CHECK(one
          .run("apt_repository",
               {{"repo", "deb http://off s main"}, {"update-cache", false}})
          .changed);
  CHECK(one.file("/etc/apt/sources.list")
        == "# remark # x\ndeb  http://d  s  main # c\ndeb http://off s main\n");
  there.set("state", "absent");
  CHECK(one.run("apt_repository", there).changed);
  CHECK(one.file("/etc/apt/sources.list")
        == "# remark # x\ndeb http://off s main\n");
  CHECK(one.host.programs.calls().empty());
}

TEST_CASE("apt_repository names files and gives them modes",
          "[modules][apt_repository][M048]") {
  apt_host one;
  one.run("apt_repository", {{"repo", line},
                             {"filename", "mine"},
                             {"mode", "0600"},
                             {"update_cache", false}});
  auto status
    = one.host.disk.status("/etc/apt/sources.list.d/mine.list", false);
  REQUIRE((status && *status));
  CHECK((*status)->mode == 0600);
  one.run("apt_repository", {{"repo", "deb [arch=amd64 a=b] cdrom:x/ s"},
                             {"update_cache", false}});
  CHECK(one.file("/etc/apt/sources.list.d/cdrom_x.list")
        == "deb [arch=amd64 a=b] cdrom:x/ s\n");
}

TEST_CASE("apt_repository takes back what apt cannot use",
          "[modules][apt_repository][M048][M052]") {
  apt_host one;
  one.host.programs.on("apt-get *update",
                       program_answer{.rc = 100, .err = "E: no\n"});
  auto before = one.host.disk.snapshot();
  auto out
    = one.run("apt_repository", {{"repo", line}, {"update_cache_retries", 2}});
  CHECK(out.failed);
  CHECK(one.file(own) == "(absent)");
  CHECK(one.host.programs.count("apt-get --yes update") == 2);
  out = one.run("apt_repository", {{"repo", "deb http://off s main"}});
  CHECK(out.failed);
  CHECK(one.file("/etc/apt/sources.list").find("#deb http://off")
        != std::string::npos);
}

TEST_CASE("apt_repository leaves a list its owner and mode",
          "[modules][apt_repository][M052]") {
  apt_host one;
  one.host.programs.on("apt-get *update",
                       program_answer{.rc = 100, .err = "E: no\n"});
  one.host.disk.put(own, std::string{line} + "\n", 0600);
  REQUIRE(one.host.disk.set_owner(own, 42, 43, false));
  auto out = one.run(
    "apt_repository",
    {{"repo", line}, {"state", "absent"}, {"update_cache_retries", 1}});
  CHECK(out.failed);
  CHECK(one.file(own) == std::string{line} + "\n");
  auto status = *one.host.disk.status(own, false);
  REQUIRE(status);
  CHECK(status->mode == 0600);
  CHECK(status->uid == 42);
  CHECK(status->gid == 43);
}

TEST_CASE("apt_repository refuses what is no line",
          "[modules][apt_repository][M052]") {
  apt_host one;
  for (auto repo : {"", "http://x", "# deb http://x s", "deb a\ndeb b"})
    CHECK(one.run("apt_repository", {{"repo", repo}}).why
          == errc::invalid_argument);
  CHECK(one.run("apt_repository", {{"repo", "ppa:a/b"}}).why
        == errc::unsupported);
}
