#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct named_host : simulated_runner {
  explicit named_host(const std::string& init) {
    host.machine.kernel_answer.init = init;
    host.disk.put("/proc/sys/kernel/hostname", "old\n");
    host.disk.put("/etc/hostname", "old\n");
    if (init == "systemd")
      host.disk.put_folder("/run/systemd/system");
    host.programs.on("hostnamectl --transient set-hostname *",
                     [this](const process_spec& spec) {
                       return keep("/proc/sys/kernel/hostname", spec.argv[3]);
                     });
    host.programs.on("hostnamectl --static set-hostname *",
                     [this](const process_spec& spec) {
                       return keep("/etc/hostname", spec.argv[3]);
                     });
  }

  std::string file(const std::string& path) {
    return *host.disk.read(path, size_t{1} << 20);
  }

private:
  program_answer keep(const char* path, const std::string& name) {
    return {.effect = [this, path, name](const process_spec&) {
      host.disk.put(path, name + "\n");
    }};
  }
};

} // namespace

TEST_CASE("hostname names a host that systemd runs once",
          "[modules][hostname][M047]") {
  named_host one{"systemd"};
  one.diff_mode = true;
  dict given{{"name", "web01.example.com"}};
  auto out = one.predict("hostname", given);
  CHECK(out.changed);
  CHECK(one.host.programs.calls().empty());
  out = one.run("hostname", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.file("/etc/hostname") == "web01.example.com\n");
  CHECK(out.facts.find("ansible_hostname")->as_string() == "web01");
  CHECK(out.facts.find("ansible_nodename")->as_string() == "web01.example.com");
  CHECK(out.diff.find("before")->as_string() == "hostname = old\n");
  CHECK_FALSE(one.run("hostname", given).changed);
  one.host.disk.put("/etc/hostname", "other\n");
  CHECK(one.run("hostname", given).changed);
  CHECK(one.host.programs.count("hostnamectl --transient*") == 1);
  CHECK(one.host.programs.count("hostnamectl --static*") == 2);
}

TEST_CASE("hostname writes the file where other systems keep it",
          "[modules][hostname][M047]") {
  struct kept {
    const char* use;
    const char* file;
    const char* before;
    const char* after;
  };
  for (auto& each :
       {kept{"generic", "/etc/hostname", "old\n", "web\n"},
        kept{"sles", "/etc/HOSTNAME", "old\n", "web\n"},
        kept{"redhat", "/etc/sysconfig/network", "A=1\nHOSTNAME=old\nB=2\n",
             "A=1\nHOSTNAME=web\nB=2\n"},
        kept{"redhat", "/etc/sysconfig/network", "A=1", "A=1\nHOSTNAME=web\n"},
        kept{"openrc", "/etc/conf.d/hostname", "hostname=\"old\"\n",
             "hostname=\"web\"\n"}}) {
    named_host one{"init"};
    one.host.disk.put(each.file, each.before);
    INFO(each.file);
    for (auto& given :
         {dict{{"name", "web"}, {"use", each.use}}, dict{{"name", "web"}}}) {
      if (given.size() == 1 && std::string_view{each.before} == "A=1")
        continue;
      one.host.disk.put(each.file, each.before);
      CHECK(one.predict("hostname", given).changed);
      CHECK(one.file(each.file) == each.before);
      auto out = one.run("hostname", given);
      INFO(out.msg);
      CHECK(out.changed);
      CHECK(one.file(each.file) == each.after);
      CHECK_FALSE(one.run("hostname", given).changed);
    }
  }
}

TEST_CASE("hostname sets the name of Alpine at once",
          "[modules][hostname][M047]") {
  named_host one{"init"};
  one.host.disk.put("/etc/alpine-release", "3.19\n");
  one.host.programs.on("hostname -F /etc/hostname", program_answer{});
  CHECK(one.run("hostname", {{"name", "web"}}).changed);
  CHECK(one.host.programs.count("hostname -F /etc/hostname") == 1);
  CHECK(one.file("/etc/hostname") == "web\n");
}

TEST_CASE("hostname refuses what is no name", "[modules][hostname][M052]") {
  named_host one{"systemd"};
  for (auto& name :
       {std::string{}, std::string{"-h"}, std::string{"a b"},
        std::string{"a\nb"}, std::string{"a\0b", 3}, std::string(65, 'a')})
    CHECK(one.run("hostname", {{"name", name}}).why == errc::invalid_argument);
  CHECK(one.predict("hostname", {{"name", std::string(64, 'a')}}).changed);
  one.host.programs.on("hostnamectl *", program_answer{.rc = 1, .err = "no\n"});
  auto out = one.run("hostname", {{"name", "web"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("no") != std::string::npos);
}

TEST_CASE("setup knows the name that a host would have",
          "[modules][hostname][setup][M021]") {
  simulated_runner one;
  one.made = std::make_shared<prediction>();
  dict given{{"name", "web7.example.com"}, {"use", "generic"}};
  CHECK(one.predict("hostname", given).changed);
  CHECK_FALSE(one.predict("hostname", given).changed);
  auto out = one.predict("setup", {{"gather_subset", list{"!all"}}});
  REQUIRE(out.facts.find("ansible_hostname"));
  CHECK(*out.facts.find("ansible_hostname") == value{"web7"});
  CHECK(*out.facts.find("ansible_nodename") == value{"web7.example.com"});
  CHECK(out.data.find("not_known"));
}
