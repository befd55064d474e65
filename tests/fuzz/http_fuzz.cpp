// Any bytes may come over HTTP, in any pieces: a head ends where it ends
// however it came, what is read of it is what a second reader would read, and
// what two readers could take for different requests is refused.

#include "platform/web/server_request.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace troupe;
using fuzz::must;

bool is_plain(char c) {
  auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// The same request in other words.
std::string written(const server_request& x) {
  auto out = x.method + " /" + escaped(std::string_view{x.path}.substr(1));
  char mark = '?';
  for (auto& [name, text] : x.query) {
    out += mark + escaped(name) + "=" + escaped(text);
    mark = '&';
  }
  out += " HTTP/1.1\r\n";
  for (auto& [name, text] : x.headers)
    out += name + ":" + text + "\r\n";
  return out + "\r\n";
}

void look_at(const server_request& got) {
  must(!got.method.empty() && !got.path.empty() && got.path.front() == '/');
  must(got.headers.size() <= web_headers_most);
  for (auto& [name, text] : got.headers) {
    must(!name.empty() && name.find_first_of(" \t:\r\n") == name.npos);
    must(std::none_of(name.begin(), name.end(),
                      [](char c) { return c >= 'A' && c <= 'Z'; }));
    must(std::all_of(text.begin(), text.end(), is_plain));
    must(got.header(name) != nullptr);
  }
  for (auto& [name, text] : got.query)
    must(got.parameter(name) != nullptr);
  must(got.path.find('\0') == got.path.npos);
}

void look_at_length(const server_request& got) {
  web_fault wrong{0, ""};
  auto length = body_length_of(got, wrong);
  must(length.has_value() == (wrong.status == 0));
  auto named = [&](std::string_view name) {
    return std::count_if(got.headers.begin(), got.headers.end(),
                         [&](auto& each) { return each.first == name; });
  };
  if (length)
    must(named("transfer-encoding") == 0 && named("content-length") <= 1);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  auto end = end_of_web_head(bytes);
  must(!end || (*end >= 4 && *end <= size));
  if (end)
    must(end_of_web_head(bytes.substr(0, *end)) == end
         && !end_of_web_head(bytes.substr(0, *end - 1)));
  auto head = bytes.substr(0, end.value_or(size));
  server_request got;
  if (auto wrong = read_web_head(head, got)) {
    must(wrong->status >= 400 && wrong->status < 600 && !wrong->why.empty());
    return 0;
  }
  must(end.has_value());
  look_at(got);
  look_at_length(got);
  server_request again;
  must(!read_web_head(written(got), again));
  must(again.method == got.method && again.path == got.path
       && again.query == got.query && again.headers == got.headers);
  return 0;
}
