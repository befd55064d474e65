#include "platform/threads.hpp"

#include <catch2/catch.hpp>
#include <pthread.h>

#include <thread>

using namespace troupe;

namespace {

void set_default_stack(size_t size) {
  pthread_attr_t attributes;
  REQUIRE(pthread_getattr_default_np(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, size) == 0);
  REQUIRE(pthread_setattr_default_np(&attributes) == 0);
  pthread_attr_destroy(&attributes);
}

size_t stack_of_new_thread() {
  size_t size = 0;
  std::thread{[&size] {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
  }}.join();
  return size;
}

} // namespace

TEST_CASE("threads have stacks of a megabyte at least, whatever the limit",
          "[platform][threads]") {
  auto usual = stack_of_new_thread();
  auto [before, least]
    = GENERATE(table<size_t, size_t>({{size_t{128} << 10, size_t{1} << 20},
                                      {size_t{1} << 20, size_t{1} << 20},
                                      {size_t{3} << 20, size_t{3} << 20}}));
  set_default_stack(before);
  widen_thread_stacks();
  // Some C libraries count what they keep there themselves.
  CHECK(stack_of_new_thread() > least - (size_t{64} << 10));
  set_default_stack(usual);
}
