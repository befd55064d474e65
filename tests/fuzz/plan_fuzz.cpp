// Any text may be given as a plan: it is read, or its problems are told, with
// places that the text has.

#include "config/plan/plan_reader.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  if (size > 16384)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto document = parse_plan(text, "fuzz");
  if (!document)
    return 0;
  problems found;
  read_plan(*document, "fuzz", {}, found);
  for (auto& each : found)
    fuzz::must(each.place.at.line <= fuzz::lines_in(text));
  fuzz::must(found.empty() || !format_problems(found, "fuzz", text).empty());
  return 0;
}
