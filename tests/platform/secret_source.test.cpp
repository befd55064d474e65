#include "platform/secret_source.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

using namespace troupe;

TEST_CASE("a secret comes from a file or what is open, never from a FIFO",
          "[platform][M092]") {
  test::temp_dir dir;
  auto path = dir / "secret";
  test::write_file(path, "S3CR3T\n");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(*read_secret("file:" + path) == "S3CR3T");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  for (auto& each : {dir / "fifo", dir.path() + ""}) {
    auto got = read_secret("file:" + each);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::invalid_argument);
    CHECK_THAT(got.why().message, Catch::Contains("no regular file"));
  }
}

TEST_CASE("a secret that a shell pipes in is waited for", "[platform][M092]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::jthread writer{[to = ends[1]] {
    static_cast<void>(::write(to, "S3CR3T\n", 7));
    ::close(to);
  }};
  auto got = read_secret("file:/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  REQUIRE(got);
  CHECK(*got == "S3CR3T");
}
