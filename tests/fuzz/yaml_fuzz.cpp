// Any text may be given as YAML: as one document with its places, and as many.

#include "config/value/yaml.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace troupe;
  if (size > 16384)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto one = parse_yaml(text, "fuzz");
  auto all = parse_yaml_all(text, "fuzz", {.last_key_wins = true});
  if (one && !all)
    std::abort();
  return 0;
}
