#include "platform/web/server_request.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9')
         || std::string_view{"!#$%&'*+-.^_`|~"}.find(c)
              != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_control(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string in_small_letters(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Nothing for a broken escape or one of a NUL byte.
std::optional<std::string> unescaped(std::string_view text, bool plus) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned byte = 0;
    auto digits = text.substr(i + 1, 2);
    auto got
      = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || got.ptr != digits.data() + 2 || byte == 0)
      return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

web_fault bad(const char* why) {
  return {400, why};
}

std::optional<web_fault> read_target(std::string_view target,
                                     server_request& to) {
  if (target.empty() || target.front() != '/')
    return bad("the target of a request begins with /");
  auto mark = std::min(target.find('?'), target.size());
  auto path = unescaped(target.substr(0, mark), false);
  if (!path)
    return bad("an escape in the target is broken");
  to.path = std::move(*path);
  auto rest = target.substr(std::min(mark + 1, target.size()));
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    auto equals = std::min(part.find('='), part.size());
    auto name = unescaped(part.substr(0, equals), true);
    auto text = unescaped(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !text)
      return bad("an escape in the query is broken");
    to.query.emplace_back(std::move(*name), std::move(*text));
  }
  return std::nullopt;
}

std::optional<web_fault> read_first(std::string_view line, server_request& to) {
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad("the first line is no request");
  auto version = line.substr(last + 1);
  auto target = line.substr(first + 1, last - first - 1);
  to.method = line.substr(0, first);
  if (!is_token(to.method) || target.find(' ') != std::string_view::npos
      || std::any_of(target.begin(), target.end(), is_control))
    return bad("the first line is no request");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return web_fault{505, "HTTP/1.1 is what is spoken here"};
  return read_target(target, to);
}

std::optional<web_fault> read_line(std::string_view line, server_request& to) {
  auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return bad("a line of the head is no header");
  auto text = trimmed(line.substr(colon + 1));
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return c != '\t' && is_control(c); }))
    return bad("a header has control characters");
  if (to.headers.size() >= web_headers_most)
    return web_fault{431, "too many headers"};
  to.headers.emplace_back(in_small_letters(line.substr(0, colon)),
                          std::string{text});
  return std::nullopt;
}

} // namespace

const std::string* server_request::header(std::string_view name) const {
  for (auto& [key, text] : headers)
    if (key == name)
      return &text;
  return nullptr;
}

const std::string* server_request::parameter(std::string_view name) const {
  const std::string* out = nullptr;
  for (auto& [key, text] : query)
    if (key == name)
      out = &text;
  return out;
}

std::optional<size_t> end_of_web_head(std::string_view bytes) {
  auto at = bytes.find("\r\n\r\n");
  if (at == std::string_view::npos)
    return std::nullopt;
  return at + 4;
}

std::optional<web_fault> read_web_head(std::string_view head,
                                       server_request& to) {
  bool first = true;
  while (head.size() > 2) {
    auto end = head.find("\r\n");
    if (end == std::string_view::npos)
      return bad("a line of the head does not end");
    auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (auto wrong = first ? read_first(line, to) : read_line(line, to))
      return wrong;
    first = false;
  }
  if (first || head != "\r\n")
    return bad("the head does not end");
  return std::nullopt;
}

std::optional<uint64_t> body_length_of(const server_request& request,
                                       web_fault& wrong) {
  const std::string* found = nullptr;
  for (auto& [name, text] : request.headers) {
    if (name == "transfer-encoding") {
      wrong = {411, "a body comes with its length, in one piece"};
      return std::nullopt;
    }
    if (name != "content-length")
      continue;
    if (found) {
      wrong = {400, "the body has two lengths"};
      return std::nullopt;
    }
    found = &text;
  }
  if (!found)
    return 0;
  uint64_t out = 0;
  auto* end = found->data() + found->size();
  auto got = std::from_chars(found->data(), end, out);
  if (found->empty() || got.ec != std::errc{} || got.ptr != end) {
    wrong = {400, "the length of the body is no number"};
    return std::nullopt;
  }
  return out;
}

} // namespace troupe
