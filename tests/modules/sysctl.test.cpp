#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A kernel with one parameter.
struct kernel_host : simulated_runner {
  kernel_host() {
    host.disk.put("/proc/sys/vm/swappiness", "60\n");
    host.disk.put("/proc/sys/net/ipv4/tcp_rmem", "1\t2\t3\n");
    host.programs.on("sysctl *", program_answer{});
    host.programs.on("sysctl -w vm.swappiness=*", [this](auto& spec) {
      auto content = spec.argv[2].substr(spec.argv[2].find('=') + 1);
      return program_answer{.effect = [this, content](const process_spec&) {
        host.disk.put("/proc/sys/vm/swappiness", content + "\n");
      }};
    });
  }

  std::string file(const std::string& path = "/etc/sysctl.conf") {
    auto text = host.disk.read(path, size_t{1} << 20);
    return text ? *text : "(absent)";
  }
};

struct sysctl_case {
  const char* before;
  dict given;
  bool changed;
  const char* after;
  std::vector<std::string> lines;
};

} // namespace

TEST_CASE("sysctl keeps parameters in its file and tells the kernel",
          "[modules][sysctl][M047]") {
  auto reload = std::string{"sysctl -p /etc/sysctl.conf"};
  sysctl_case table[] = {
    {"",
     {{"name", "vm.swappiness"}, {"value", 5}},
     true,
     "vm.swappiness=5\n",
     {reload}},
    {"# x\nvm.swappiness = 5 \n",
     {{"key", "vm.swappiness"}, {"val", "7"}},
     true,
     "# x\nvm.swappiness=7\n",
     {reload}},
    {"vm.swappiness=60\n",
     {{"name", "vm.swappiness"}, {"value", 60}},
     false,
     "vm.swappiness=60\n",
     {}},
    {"vm.swappiness=5\n",
     {{"name", "vm.swappiness"}, {"value", 5}},
     true,
     "vm.swappiness=5\n",
     {reload}},
    {"vm.swappiness=5\n",
     {{"name", "vm.swappiness"}, {"value", 5}, {"reload", false}},
     false,
     "vm.swappiness=5\n",
     {}},
    {"vm.swappiness=5\n",
     {{"name", "vm.swappiness"},
      {"value", 5},
      {"reload", false},
      {"sysctl_set", true}},
     true,
     "vm.swappiness=5\n",
     {"sysctl -w vm.swappiness=5"}},
    {"a=1\nb=2\na=3\nvm.swappiness=9",
     {{"name", "vm.swappiness"}, {"state", "absent"}, {"ignoreerrors", true}},
     true,
     "a=1\nb=2\n",
     {"sysctl -e -p /etc/sysctl.conf"}},
    {"a=1\n",
     {{"name", "vm.swappiness"}, {"state", "absent"}},
     false,
     "a=1\n",
     {}},
    {"net.ipv4.tcp_rmem=1 2 3\n",
     {{"name", "net.ipv4.tcp_rmem"}, {"value", "1 2 3"}},
     false,
     "net.ipv4.tcp_rmem=1 2 3\n",
     {}},
    {"",
     {{"name", "kernel.x"}, {"value", "yes"}},
     true,
     "kernel.x=1\n",
     {reload}},
    {"a",
     {{"name", "kernel.x"}, {"value", false}},
     true,
     "a\nkernel.x=0\n",
     {reload}},
  };
  for (auto& each : table) {
    kernel_host one;
    one.host.disk.put("/etc/sysctl.conf", each.before);
    CAPTURE(to_display(value{each.given}));
    CHECK(one.predict("sysctl", each.given).changed == each.changed);
    CHECK(one.file() == each.before);
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("sysctl", each.given);
    INFO(out.msg);
    CHECK(out.changed == each.changed);
    CHECK(one.file() == each.after);
    CHECK(one.host.programs.calls() == each.lines);
  }
}

TEST_CASE("sysctl writes another file and shows the difference",
          "[modules][sysctl][M047]") {
  kernel_host one;
  one.diff_mode = true;
  one.host.disk.put_folder("/etc/sysctl.d");
  auto out = one.run("sysctl", {{"name", "net.ipv4.ip_forward"},
                                {"value", "1"},
                                {"sysctl_file", "/etc/sysctl.d/9.conf"}});
  CHECK(out.changed);
  CHECK(one.file("/etc/sysctl.d/9.conf") == "net.ipv4.ip_forward=1\n");
  CHECK(out.diff.find("after")->as_string() == "net.ipv4.ip_forward=1\n");
}

TEST_CASE("sysctl refuses what is no parameter and shows errors",
          "[modules][sysctl][M052]") {
  kernel_host one;
  for (auto& name : {std::string{" "}, std::string{"-a"}, std::string{"a b"},
                     std::string{"a=b"}, std::string{"a\nb"},
                     std::string{"../../etc/passwd"}, std::string{"a\0", 2}})
    CHECK(one.run("sysctl", {{"name", name}, {"value", 1}}).why
          == errc::invalid_argument);
  CHECK(one.run("sysctl", {{"name", "a"}}).why == errc::missing_argument);
  CHECK(one.run("sysctl", {{"name", "a"}, {"value", "1\nb=2"}}).why
        == errc::invalid_argument);
  one.host.programs.on("sysctl -p *",
                       program_answer{.rc = 255, .err = "no such key\n"});
  auto out = one.run("sysctl", {{"name", "a"}, {"value", 1}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("no such key") != std::string::npos);
}
