#include "tests/actors/state/undo_scene.hpp"

#include <sys/xattr.h>

#include <algorithm>

// What an undo must not forget.

using namespace troupe;
using namespace troupe::test;

TEST_CASE("all that belongs to a file comes back", "[actors][undo][M009]") {
  careful_scene s;
  auto at = s.path("a");
  write_file(at, "old");
  bool linked = GENERATE(false, true);
  // One with two names cannot be kept itself.
  if (linked)
    REQUIRE(s.real.make_hard_link(at, s.path("other name")));
  REQUIRE(s.real.set_mode(at, 0640));
  // user::rw-, user:1000:r--, group::r--, mask::r--, other::---
  const std::string acl{"\2\0\0\0\1\0\6\0\xff\xff\xff\xff\2\0\4\0\xe8\3\0\0"
                        "\4\0\4\0\xff\xff\xff\xff\x10\0\4\0\xff\xff\xff\xff"
                        "\x20\0\0\0\xff\xff\xff\xff",
                        44};
  // cap_net_bind_service+ep
  const std::string capability{"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20};
  auto put = [&](const char* name, const std::string& content) {
    return ::setxattr(at.c_str(), name, content.data(), content.size(), 0) == 0;
  };
  if (!put("system.posix_acl_access", acl) || !put("user.note", "n")
      || !put("security.capability", capability))
    return;
  auto flags = s.real.flags(at);
  if (!flags || !s.real.set_flags(at, *flags + "d"))
    return;
  REQUIRE(
    s.real.set_times(at, {}, file_time{1'000'000'000, 123'456'789}, false));
  auto before = *s.real.extended_attributes(at);
  REQUIRE(before.size() == 3);
  auto old = s.status(at);

  auto how = GENERATE(0, 1, 2, 3);
  if (how == 0) {
    REQUIRE(s.files.remove(at));
  } else if (how == 1) {
    REQUIRE(s.files.replace(at, "new", {.mode = 0600}));
  } else if (how == 2) {
    REQUIRE(s.files.set_owner(at, 1, 1, false));
    REQUIRE(s.files.set_flags(at, *flags + "dA"));
    REQUIRE(s.files.set_times(at, {}, file_time{5, 6}, false));
  } else {
    REQUIRE(s.files.remove(at));
    REQUIRE(s.files.make_symlink("elsewhere", at));
  }
  auto steps = s.undo();
  // The file under the other name is another one by then.
  CHECK(failures_in(steps) == (linked && how != 2 ? 1 : 0));
  auto now = s.status(at);
  CHECK(read_file(at) == "old");
  CHECK(now.mode == old.mode);
  CHECK(now.uid == old.uid);
  CHECK(now.modified_at == old.modified_at);
  CHECK(*s.real.extended_attributes(at) == before);
  CHECK(s.real.flags(at)->find('d') != std::string::npos);
  CHECK(s.real.flags(at)->find('A') == std::string::npos);
}

TEST_CASE("attributes that a run has given, changed and taken come back",
          "[actors][undo][M009]") {
  careful_scene s;
  auto at = s.path("a");
  write_file(at, "old");
  auto look = s.status(at);
  auto give = [&](std::vector<extended_attribute> wanted) {
    return s.files.dress(at, look,
                         {.mode = look.mode,
                          .uid = look.uid,
                          .gid = look.gid,
                          .attributes = std::move(wanted)});
  };
  if (::setxattr(at.c_str(), "user.old", "1", 1, 0) != 0
      || ::setxattr(at.c_str(), "user.both", "1", 1, 0) != 0)
    return;
  auto before = *s.real.extended_attributes(at);
  REQUIRE(give({{"user.both", "2"}, {"user.new", "2"}}));
  auto meddled = GENERATE(false, true);
  if (meddled)
    REQUIRE(::setxattr(at.c_str(), "user.mine", "3", 1, 0) == 0);
  CHECK(failures_in(s.undo()) == (meddled ? 1 : 0));
  auto now = *s.real.extended_attributes(at);
  // They are listed in no order.
  CHECK(
    std::is_permutation(now.begin(), now.end(), before.begin(), before.end())
    == !meddled);
}

TEST_CASE("extended attributes are kept up to a limit",
          "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  if (::setxattr(s.path("a").c_str(), "user.n", "12345", 5, 0) != 0)
    return;
  auto fits = GENERATE(true, false);
  s.store.attribute_limit = fits ? 11 : 10;
  REQUIRE(s.files.replace(s.path("a"), "new", {.in_place_if_needed = true}));
  auto steps = s.undo();
  CHECK(steps[0].failed == !fits);
  CHECK(read_file(s.path("a")) == (fits ? "old" : "new"));
}

TEST_CASE("what is immutable is undone too", "[actors][undo][M009]") {
  careful_scene s;
  write_file(s.path("a"), "old");
  if (!s.real.set_flags(s.path("a"), "i"))
    return;
  REQUIRE(s.real.set_flags(s.path("a"), ""));
  REQUIRE(s.files.replace(s.path("a"), "new", {}));
  REQUIRE(s.files.set_flags(s.path("a"), "i"));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(read_file(s.path("a")) == "old");
}

TEST_CASE("pipes and folders with their times come back",
          "[actors][undo][M009]") {
  careful_scene s;
  REQUIRE(s.real.make_directory(s.path("d"), 0700));
  write_file(s.path("d/below"), "x");
  REQUIRE(::mkfifo(s.path("d/pipe").c_str(), 0640) == 0);
  REQUIRE(s.real.make_symlink("below", s.path("d/link")));
  REQUIRE(s.real.set_times(s.path("d"), {}, file_time{77, 88}, false));
  REQUIRE(s.files.remove_all(s.path("d")));
  CHECK(failures_in(s.undo()) == 0);
  CHECK(s.status(s.path("d")).mode == 0700);
  CHECK(s.status(s.path("d")).modified_at == file_time{77, 88});
  CHECK(s.status(s.path("d/pipe")).kind == file_kind::fifo);
  CHECK(read_file(s.path("d/link")) == "x");
}
