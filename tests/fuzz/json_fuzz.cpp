// Any text may be given as JSON: what can be read must be written and read
// again as the same value.

#include "config/value/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto read = parse_json(text);
  if (!read)
    return 0;
  auto again = parse_json(to_json(*read, {.indent = 2}));
  if (!again || !(*again == *read))
    std::abort();
  return 0;
}
