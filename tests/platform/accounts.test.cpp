#include "platform/posix/accounts.hpp"

#include "platform/posix/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("accounts are found by name and number", "[platform][accounts]") {
  temp_dir dir;
  write_file(dir / "passwd", "root:x:0:0:Root:/root:/bin/sh\n# comment\n"
                             "ann:x:4242:4243:Ann:/home/ann:/bin/zsh\n");
  write_file(dir / "group", "root:x:0:\nteam:x:4243:ann,bob\n");
  auto processes = make_posix_processes();
  auto accounts
    = make_posix_accounts(*processes, dir / "passwd", dir / "group");
  auto ann = accounts->user(std::string_view{"ann"});
  REQUIRE(ann);
  CHECK(ann->uid == 4242);
  CHECK(ann->home == "/home/ann");
  CHECK(accounts->user(uint32_t{4242})->name == "ann");
  auto team = accounts->group(std::string_view{"team"});
  REQUIRE(team);
  CHECK(team->members == std::vector<std::string>{"ann", "bob"});
  CHECK(accounts->group(uint32_t{4243})->name == "team");
}

TEST_CASE("accounts that were added are found", "[platform][accounts]") {
  temp_dir dir;
  write_file(dir / "passwd", "root:x:0:0:Root:/root:/bin/sh\n");
  auto processes = make_posix_processes();
  auto accounts
    = make_posix_accounts(*processes, dir / "passwd", dir / "group");
  CHECK(accounts->user(std::string_view{"root"}));
  write_file(dir / "passwd", "root:x:0:0:Root:/root:/bin/sh\n"
                             "zoe:x:77:77::/home/zoe:/bin/sh\n");
  CHECK(accounts->user(std::string_view{"zoe"}));
}

TEST_CASE("an account that nobody knows is absent", "[platform][accounts]") {
  temp_dir dir;
  auto processes = make_posix_processes();
  auto accounts
    = make_posix_accounts(*processes, dir / "passwd", dir / "group");
  CHECK_FALSE(accounts->user(std::string_view{"no-such-user-here"}));
  CHECK_FALSE(accounts->group(std::string_view{"--help"}));
}

TEST_CASE("lines that are no account are passed over", "[platform][accounts]") {
  CHECK_FALSE(parse_user("+::::::"));
  CHECK_FALSE(parse_user("half:x:1"));
  CHECK_FALSE(parse_user("bad:x:one:1::/:/bin/sh"));
  CHECK_FALSE(parse_group("bad:x:"));
}

namespace {

/// Answers as a directory of accounts does, or is out of reach.
class directory_of_accounts final : public process_runner {
public:
  result<process_result> run(const process_spec& spec) override {
    asked.push_back(spec.argv.back());
    process_result out;
    out.rc = rc;
    out.out.bytes = line;
    return out;
  }

  std::string find_program(std::string_view,
                           const std::vector<std::string>&) override {
    return {};
  }

  int own_number() override {
    return 1;
  }

  bool exists(int) override {
    return false;
  }

  int rc = 0;
  std::string line;
  std::vector<std::string> asked;
};

} // namespace

TEST_CASE("what a directory of accounts says does not hold for ever",
          "[platform][accounts]") {
  temp_dir dir;
  directory_of_accounts far;
  auto made = [&](std::chrono::nanoseconds hold) {
    return make_posix_accounts(far, dir / "passwd", dir / "group", hold);
  };
  SECTION("an answer is kept for its time only") {
    auto accounts = made(std::chrono::hours{1});
    far.line = "ann:x:4242:4243:Ann:/home/ann:/bin/sh\n";
    CHECK(accounts->user(std::string_view{"ann"})->uid == 4242);
    CHECK(accounts->user(std::string_view{"ann"})->uid == 4242);
    CHECK(far.asked.size() == 1);
    auto forgetful = made(std::chrono::nanoseconds{0});
    far.line = "team:x:5:ann\n";
    CHECK(forgetful->group(std::string_view{"team"})->gid == 5);
    far.line = "team:x:6:ann\n";
    CHECK(forgetful->group(std::string_view{"team"})->gid == 6);
  }
  SECTION("that there is no such account is an answer") {
    auto accounts = made(std::chrono::hours{1});
    far.rc = 2;
    CHECK_FALSE(accounts->user(uint32_t{77}));
    CHECK_FALSE(accounts->user(uint32_t{77}));
    CHECK(far.asked.size() == 1);
  }
  SECTION("that it could not be asked is none") {
    auto accounts = made(std::chrono::hours{1});
    far.rc = 1;
    CHECK_FALSE(accounts->group(std::string_view{"team"}));
    far.rc = 0;
    far.line = "team:x:5:ann\n";
    CHECK(accounts->group(std::string_view{"team"})->gid == 5);
  }
}

TEST_CASE("a file of accounts that could not be read is read again",
          "[platform][accounts]") {
  temp_dir dir;
  write_file(dir / "passwd", "ann:x:1001:1001::/home/ann:/bin/sh\n");
  directory_of_accounts far;
  far.rc = 2;
  auto accounts = make_posix_accounts(far, dir / "passwd", dir / "group", {});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  auto unread = accounts->user(std::string_view{"ann"});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK_FALSE(unread);
  REQUIRE(accounts->user(std::string_view{"ann"}));
  CHECK(accounts->user(std::string_view{"ann"})->uid == 1001);
}
