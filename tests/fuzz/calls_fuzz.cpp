// Any bytes may come over a line of calls, in any pieces: they are read as
// messages that are written again as the same, or the line is broken from there
// on; nothing that is read may be compiled as a template.

#include "actors/remote/line_frames.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace troupe;

void check(bool held) {
  if (!held)
    std::abort();
}

bool is_unsafe(const value& x) {
  if (x.is_text())
    return x.as_text().unsafe;
  if (x.is_list()) {
    for (auto& each : x.as_list())
      if (!is_unsafe(each))
        return false;
  } else if (x.is_dict()) {
    for (auto& [key, each] : x.as_dict())
      if (!is_unsafe(each))
        return false;
  }
  return true;
}

void on_message(const line_message& message) {
  auto type = static_cast<uint8_t>(message.index());
  auto bytes = write_line_message(message);
  auto again = read_line_message(type, bytes);
  check(again && write_line_message(*again) == bytes);
  if (auto* answer = std::get_if<line_answer>(&message))
    check(is_unsafe(value{answer->result.data})
          && is_unsafe(value{answer->result.facts})
          && is_unsafe(answer->result.diff));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  size_t piece = 1 + data[0];
  line_reader reader;
  bool broken = false;
  while (!bytes.empty()) {
    auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    unsigned count = 0;
    bool sound = reader.take(part, [&](const line_message& message) {
      ++count;
      on_message(message);
    });
    check(!broken || (!sound && count == 0));
    broken = broken || !sound;
  }
  return 0;
}
