#include "actors/exit_code.hpp"

#include <catch2/catch.hpp>

#include <new>
#include <stdexcept>
#include <system_error>

using namespace troupe;

TEST_CASE("what reaches main says whether it is the machine or a bug",
          "[actors][M120]") {
  auto threads = explain_end(std::system_error{
    std::make_error_code(std::errc::resource_unavailable_try_again)});
  CHECK(threads.code == exit_code::exhausted);
  CHECK_THAT(threads.sentence, Catch::Contains("no more threads"));
  CHECK(explain_end(std::bad_alloc{}).code == exit_code::exhausted);
  auto bug = explain_end(std::logic_error{"odd"});
  CHECK(bug.code == exit_code::internal);
  CHECK(bug.sentence == "this is a bug: odd");
  CHECK(explain_end(
          std::system_error{std::make_error_code(std::errc::invalid_argument)})
          .code
        == exit_code::internal);
}
