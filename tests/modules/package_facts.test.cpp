#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("package_facts reads what dpkg has",
          "[modules][package_facts][M047]") {
  simulated_runner one;
  one.host.disk.put(
    "/var/lib/dpkg/status",
    "Package: dpkg\nStatus: install ok installed\nSection: admin\n"
    "Architecture: amd64\nVersion: 1.21.22\nDescription: x\n more: y\n\n"
    "Package: old\nStatus: deinstall ok config-files\nVersion: 1\n"
    "Architecture: amd64\n\n"
    "Package: libc6\nStatus: install ok installed\nSection: libs\n"
    "Architecture: i386\nVersion: 2.36-9\n\n"
    "Package: half\nStatus: install ok unpacked\nArchitecture: all\n"
    "Version: 2\n");
  auto out = one.predict("package_facts", {});
  CHECK_FALSE(out.failed);
  auto& all = out.facts.find("packages")->as_dict();
  CHECK(all.size() == 3);
  CHECK(*all.find("dpkg")
        == value{list{dict{{"name", "dpkg"},
                           {"version", "1.21.22"},
                           {"arch", "amd64"},
                           {"category", "admin"},
                           {"origin", ""},
                           {"source", "apt"}}}});
  CHECK(all.find("libc6:i386"));
  CHECK(all.find("half"));
  CHECK(one.host.programs.calls().empty());
}

TEST_CASE("package_facts asks rpm, pacman and apk",
          "[modules][package_facts][M047]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("rpm -qa *",
           program_answer{.out = "bash\t5.1\t2.el9\t(none)\tx86_64\n"
                                 "dbus\t1.12\t7.el9\t1\tx86_64\n"
                                 "gpg-pubkey\tab\tcd\t(none)\t(none)\n"
                                 "gpg-pubkey\tef\tgh\t(none)\t(none)\n"});
  auto out = one.run("package_facts", {});
  auto* all = out.facts.find("packages");
  REQUIRE(all);
  auto& bash = all->find("bash")->as_list().items[0];
  CHECK(bash.find("epoch")->is_null());
  CHECK(bash.find("release")->as_string() == "2.el9");
  CHECK(all->find("dbus")->as_list().items[0].find("epoch")->as_int() == 1);
  CHECK(all->find("gpg-pubkey")->as_list().size() == 2);
  tools.on("pacman -Qi",
           program_answer{.out = "Name            : bash\nVersion         : 5\n"
                                 "Architecture    : x86_64\n"
                                 "Provides        : sh=5  ksh\n\n"
                                 "Name            : a\nVersion         : 1\n"
                                 "Architecture    : any\n"
                                 "Provides        : None\n\n"});
  out = one.run("package_facts", {{"manager", "pacman"}});
  all = out.facts.find("packages");
  CHECK(*all->find("bash")->as_list().items[0].find("provides")
        == value{list{"sh", "ksh"}});
  CHECK(all->find("a")->as_list().items[0].find("provides")->is_null());
  tools.on("apk info -v", program_answer{.out = "busybox-extras-1.36.1-r5\n"});
  out = one.run("package_facts", {{"manager", "apk"}});
  auto& extras
    = out.facts.find("packages")->find("busybox-extras")->as_list().items[0];
  CHECK(extras.find("version")->as_string() == "1.36.1");
  CHECK(extras.find("release")->as_string() == "r5");
  out = one.run("package_facts", {{"strategy", "all"}});
  CHECK(out.facts.find("packages")->as_dict().size() == 5);
}

TEST_CASE("package_facts says that there is no manager",
          "[modules][package_facts][M052]") {
  simulated_runner one;
  CHECK(one.run("package_facts", {}).why == errc::unsupported);
  CHECK(one.run("package_facts", {{"manager", "portage"}}).why
        == errc::unsupported);
  one.host.programs.on("rpm -qa *", program_answer{.rc = 1, .err = "bad\n"});
  auto out = one.run("package_facts", {{"manager", "RPM"}});
  CHECK(out.failed);
  CHECK(out.warnings.size() == 1);
}

TEST_CASE("package_facts has the packages that are predicted",
          "[modules][package_facts][M021]") {
  simulated_runner one;
  one.host.disk.put("/var/lib/dpkg/status",
                    "Package: old\nStatus: install ok installed\n"
                    "Architecture: all\nVersion: 1\n\n");
  one.made = std::make_shared<prediction>();
  CHECK(!one.predict("package_facts", {}).data.find("not_known"));
  one.made->note_package("old", false);
  one.made->note_package("new", true);
  auto out = one.predict("package_facts", {});
  auto& all = out.facts.find("packages")->as_dict();
  CHECK(!all.find("old"));
  REQUIRE(all.find("new"));
  CHECK(!all.find("new")->as_list().items[0].find("version"));
  CHECK(out.data.find("not_known"));
  CHECK(out.warnings.size() == 1);
  CHECK(one.made->are_results_open());
}
