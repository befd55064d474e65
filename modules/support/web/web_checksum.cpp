#include "modules/support/web/web_checksum.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/web/web_address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

std::string lower_case(std::string_view text) {
  std::string out;
  for (auto c : text)
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// The digest of a file in a list as sha256sum(1) writes it, or the only word
/// that there is; empty: none.
std::string digest_in(std::string_view list, std::string_view file) {
  if (auto all = words_in(list); all.size() == 1)
    return all[0];
  for (auto& line : split_text(list, '\n')) {
    auto words = words_in(line);
    if (words.size() != 2)
      continue;
    std::string_view name{words[1]};
    if (name.starts_with('*'))
      name.remove_prefix(1);
    if (name.starts_with("./"))
      name.remove_prefix(2);
    if (name == file)
      return words[0];
  }
  return {};
}

result<std::string> fetch_digest(const std::string& at, const std::string& url,
                                 const web_terms& terms,
                                 const http_headers& headers,
                                 const module_context& ctx) {
  web_request request;
  request.url = at;
  request.headers = headers;
  auto answer = ask_web(request, terms, ctx);
  if (!answer)
    return answer.why();
  if (answer->head.status != 200)
    return error{errc::network,
                 fmt::format("Request failed: {}: {}", at, answer->msg())};
  auto name = name_in_address(url);
  auto out = digest_in(answer->body, name);
  if (out.empty())
    return error{errc::not_found,
                 fmt::format("'{}' has no checksum for a file '{}'", at, name)};
  return out;
}

} // namespace

result<wanted_checksum> read_checksum(std::string_view text,
                                      const std::string& url,
                                      const web_terms& terms,
                                      const http_headers& headers,
                                      const module_context& ctx) {
  wanted_checksum out;
  if (text.empty())
    return out;
  auto mark = text.find(':');
  if (mark == std::string_view::npos)
    return error{
      errc::invalid_argument,
      fmt::format("checksum must be ALGORITHM:DIGEST, found '{}'", text)};
  out.algorithm = lower_case(text.substr(0, mark));
  if (auto known = digest_of("", out.algorithm); !known)
    return known.why();
  std::string digest{text.substr(mark + 1)};
  if (digest.starts_with("http://") || digest.starts_with("https://")) {
    auto fetched = fetch_digest(digest, url, terms, headers, ctx);
    if (!fetched)
      return fetched.why();
    digest = *std::move(fetched);
  }
  for (auto c : lower_case(digest))
    if (std::string_view{" \t\r\n"}.find(c) == std::string_view::npos)
      out.digest += c;
  if (out.digest.empty()
      || out.digest.find_first_not_of("0123456789abcdef") != std::string::npos)
    return error{errc::invalid_argument,
                 fmt::format("the checksum is no digest: expected hexadecimal "
                             "digits, found '{}'",
                             digest)};
  return out;
}

} // namespace troupe
