// Any text may be given as YAML: as one document with its places, which are
// places of the text, and as many.

#include "config/value/yaml.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace troupe;
using fuzz::must;

void check_places(const value& x, size_t lines) {
  must(x.place().line <= lines);
  if (x.is_list())
    for (auto& each : x.as_list())
      check_places(each, lines);
  else if (x.is_dict())
    for (auto& [key, each] : x.as_dict()) {
      check_places(key, lines);
      check_places(each, lines);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 16384)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  text_position failed_at;
  auto one = parse_yaml(text, "fuzz", {.places = true}, &failed_at);
  must(failed_at.line <= fuzz::lines_in(text));
  if (one)
    check_places(*one, fuzz::lines_in(text));
  auto all = parse_yaml_all(text, "fuzz", {.last_key_wins = true});
  must(!one || all);
  return 0;
}
