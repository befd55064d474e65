// Any text may be given as a plan: it is read, or its problems are told.

#include "config/plan/plan_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  if (size > 16384)
    return 0;
  auto document
    = parse_plan({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!document)
    return 0;
  problems found;
  read_plan(*document, "fuzz", {}, found);
  if (!found.empty() && format_problems(found, "fuzz").empty())
    std::abort();
  return 0;
}
