#include "platform/linux/mount_sizes.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using namespace std::literals;
using namespace troupe;

namespace {

/// File systems of which those below `/dead` do not answer until they are told
/// to.
struct silent_mounts {
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    bool answers = false;
    unsigned asked = 0;
    unsigned ended = 0;
  };
  std::shared_ptr<state> told = std::make_shared<state>();

  mount_meter::question question() const {
    return [all = told](mount_facts& one) {
      std::unique_lock held{all->mutex};
      ++all->asked;
      all->changed.notify_all();
      if (one.path.starts_with("/dead"))
        all->changed.wait(held, [&] { return all->answers; });
      one.size_total = 7;
      ++all->ended;
      all->changed.notify_all();
    };
  }

  void answer() const {
    std::lock_guard held{told->mutex};
    told->answers = true;
    told->changed.notify_all();
  }

  /// Returns when so many were asked.
  void await_asked(unsigned count) const {
    std::unique_lock held{told->mutex};
    told->changed.wait(held, [&] { return told->asked >= count; });
  }

  unsigned asked() const {
    std::lock_guard held{told->mutex};
    return told->asked;
  }
};

mount_facts mounted(const char* device, const char* path, const char* type) {
  mount_facts out;
  out.device = device;
  out.path = path;
  out.type = type;
  return out;
}

} // namespace

TEST_CASE("file systems that may not answer are those of others",
          "[platform][facts][M070]") {
  CHECK_FALSE(may_hang(mounted("/dev/sda1", "/", "ext4")));
  CHECK_FALSE(may_hang(mounted("/dev/mapper/vg-home", "/home", "xfs")));
  CHECK(may_hang(mounted("web:/srv", "/srv", "nfs4")));
  CHECK(may_hang(mounted("//web/share", "/srv", "cifs")));
  CHECK(may_hang(mounted("user@web:/srv", "/srv", "fuse.sshfs")));
  CHECK(may_hang(mounted("/dev/fuse", "/mnt", "fuse")));
}

TEST_CASE("a file system that does not answer holds nobody up",
          "[platform][facts][M013][M070]") {
  silent_mounts scene;
  auto last = scene.told;
  mount_meter uut{scene.question(), 50ms, 1h};
  auto mounts = [] {
    return std::vector{mounted("/dev/sda1", "/", "ext4"),
                       mounted("web:/a", "/dead", "nfs"),
                       mounted("/dev/sdb", "/dead/below", "ext4"),
                       mounted("/dev/sdc", "/deaf", "ext4")};
  };
  auto first = mounts();
  uut.measure(first);
  CHECK((first[0].size_total == 7 && first[0].note.empty()));
  for (size_t i : {1, 2}) {
    CHECK(first[i].size_total == 0);
    CHECK_THAT(first[i].note, Catch::Contains("did not answer"));
  }
  CHECK((first[3].size_total == 7 && first[3].note.empty()));
  scene.await_asked(4);
  // No more threads are sent after those that wait.
  auto again = mounts();
  uut.measure(again);
  CHECK_FALSE(again[1].note.empty());
  CHECK(scene.asked() == 6);
  scene.answer();
  std::unique_lock held{last->mutex};
  last->changed.wait(held, [&] { return last->ended == last->asked; });
}

TEST_CASE("file systems of others that answer have sizes",
          "[platform][facts][M070]") {
  silent_mounts scene;
  mount_meter uut{scene.question(), 1h, 1h};
  std::vector mounts{mounted("web:/a", "/srv", "nfs")};
  uut.measure(mounts);
  CHECK((mounts[0].size_total == 7 && mounts[0].note.empty()));
  // All together have had their time.
  mount_meter late{scene.question(), 1h, 0h};
  mounts.push_back(mounted("/dev/sda1", "/", "ext4"));
  late.measure(mounts);
  CHECK_FALSE(mounts[0].note.empty());
  CHECK(mounts[1].size_total == 7);
}
