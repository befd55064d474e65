#include "platform/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr size_t longest_head = size_t{64} << 10;
constexpr std::string_view blanks = " \t";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view without_blanks(std::string_view x) {
  auto begin = x.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return x.substr(begin, x.find_last_not_of(blanks) + 1 - begin);
}

error no_http(std::string_view what) {
  return {errc::network, fmt::format("the answer is no HTTP: {}", what)};
}

bool read_number(std::string_view text, int base, uint64_t& out) {
  auto* end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, out, base);
  // So large is no file; sums of two such sizes do not overflow.
  return !text.empty() && at == end && failed == std::errc{}
         && out < uint64_t{1} << 62U;
}

} // namespace

bool is_header(std::string_view x, std::string_view y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

const std::string* find_header(const http_headers& in, std::string_view name) {
  for (auto& [key, text] : in)
    if (is_header(key, name))
      return &text;
  return nullptr;
}

/// Moves bytes to the line; whether it is complete then.
result<bool> http_reader::take_line(std::string_view& bytes) {
  auto end = bytes.find('\n');
  auto part = bytes.substr(0, end);
  head_bytes_ += part.size() + (end == std::string_view::npos ? 0 : 1);
  if (head_bytes_ > longest_head)
    return no_http(
      fmt::format("its head is longer than {} KiB", longest_head >> 10U));
  line_ += part;
  bytes.remove_prefix(end == std::string_view::npos ? part.size() : end + 1);
  if (end == std::string_view::npos)
    return false;
  if (line_.ends_with('\r'))
    line_.pop_back();
  return true;
}

result<void> http_reader::take_head_line() {
  auto line = std::exchange(line_, {});
  if (line.find('\0') != std::string::npos)
    return no_http("its head holds a NUL byte");
  if (head_.status == 0) {
    uint64_t status = 0;
    std::string_view text{line};
    auto fits = text.size() >= 12 && text.starts_with("HTTP/1.")
                && (text[7] == '0' || text[7] == '1') && text[8] == ' '
                && (text.size() == 12 || text[12] == ' ')
                && read_number(text.substr(9, 3), 10, status) && status >= 100;
    if (!fits)
      return no_http("it begins with no status");
    head_.status = static_cast<unsigned>(status);
    head_.reason = text.size() > 13 ? text.substr(13) : text.substr(12);
    return {};
  }
  if (line.empty())
    return end_head();
  if (blanks.find(line[0]) != std::string_view::npos) {
    if (head_.headers.empty())
      return no_http("a header without a name");
    head_.headers.back().second.append(" ").append(without_blanks(line));
    return {};
  }
  auto colon = line.find(':');
  auto name = std::string_view{line}.substr(0, colon);
  if (colon == std::string::npos || name.empty()
      || name.find_first_of(blanks) != std::string_view::npos)
    return no_http("a header without a name");
  head_.headers.emplace_back(
    name, without_blanks(std::string_view{line}.substr(colon + 1)));
  return {};
}

result<void> http_reader::end_head() {
  if (head_.status < 200) {
    // An answer follows, unless the protocol was to be another one.
    if (head_.status == 101)
      return no_http("it changes to another protocol");
    head_ = {};
    return {};
  }
  phase_ = phase::done;
  if (bodiless_ || head_.status == 204 || head_.status == 304)
    return {};
  if (auto* coding = find_header(head_.headers, "transfer-encoding")) {
    if (!is_header(*coding, "chunked"))
      return error{errc::unsupported,
                   "the answer has an unknown Transfer-Encoding"};
    phase_ = phase::chunk_size;
    head_bytes_ = 0;
    return {};
  }
  phase_ = phase::until_close;
  for (auto& [name, text] : head_.headers) {
    if (!is_header(name, "content-length"))
      continue;
    uint64_t size = 0;
    if (!read_number(text, 10, size)
        || (phase_ != phase::until_close && size != left_))
      return no_http("its length is no number");
    left_ = size;
    phase_ = phase::counted;
  }
  if (phase_ == phase::counted && left_ == 0)
    phase_ = phase::done;
  return {};
}

result<void> http_reader::take_chunk_line() {
  auto line = std::exchange(line_, {});
  head_bytes_ = 0;
  auto is_end = phase_ == phase::chunk_end;
  phase_ = is_end ? phase::chunk_size : phase::chunk;
  if (is_end)
    return line.empty() ? result<void>{}
                        : no_http("a chunk is longer than it says");
  auto size = without_blanks(std::string_view{line}.substr(0, line.find(';')));
  if (!read_number(size, 16, left_))
    return no_http("the size of a chunk is no number");
  if (left_ == 0)
    phase_ = phase::trailer;
  return {};
}

result<void> http_reader::take_body(std::string_view& bytes,
                                    const taker& take) {
  auto part = bytes;
  if (phase_ != phase::until_close) {
    part = bytes.substr(0, std::min<uint64_t>(left_, bytes.size()));
    left_ -= part.size();
  }
  bytes.remove_prefix(part.size());
  if (phase_ != phase::until_close && left_ == 0)
    phase_ = phase_ == phase::counted ? phase::done : phase::chunk_end;
  return take(part);
}

result<void> http_reader::feed(std::string_view bytes, const taker& take) {
  while (!bytes.empty() && phase_ != phase::done) {
    if (phase_ == phase::counted || phase_ == phase::chunk
        || phase_ == phase::until_close) {
      if (auto ok = take_body(bytes, take); !ok)
        return ok;
      continue;
    }
    auto complete = take_line(bytes);
    if (!complete)
      return complete.why();
    if (!*complete)
      return {};
    result<void> ok;
    if (phase_ == phase::head)
      ok = take_head_line();
    else if (phase_ != phase::trailer)
      ok = take_chunk_line();
    else if (std::exchange(line_, {}).empty())
      phase_ = phase::done;
    if (!ok)
      return ok;
  }
  return {};
}

result<void> http_reader::finish() {
  if (phase_ == phase::until_close)
    phase_ = phase::done;
  if (phase_ == phase::done)
    return {};
  return error{errc::network,
               phase_ == phase::head
                 ? "the connection was closed before an answer came"
                 : "the connection was closed in the middle of the answer"};
}

} // namespace troupe
