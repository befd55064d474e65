#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

const value& fact(const module_result& from, std::string_view name) {
  auto* x = from.facts.find(name);
  INFO(name);
  REQUIRE(x);
  return *x;
}

} // namespace

TEST_CASE("setup gathers facts under the names of Ansible",
          "[modules][setup][M050][M070]") {
  simulated_runner one;
  auto out = one.run("setup", {});
  CHECK_FALSE(out.changed);
  CHECK(fact(out, "ansible_system").as_string() == "Linux");
  CHECK(fact(out, "ansible_os_family").as_string() == "Debian");
  CHECK(fact(out, "ansible_distribution").as_string() == "Debian");
  CHECK(fact(out, "ansible_distribution_version").as_string() == "12.5");
  CHECK(fact(out, "ansible_distribution_major_version").as_string() == "12");
  CHECK(fact(out, "ansible_hostname").as_string() == "simulated");
  CHECK(fact(out, "ansible_domain").as_string() == "example.com");
  CHECK(fact(out, "ansible_default_ipv4").find("address")->as_string()
        == "192.0.2.10");
  CHECK(fact(out, "ansible_eth0").find("ipv4")->find("prefix")->as_string()
        == "24");
  CHECK(fact(out, "ansible_memtotal_mb") == value{4096});
  CHECK(fact(out, "ansible_processor_vcpus") == value{2});
  CHECK(fact(out, "ansible_date_time").find("date")->as_string()
        == "2024-01-15");
  CHECK(fact(out, "ansible_service_mgr").as_string() == "systemd");
  CHECK(fact(out, "ansible_env").find("HOME")->as_text().unsafe);
  CHECK_FALSE(out.facts.contains("ansible_python"));
  CHECK(out.warnings.empty());
}

TEST_CASE("what does not say how large it is has a note in place of sizes",
          "[modules][setup][M050][M070]") {
  simulated_runner one;
  one.host.machine.mounts_answer.resize(2);
  one.host.machine.mounts_answer[0].path = "/";
  one.host.machine.mounts_answer[0].size_total = 7;
  one.host.machine.mounts_answer[1].path = "/dead";
  one.host.machine.mounts_answer[1].note = "silent";
  auto mounts = fact(one.run("setup", {}), "ansible_mounts");
  REQUIRE(mounts.is_list());
  auto& first = mounts.as_list().items[0];
  CHECK((*first.find("size_total") == value{7} && !first.find("note")));
  auto& second = mounts.as_list().items[1];
  CHECK(*second.find("mount") == value{"/dead"});
  CHECK(*second.find("note") == value{"silent"});
  CHECK_FALSE(second.find("size_total"));
}

TEST_CASE("setup gathers subsets", "[modules][setup][M050]") {
  simulated_runner one;
  auto names = [&](list subsets) {
    return one.run("setup", {{"gather_subset", std::move(subsets)}}).facts;
  };
  auto minimum = names({"min"});
  CHECK(minimum.contains("ansible_system"));
  CHECK_FALSE(minimum.contains("ansible_mounts"));
  auto network = names({"!all", "network"});
  CHECK(network.contains("ansible_interfaces"));
  CHECK(network.contains("ansible_system"));
  CHECK_FALSE(network.contains("ansible_memtotal_mb"));
  auto only = names({"!all", "!min", "network"});
  CHECK(only.contains("ansible_interfaces"));
  CHECK_FALSE(only.contains("ansible_system"));
  auto less = names({"!hardware"});
  CHECK(less.contains("ansible_interfaces"));
  CHECK_FALSE(less.contains("ansible_memtotal_mb"));
  auto by_fact = names({"!all", "!min", "distribution_major_version"});
  CHECK(by_fact.contains("ansible_os_family"));
  CHECK_FALSE(by_fact.contains("ansible_system"));
  auto wrong = one.run("setup", {{"gather_subset", "netwrok"}});
  CHECK(wrong.failed);
  CHECK(wrong.msg.find("did you mean 'network'?") != std::string::npos);
}

TEST_CASE("setup filters by patterns", "[modules][setup][M050]") {
  simulated_runner one;
  auto out = one.run("setup", {{"filter", list{"ansible_*_mb", "fqdn"}}});
  CHECK(out.facts.contains("ansible_memtotal_mb"));
  CHECK(out.facts.contains("ansible_fqdn"));
  CHECK_FALSE(out.facts.contains("ansible_system"));
  CHECK_FALSE(out.facts.contains("gather_subset"));
}

TEST_CASE("setup leaves out what cannot be read and warns",
          "[modules][setup][M071]") {
  simulated_runner one;
  one.host.machine.failures["memory"] = {errc::system, "no memory file"};
  one.host.machine.failures["network"] = {errc::system, "no network"};
  auto out = one.run("setup", {});
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.facts.contains("ansible_memtotal_mb"));
  CHECK(out.facts.contains("ansible_processor"));
  REQUIRE(out.warnings.size() == 3);
  CHECK(out.warnings[2] == "the memory facts are missing: no memory file");
}

