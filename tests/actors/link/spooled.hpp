#pragma once

#include "actors/link/spool.hpp"
#include "platform/host.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace troupe::test {

inline file_system& real_files() {
  static const auto machine = make_real_host();
  return machine->files();
}

inline std::unique_ptr<spool> open_spool(const std::string& path,
                                         spool_bounds bounds = {}) {
  auto out = spool::open(real_files(), path, bounds);
  INFO((out ? std::string{} : out.why().message));
  REQUIRE(out);
  return std::move(*out);
}

} // namespace troupe::test
