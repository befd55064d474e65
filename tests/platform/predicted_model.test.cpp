#include "platform/predicted/prediction.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>

using namespace troupe;

// Whatever is done to predicted files, they look as files do to which it was
// really done.

namespace {

const std::vector<std::string>& all_paths() {
  static const std::vector<std::string> out = [] {
    std::vector<std::string> paths;
    for (auto* top : {"/a", "/b", "/c"}) {
      paths.emplace_back(top);
      for (auto* below : {"/x", "/y"}) {
        paths.push_back(std::string{top} + below);
        for (auto* deep : {"/1", "/2"})
          paths.push_back(std::string{top} + below + deep);
      }
    }
    return paths;
  }();
  return out;
}

void populate(simulated_files& disk) {
  disk.put("/a/x/1", "a-x-1");
  disk.put("/b/y", "b-y", 0600);
  static_cast<void>(disk.make_symlink("/a/x", "/c"));
}

std::string line_of(file_system& files, const std::string& path) {
  auto own = files.status(path, false);
  if (!own || !*own)
    return "-";
  auto& s = **own;
  auto out = fmt::format("{} {:o} {}", static_cast<int>(s.kind), s.mode, s.uid);
  if (s.kind == file_kind::regular)
    out += fmt::format(" {} {}", s.size, *files.read(path));
  if (s.kind == file_kind::symlink)
    out += " " + *files.read_link(path);
  if (s.kind == file_kind::directory) {
    auto names = files.list(path);
    REQUIRE(names);
    for (auto& name : *names)
      out += " " + name;
  }
  auto led = files.status(path, true);
  return out + fmt::format(" {}", led && *led);
}

/// One step by chance; whether it went well.
bool step(file_system& files, std::mt19937& chance) {
  auto any = [&] { return all_paths()[chance() % all_paths().size()]; };
  auto one = any();
  auto other = any();
  auto number = static_cast<uint32_t>(chance() % 8);
  switch (chance() % 11) {
  case 0:
  case 1:
    return static_cast<bool>(files.make_directory(one, 0700 + number));
  case 2:
  case 3:
    return static_cast<bool>(
      files.replace(one, fmt::format("text {}", number), {}));
  case 4:
    return static_cast<bool>(files.remove(one));
  case 5:
    return static_cast<bool>(files.remove_all(one));
  case 6:
    return static_cast<bool>(files.make_symlink(other, one));
  case 7:
    return static_cast<bool>(files.set_mode(one, 0600 + number));
  case 8:
    return static_cast<bool>(files.set_owner(one, number, {}, false));
  case 9: {
    auto from = files.status(other, true);
    if (!from || !*from || (*from)->kind != file_kind::regular)
      return false;
    return static_cast<bool>(files.replace_from(one, other, {.mode = 0640}));
  }
  default: {
    // Through a link that leads nowhere simulated files make nothing.
    auto there = files.status(one, false);
    return there && !*there && files.touch(one, 0666);
  }
  }
}

} // namespace

TEST_CASE("predicted files look as if it had been done",
          "[platform][predicted_files][M021]") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    simulated_host real;
    populate(real.disk);
    simulated_host machine;
    populate(machine.disk);
    auto before = machine.disk.snapshot();
    prediction what;
    predicted_host seen{machine, what, ""};
    std::mt19937 one{seed};
    std::mt19937 two{seed};
    for (int i = 0; i < 60; ++i) {
      auto really = step(real.files(), one);
      auto predicted = step(seen.files(), two);
      INFO("seed " << seed << ", step " << i);
      REQUIRE(really == predicted);
      for (auto& path : all_paths()) {
        INFO(path);
        REQUIRE(line_of(real.files(), path) == line_of(seen.files(), path));
        // Simulated files, which are asked for what is not predicted, take
        // such paths by their words.
        if (!seen.predicts(path))
          continue;
        auto led = *seen.files().status(path, true);
        auto folder = led && led->kind == file_kind::directory;
        REQUIRE(seen.files().status(path + "/", true)->has_value() == folder);
        if (!folder)
          REQUIRE(!*seen.files().status(path + "/../b", true));
      }
    }
    REQUIRE(machine.disk.snapshot() == before);
  }
}