TEST_CASE("setup reads local facts", "[modules][setup][M050][M073]") {
  simulated_runner one;
  auto& disk = one.host.disk;
  disk.put("/facts/json.fact", R"({"role": "web", "unsafe": "{{ 1 }}"})");
  disk.put("/facts/ini.fact", "[app]\nport=80\n");
  disk.put("/facts/run.fact", "#!/bin/sh\n", 0755);
  disk.put("/facts/slow.fact", "#!/bin/sh\n", 0755);
  disk.put("/facts/bad.fact", "{ no json");
  one.host.programs.on("run.fact", program_answer{.out = "[1, 2]"});
  one.host.programs.on("slow.fact",
                       program_answer{.duration = std::chrono::minutes{1}});
  auto out = one.run("setup", {{"fact_path", "/facts"}, {"gather_timeout", 5}});
  auto& local = fact(out, "ansible_local");
  CHECK(local.find("json")->find("role")->as_string() == "web");
  CHECK(local.find("json")->find("unsafe")->as_text().unsafe);
  CHECK(local.find("ini")->find("app")->find("port")->as_string() == "80");
  CHECK(local.find("run")->as_list().size() == 2);
  // In Ansible's words, where playbooks expect the fact.
  REQUIRE(local.find("bad"));
  CHECK_THAT(std::string{local.find("bad")->text_or("")},
             Catch::Contains("error loading facts as JSON or ini"));
  CHECK(local.find("slow")->is_text());
  CHECK(out.warnings.size() == 2);
}

TEST_CASE("setup knows families by likeness", "[modules][setup][M070]") {
  simulated_runner one;
  auto& d = one.host.machine.distribution_answer;
  d.version_files.clear();
  auto family = [&](const char* id, const char* like) {
    d.os_release
      = {{"ID", id}, {"ID_LIKE", like}, {"NAME", id}, {"VERSION_ID", "9.3"}};
    return fact(one.run("setup", {}), "ansible_os_family").as_string();
  };
  CHECK(family("rocky", "rhel centos fedora") == "RedHat");
  CHECK(family("ubuntu", "debian") == "Debian");
  CHECK(family("opensuse-leap", "suse opensuse") == "Suse");
  CHECK(family("alpine", "") == "Alpine");
  CHECK(family("arch", "") == "Archlinux");
  CHECK(family("newcomer", "ubuntu debian") == "Debian");
}

TEST_CASE("setup reads this machine and starts nothing",
          "[modules][setup][M070]") {
  module_runner real;
  real.run("setup", {{"fact_path", "/nowhere"}});
  auto start = std::chrono::steady_clock::now();
  auto out = real.run("setup", {{"fact_path", "/nowhere"}});
  auto took = std::chrono::steady_clock::now() - start;
  CHECK(out.facts.size() > 60);
  CHECK(out.warnings.empty());
  // What ./dev bench measures; here only that nothing is waited for.
  CHECK(took < std::chrono::seconds{9});
}

TEST_CASE("the service manager is told by process 1, or by what lies there",
          "[modules][setup][M050][M070]") {
  struct row {
    std::string init;
    std::vector<std::string> there;
    std::string link;
    std::string_view expected;
  };
  const std::string systemctl = "/usr/bin/systemctl";
  for (auto& each : {
         row{"systemd", {}, "", "systemd"},
         row{"runit-init", {"/sbin/openrc"}, "", "runit"},
         row{"tini", {systemctl, "/run/systemd/system/x"}, "", "tini"},
         row{"bash", {systemctl, "/run/systemd/system/x"}, "", "systemd"},
         row{"sh", {"/run/systemd/system/x"}, "", "service"},
         row{"sh", {systemctl}, "../lib/systemd/systemd", "systemd"},
         row{"", {systemctl}, "/lib/systemd/systemd", "systemd"},
         row{"init", {systemctl, "/etc/init.d/x"}, "", "sysvinit"},
         row{"init", {"/sbin/initctl", "/etc/init/x"}, "", "upstart"},
         row{"init", {"/sbin/openrc", "/etc/init.d/x"}, "", "openrc"},
       }) {
    INFO(each.init << " " << each.link << " " << each.expected);
    simulated_runner one;
    one.host.machine.kernel_answer.init = each.init;
    for (auto& path : each.there)
      one.host.disk.put(path, "");
    if (!each.link.empty()) {
      one.host.disk.put_folder("/sbin");
      REQUIRE(one.host.files().make_symlink(each.link, "/sbin/init"));
    }
    CHECK(fact(one.run("setup", {}), "ansible_service_mgr").as_string()
          == each.expected);
  }
}
