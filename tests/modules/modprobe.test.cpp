#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct kernel_modules_host : simulated_runner {
  kernel_modules_host() {
    host.disk.put("/proc/modules",
                  "br_netfilter 1 0 - Live\nloop 2 0 - Live\n");
    host.disk.put("/lib/modules/" + host.machine.kernel_answer.release
                    + "/modules.builtin",
                  "kernel/fs/ext4/ext4.ko\nkernel/x/snd-pcm.ko.xz\n");
    host.programs.on("modprobe *", program_answer{});
  }
};

} // namespace

TEST_CASE("modprobe loads and unloads what is not as it shall be",
          "[modules][modprobe][M047]") {
  struct load_case {
    dict given;
    const char* line;
  };
  for (auto& each :
       {load_case{{{"name", "br-netfilter"}}, ""},
        load_case{{{"name", "loop"}}, ""}, load_case{{{"name", "ext4"}}, ""},
        load_case{{{"name", "snd_pcm"}}, ""},
        load_case{{{"name", "dummy"}, {"params", "numdummies=2 x='a b'"}},
                  "modprobe -- dummy numdummies=2 x=a b"},
        load_case{{{"name", "loop"}, {"state", "absent"}},
                  "modprobe -r -- loop"},
        load_case{{{"name", "loo"}, {"state", "absent"}}, ""}}) {
    kernel_modules_host one;
    auto changes = *each.line != 0;
    CHECK(one.predict("modprobe", each.given).changed == changes);
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("community.general.modprobe", each.given);
    CHECK(out.changed == changes);
    CHECK(one.host.programs.calls()
          == (changes ? std::vector<std::string>{each.line}
                      : std::vector<std::string>{}));
  }
}

TEST_CASE("modprobe has a module loaded with the next start",
          "[modules][modprobe][M047]") {
  kernel_modules_host one;
  auto& disk = one.host.disk;
  disk.put("/etc/modules-load.d/modules.conf", "# kept\nother\nloop ; here\n");
  disk.put("/etc/modprobe.d/old.conf",
           "options loop max_loop=1 # few\noptions loops x=1\n");
  dict wanted{{"name", "loop"},
              {"params", "max_part=3 max_loop=8"},
              {"persistent", "present"}};
  CHECK(one.predict("modprobe", wanted).changed);
  CHECK(disk.read("/etc/modprobe.d/old.conf", 1000)->find('#') > 8);
  CHECK(one.run("modprobe", wanted).changed);
  CHECK_FALSE(disk.access("/etc/modules-load.d/loop.conf", "r"));
  CHECK(*disk.read("/etc/modprobe.d/old.conf", 1000)
        == "#options loop max_loop=1 # few\noptions loops x=1\n");
  CHECK(*disk.read("/etc/modprobe.d/loop.conf", 1000)
        == "options loop max_loop=8\noptions loop max_part=3\n");
  CHECK_FALSE(one.run("modprobe", wanted).changed);
  // One line may hold them all, and what else the file has stays.
  disk.put("/etc/modprobe.d/loop.conf",
           "blacklist x\noptions loop max_loop=8 max_part=3");
  CHECK_FALSE(one.run("modprobe", wanted).changed);
  wanted.set("params", "nowatch");
  CHECK(one.run("modprobe", wanted).changed);
  CHECK(*disk.read("/etc/modprobe.d/loop.conf", 1000)
        == "blacklist x\n#options loop max_loop=8 max_part=3\n"
           "options loop nowatch\n");
  CHECK_FALSE(one.run("modprobe", wanted).changed);
  // Of a new one with no parameters.
  dict fresh{{"name", "br-netfilter"}, {"persistent", "present"}};
  CHECK(one.run("modprobe", fresh).changed);
  CHECK(*disk.read("/etc/modules-load.d/br-netfilter.conf", 1000)
        == "br-netfilter\n");
  CHECK_FALSE(one.run("modprobe", fresh).changed);
}

TEST_CASE("modprobe has no module loaded with the next start",
          "[modules][modprobe][M047]") {
  kernel_modules_host one;
  auto& disk = one.host.disk;
  disk.put("/etc/modules-load.d/modules.conf", "other\nloop\n");
  disk.put("/etc/modprobe.d/loop.conf", "options loop max_loop=1\n");
  dict wanted{{"name", "loop"}, {"state", "absent"}, {"persistent", "absent"}};
  CHECK(one.run("modprobe", wanted).changed);
  CHECK(one.host.programs.calls()
        == std::vector<std::string>{"modprobe -r -- loop"});
  CHECK(*disk.read("/etc/modules-load.d/modules.conf", 1000)
        == "other\n#loop\n");
  CHECK(*disk.read("/etc/modprobe.d/loop.conf", 1000)
        == "#options loop max_loop=1\n");
  disk.put("/proc/modules", "");
  CHECK_FALSE(one.run("modprobe", wanted).changed);
}

TEST_CASE("modprobe passes over files that are switched off, and shows what "
          "it does to each",
          "[modules][modprobe][M047]") {
  kernel_modules_host one;
  auto& disk = one.host.disk;
  disk.put_special("/dev/null", file_kind::character_device);
  for (auto* folder : {"/etc/modules-load.d", "/etc/modprobe.d"}) {
    disk.put_folder(folder);
    auto path = std::string{folder} + "/";
    REQUIRE(disk.make_symlink("/dev/null", path + "off.conf"));
    REQUIRE(disk.make_symlink("/nowhere", path + "lost.conf"));
    disk.put_folder(path + "folder.conf");
  }
  disk.put("/etc/modprobe.d/a.conf", "options loop max_loop=1\n");
  disk.put("/etc/modprobe.d/b.conf", "options loop max_part=1\n");
  one.diff_mode = true;
  auto out = one.run(
    "modprobe",
    {{"name", "loop"}, {"params", "max_loop=2"}, {"persistent", "present"}});
  CHECK(out.msg.empty());
  CHECK(out.changed);
  REQUIRE(out.diff.is_list());
  std::vector<std::string> shown;
  for (auto& each : out.diff.as_list())
    shown.emplace_back(each.find("after_header")->text_or(""));
  CHECK(shown
        == std::vector<std::string>{
          "/etc/modules-load.d/loop.conf", "/etc/modprobe.d/a.conf",
          "/etc/modprobe.d/b.conf", "/etc/modprobe.d/loop.conf"});
}

TEST_CASE("modprobe refuses what is no module and shows errors",
          "[modules][modprobe][M052]") {
  kernel_modules_host one;
  for (auto name : {"", "-a", "a b", "../x", "a\nb"})
    CHECK(one.run("modprobe", {{"name", name}}).why == errc::invalid_argument);
  auto kept = one.run(
    "modprobe",
    {{"name", "loop"}, {"params", "a='b c'"}, {"persistent", "present"}});
  CHECK(kept.why == errc::invalid_argument);
  CHECK(one.host.programs.calls().empty());
  one.host.programs.on("modprobe *", program_answer{.rc = 1, .err = "no x\n"});
  auto out = one.run("modprobe", {{"name", "x"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("no x") != std::string::npos);
}
