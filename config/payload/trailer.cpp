#include "config/payload/trailer.hpp"

#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

constexpr std::string_view first_line = "troupe payload 1\n";
constexpr std::string_view end_word = "troupe-end ";
constexpr size_t longest_trailer = 4096;
constexpr size_t end_digits = 8;

std::optional<uint64_t> number_in(std::string_view text) {
  uint64_t out = 0;
  auto* end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, out);
  if (code != std::errc{} || at != end)
    return std::nullopt;
  return out;
}

/// Takes "NAME=VALUE\n" from the front; absent when something else is there.
std::optional<std::string_view> take_line(std::string_view& rest,
                                          std::string_view name) {
  auto end = rest.find('\n');
  if (end == std::string_view::npos || !rest.starts_with(name)
      || rest.size() <= name.size() || rest[name.size()] != '=')
    return std::nullopt;
  auto out = rest.substr(name.size() + 1, end - name.size() - 1);
  rest.remove_prefix(end + 1);
  return out;
}

error damaged() {
  return {errc::invalid_argument, "its trailer is damaged"};
}

/// The lines of a signature and of the checksum between them, which is judged
/// later; false when they are wrong.
bool read_signature(std::string_view& rest, payload_trailer& out) {
  auto key = take_line(rest, "key");
  if (!key)
    return true;
  auto expires = take_line(rest, "expires");
  auto check = take_line(rest, "check");
  auto signature = take_line(rest, "signature");
  if (!expires || !check || !signature)
    return false;
  auto point = from_hex(*key);
  auto bytes = from_hex(*signature);
  if (!point || !bytes)
    return false;
  out.signature = payload_signature{
    *point, *expires == "never" ? "" : std::string{*expires}, *bytes};
  return true;
}

} // namespace

std::string payload_trailer::statement() const {
  auto out = fmt::format("{}offset={:020}\nlength={:020}\ndirectory={:020}\n"
                         "engine={}\narchive={}\n",
                         first_line, offset, length, directory, engine_digest,
                         archive_digest);
  if (signature)
    out
      += fmt::format("key={}\nexpires={}\n", to_hex(signature->key),
                     signature->expires.empty() ? "never" : signature->expires);
  return out;
}

std::string payload_trailer::text() const {
  auto out = statement();
  sha256 digest;
  digest.update(out);
  // Covers what no other checksum does.
  out += fmt::format("check={}\n", to_hex(digest.finish()));
  if (signature)
    out += fmt::format("signature={}\n", to_hex(signature->bytes));
  return out
         + fmt::format("{}{:08}\n", end_word, out.size() + trailer_end_size);
}

std::optional<size_t> trailer_length(std::string_view last_bytes) {
  if (last_bytes.size() != trailer_end_size || !last_bytes.starts_with(end_word)
      || last_bytes.back() != '\n')
    return std::nullopt;
  auto length = number_in(last_bytes.substr(end_word.size(), end_digits));
  if (!length || *length < trailer_end_size || *length > longest_trailer)
    return std::nullopt;
  return *length;
}

result<payload_trailer> parse_trailer(std::string_view text) {
  auto rest = text;
  if (!rest.starts_with(first_line))
    return damaged();
  rest.remove_prefix(first_line.size());
  payload_trailer out;
  for (auto [name, to] : {std::pair{"offset", &out.offset},
                          {"length", &out.length},
                          {"directory", &out.directory}}) {
    auto line = take_line(rest, name);
    auto number = line ? number_in(*line) : std::nullopt;
    if (!number)
      return damaged();
    *to = *number;
  }
  for (auto [name, to] : {std::pair{"engine", &out.engine_digest},
                          {"archive", &out.archive_digest}}) {
    auto line = take_line(rest, name);
    if (!line)
      return damaged();
    *to = *line;
  }
  // There is one way to write a trailer: whatever else differs is damage.
  if (!read_signature(rest, out) || out.text() != text)
    return damaged();
  return out;
}

} // namespace troupe
