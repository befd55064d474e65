#include "platform/simulated/simulated_machine.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

process_result answer_of(simulated_machine& on, std::vector<std::string> argv) {
  process_spec spec;
  spec.argv = std::move(argv);
  auto out = on.programs.run(spec);
  REQUIRE(out);
  return std::move(*out);
}

} // namespace

TEST_CASE("hosts that begin with the same files change their own only",
          "[platform][simulated][M149]") {
  simulated_host scene;
  scene.disk.put("/etc/a/one", "1");
  scene.disk.put("/etc/a/two", "2");
  simulated_host x;
  simulated_host y;
  x.disk.begin_with(scene.disk);
  y.disk.begin_with(scene.disk);
  CHECK(x.disk.snapshot() == y.disk.snapshot());
  REQUIRE(x.disk.replace("/etc/a/one", "x", {}, {}));
  REQUIRE(x.disk.set_mode("/etc/a/two", 0600));
  CHECK(*x.disk.read("/etc/a/one", 10) == "x");
  CHECK(*y.disk.read("/etc/a/one", 10) == "1");
  CHECK((*y.disk.status("/etc/a/two", false))->mode == 0644);
  REQUIRE(x.disk.remove("/etc/a/two"));
  CHECK(*x.disk.list("/etc/a") == std::vector<std::string>{"one"});
  CHECK(*y.disk.list("/etc/a") == std::vector<std::string>{"one", "two"});
  REQUIRE(x.disk.remove_all("/etc/a"));
  CHECK(!*x.disk.status("/etc/a/one", false));
  CHECK(x.disk.glob("/etc/a/*").empty());
  CHECK(y.disk.glob("/etc/a/*").size() == 2);
  // A new file is none of those that were there.
  REQUIRE(x.disk.replace("/etc/new", "n", {}, {}));
  CHECK((*x.disk.status("/etc/new", false))->inode
        != (*y.disk.status("/etc/a/one", false))->inode);
}

TEST_CASE("files of another file system are shown and never changed",
          "[platform][simulated][M149]") {
  simulated_host source;
  source.disk.put("/site/files/f", "one");
  source.disk.put("/site/files/g", "two");
  REQUIRE(source.disk.make_symlink("f", "/site/files/link"));
  source.disk.put("/proc/secret", "x");
  auto before = source.disk.snapshot();
  simulated_host uut;
  uut.disk.show(source.disk, {}, "/there");
  CHECK(*uut.disk.read("/there/site/files/link", 10) == "one");
  CHECK(uut.disk.holds("/there/site/files/g", "two"));
  CHECK(!*uut.disk.status("/there/proc/secret", true));
  CHECK(*uut.disk.list("/there/site/files")
        == std::vector<std::string>{"f", "g", "link"});
  CHECK(
    uut.disk.glob("/there/site/files/?")
    == std::vector<std::string>{"/there/site/files/f", "/there/site/files/g"});
  REQUIRE(uut.disk.replace("/there/site/files/f", "mine", {}, {}));
  CHECK(*uut.disk.read("/there/site/files/f", 10) == "mine");
  REQUIRE(uut.disk.set_mode("/there/site/files/g", 0600));
  CHECK(*uut.disk.read("/there/site/files/g", 10) == "two");
  CHECK(!uut.disk.remove("/there/site/files"));
  REQUIRE(uut.disk.remove_all("/there/site/files"));
  CHECK(!*uut.disk.status("/there/site/files/g", true));
  REQUIRE(uut.disk.make_directory("/there/site/files", 0755));
  CHECK(uut.disk.list("/there/site/files")->empty());
  CHECK(source.disk.snapshot() == before);
}

TEST_CASE("a machine of each family speaks of packages in its own words",
          "[platform][simulated][M149]") {
  machine_profile profile;
  profile.has_all_packages = true;
  profile.family = "alma";
  simulated_machine alma{profile};
  CHECK(alma.programs.find_program("apt-get", {}).empty());
  CHECK(answer_of(alma, {"rpm", "--query", "--whatprovides", "x"}).rc == 1);
  CHECK(answer_of(alma, {"dnf", "--assumeyes", "install", "x"}).rc == 0);
  CHECK(answer_of(alma, {"rpm", "--query", "--whatprovides", "x"}).rc == 0);
  CHECK_THAT(answer_of(alma, {"dnf", "install", "x"}).out.bytes,
             Catch::Contains("Nothing to do"));
  alma.packages.refuse("y");
  CHECK_THAT(answer_of(alma, {"dnf", "install", "y"}).err.bytes,
             Catch::Contains("No match for argument: y"));
  profile.family = "alpine";
  simulated_machine alpine{profile};
  CHECK_THAT(answer_of(alpine, {"apk", "add", "nginx"}).out.bytes,
             Catch::Contains("(1/1) Installing nginx"));
  CHECK(answer_of(alpine, {"apk", "info", "-e", "nginx"}).rc == 0);
  CHECK(answer_of(alpine, {"rc-service", "nginx", "status"}).rc == 0);
  CHECK(answer_of(alpine, {"rc-service", "nginx", "stop"}).rc == 0);
  CHECK(answer_of(alpine, {"rc-service", "nginx", "status"}).rc == 3);
  CHECK(answer_of(alpine, {"rc-update", "delete", "nginx", "default"}).rc == 0);
  CHECK_THAT(answer_of(alpine, {"rc-update", "show", "default"}).out.bytes,
             !Catch::Contains("nginx"));
}
