#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host with /srv mounted, and a table that knows it.
struct mount_host : simulated_runner {
  mount_host() {
    host.disk.put("/proc/mounts", "/dev/sda1 / ext4 rw 0 0\n"
                                  "/dev/sdb1 /srv\\040x ext4 rw 0 0\n");
    host.disk.put_folder("/srv x");
    host.disk.put_folder("/mnt");
    host.disk.put("/etc/fstab", table);
    host.programs.on("mount *", program_answer{});
    host.programs.on("umount *", program_answer{});
  }

  std::string fstab(const char* path = "/etc/fstab") {
    return *host.disk.read(path, size_t{1} << 20);
  }

  static constexpr const char* table
    = "# table\n/dev/sda1\t/  ext4 defaults 0 1\n"
      "/dev/sdb1 /srv\\040x ext4 ro\n/dev/sdc none swap sw 0 0";
};

std::string with(std::string_view line) {
  return std::string{mount_host::table} + "\n" + std::string{line};
}

struct mount_case {
  dict given;
  bool changed;
  std::string after;
  std::vector<std::string> lines;
};

} // namespace

TEST_CASE("mount makes table and host what they shall be",
          "[modules][mount][M047]") {
  std::string same = mount_host::table;
  auto without = "# table\n/dev/sda1\t/  ext4 defaults 0 1\n"
                 "/dev/sdc none swap sw 0 0";
  mount_case cases[] = {
    {{{"path", "/mnt/a"},
      {"src", "/dev/x"},
      {"fstype", "xfs"},
      {"state", "present"}},
     true,
     with("/dev/x /mnt/a xfs defaults 0 0\n"),
     {}},
    {{{"name", "/srv x"},
      {"src", "/dev/sdb1"},
      {"fstype", "ext4"},
      {"opts", "ro"},
      {"state", "present"}},
     false,
     same,
     {}},
    {{{"path", "/mnt/a"},
      {"src", "a b"},
      {"fstype", "xfs"},
      {"opts", "ro"},
      {"dump", 1},
      {"passno", "2"},
      {"boot", false},
      {"state", "mounted"}},
     true,
     with("a\\040b /mnt/a xfs ro,noauto 1 2\n"),
     {"mount -- /mnt/a"}},
    {{{"path", "/srv x"},
      {"src", "/dev/sdb1"},
      {"fstype", "ext4"},
      {"opts", "ro"},
      {"state", "mounted"}},
     false,
     same,
     {}},
    {{{"path", "/srv x"},
      {"src", "/dev/sdb1"},
      {"fstype", "ext4"},
      {"state", "mounted"}},
     true,
     "# table\n/dev/sda1\t/  ext4 defaults 0 1\n"
     "/dev/sdb1 /srv\\040x ext4 defaults 0 0\n/dev/sdc none swap sw 0 0",
     {"mount -o remount -- /srv x"}},
    {{{"path", "none"},
      {"src", "/dev/sdd"},
      {"fstype", "swap"},
      {"opts", "sw"},
      {"state", "present"}},
     true,
     with("/dev/sdd none swap sw 0 0\n"),
     {}},
    {{{"path", "/srv x"}, {"state", "unmounted"}},
     true,
     same,
     {"umount -- /srv x"}},
    {{{"path", "/mnt"}, {"state", "unmounted"}}, false, same, {}},
    {{{"path", "/srv x"}, {"state", "absent_from_fstab"}}, true, without, {}},
    {{{"path", "/srv x"}, {"state", "absent"}},
     true,
     without,
     {"umount -- /srv x"}},
    {{{"path", "/mnt"}, {"state", "absent"}}, false, same, {}},
    {{{"path", "/srv x"}, {"state", "remounted"}, {"opts", "rw"}},
     true,
     same,
     {"mount -o remount,rw -- /srv x"}},
    {{{"path", "/srv x"}, {"src", "/dev/sdb1"}, {"state", "ephemeral"}},
     false,
     same,
     {}},
    {{{"path", "/mnt/e"},
      {"src", "tmp"},
      {"fstype", "tmpfs"},
      {"state", "ephemeral"}},
     true,
     same,
     {"mount -t tmpfs -o defaults -- tmp /mnt/e"}},
  };
  for (auto& each : cases) {
    mount_host one;
    CAPTURE(to_display(value{each.given}));
    auto state = one.host.disk.snapshot();
    CHECK(one.predict("mount", each.given).changed == each.changed);
    CHECK(one.host.disk.snapshot() == state);
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("mount", each.given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == each.changed);
    CHECK(one.fstab() == each.after);
    CHECK(one.host.programs.calls() == each.lines);
  }
}

TEST_CASE("mount leaves nothing behind when it fails",
          "[modules][mount][M052]") {
  mount_host one;
  one.host.programs.on("mount -- *", program_answer{.rc = 32, .err = "bad\n"});
  auto state = one.fstab();
  auto out = one.run("mount", {{"path", "/mnt/a/b"},
                               {"src", "/dev/x"},
                               {"fstype", "xfs"},
                               {"state", "mounted"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("Error mounting /mnt/a/b") != std::string::npos);
  CHECK(one.fstab() == state);
  CHECK_FALSE(*one.host.disk.status("/mnt/a", false));
  REQUIRE(one.host.disk.remove("/etc/fstab"));
  CHECK(one
          .run("mount", {{"path", "/mnt/a/b"},
                         {"src", "/dev/x"},
                         {"fstype", "xfs"},
                         {"state", "mounted"}})
          .failed);
  CHECK_FALSE(*one.host.disk.status("/etc/fstab", false));
  one.host.disk.put("/etc/fstab", state);
  one.host.programs.on("mount -o *", program_answer{.rc = 1});
  out = one.run("mount", {{"path", "/srv x"}, {"state", "remounted"}});
  CHECK(out.failed);
  CHECK(one.host.programs.count("umount -- /srv x") == 1);
}

TEST_CASE("mount writes another table and keeps a copy",
          "[modules][mount][M047]") {
  mount_host one;
  one.host.disk.put("/etc/other", "a b c d\n");
  auto out = one.run("mount", {{"path", "/mnt/a"},
                               {"src", "x"},
                               {"fstype", "xfs"},
                               {"fstab", "/etc/other"},
                               {"backup", true},
                               {"state", "mounted"}});
  CHECK(one.fstab("/etc/other") == "a b c d\nx /mnt/a xfs defaults 0 0\n");
  CHECK(one.fstab(text_at(out, "backup_file").c_str()) == "a b c d\n");
  CHECK(one.host.programs.count("mount --fstab /etc/other -- /mnt/a") == 1);
  CHECK(text_at(out, "fstab") == "/etc/other");
}

TEST_CASE("mount refuses what would become other entries",
          "[modules][mount][M052]") {
  mount_host one;
  std::pair<dict, errc> table[] = {
    {{{"path", "/a\n/b"}, {"state", "absent"}}, errc::invalid_argument},
    {{{"path", "/a"}, {"state", "present"}}, errc::missing_argument},
    {{{"path", "/a"}, {"src", "x"}, {"state", "mounted"}},
     errc::missing_argument},
    {{{"path", "/a"}, {"state", "ephemeral"}}, errc::missing_argument},
    {{{"path", "/srv x"}, {"src", "other"}, {"state", "ephemeral"}},
     errc::invalid_argument},
  };
  for (auto& [given, why] : table)
    CHECK(one.run("mount", given).why == why);
  CHECK(one.fstab() == mount_host::table);
}

TEST_CASE("mount leaves it open in check mode what lies in a file system",
          "[modules][mount][M021]") {
  mount_host one;
  one.made = std::make_shared<prediction>();
  dict given{{"path", "/mnt/a"}, {"src", "x"}, {"fstype", "xfs"}};
  given.set("state", "present");
  CHECK(one.predict("mount", given).changed);
  CHECK_FALSE(one.made->is_unsure());
  given.set("state", "mounted");
  CHECK(one.predict("mount", given).changed);
  CHECK(one.made->is_unsure());
}

TEST_CASE("mount sees in check mode what an earlier task would have mounted",
          "[modules][mount][M021]") {
  mount_host one;
  one.made = std::make_shared<prediction>();
  one.host.disk.put("/srv x/old", "1");
  dict given{{"path", "/mnt/a"}, {"src", "x"}, {"fstype", "xfs"}};
  auto would = [&](const char* state) {
    given.set("state", state);
    return one.predict("mount", given).changed;
  };
  CHECK(would("mounted"));
  CHECK_FALSE(would("mounted"));
  CHECK(would("unmounted"));
  CHECK_FALSE(would("unmounted"));
  CHECK(would("mounted"));
  one.predict("copy", {{"dest", "/mnt/a/new"}, {"content", "x"}});
  CHECK(would("absent"));
  CHECK_FALSE(would("absent"));
  auto left = one.predict("file", {{"path", "/mnt/a"}, {"state", "absent"}});
  CHECK_FALSE(left.changed);

  // Nobody knows what a file system that goes has hidden.
  given = {{"path", "/srv x"}};
  CHECK(would("unmounted"));
  CHECK_FALSE(would("unmounted"));
  CHECK(one.predict("stat", {{"path", "/srv x/old"}}).data.find("not_known"));
  CHECK(one.fstab() == mount_host::table);
}
