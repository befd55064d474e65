#include "modules/support/accounts/ssh_lines.hpp"

#include "config/value/base64.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/text_edit.hpp"
#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view key_kinds[]
  = {"ecdsa-sha2-nistp256",
     "ecdsa-sha2-nistp256-cert-v01@openssh.com",
     "ecdsa-sha2-nistp384",
     "ecdsa-sha2-nistp384-cert-v01@openssh.com",
     "ecdsa-sha2-nistp521",
     "ecdsa-sha2-nistp521-cert-v01@openssh.com",
     "rsa-sha2-256",
     "rsa-sha2-256-cert-v01@openssh.com",
     "rsa-sha2-512",
     "rsa-sha2-512-cert-v01@openssh.com",
     "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
     "sk-ecdsa-sha2-nistp256@openssh.com",
     "sk-ssh-ed25519-cert-v01@openssh.com",
     "sk-ssh-ed25519@openssh.com",
     "ssh-dss",
     "ssh-dss-cert-v01@openssh.com",
     "ssh-ed25519",
     "ssh-ed25519-cert-v01@openssh.com",
     "ssh-rsa",
     "ssh-rsa-cert-v01@openssh.com",
     "ssh-xmss-cert-v01@openssh.com",
     "ssh-xmss@openssh.com"};

bool is_key_kind(std::string_view word) {
  return std::find(std::begin(key_kinds), std::end(key_kinds), word)
         != std::end(key_kinds);
}

/// HMAC-SHA1, with which ssh hides names.
result<std::string> sha1_code(std::string key, std::string_view text) {
  constexpr size_t block = 64;
  key.resize(block);
  std::string inner;
  std::string outer;
  for (char each : key) {
    inner += static_cast<char>(each ^ 0x36);
    outer += static_cast<char>(each ^ 0x5c);
  }
  auto first = digest_of(inner.append(text), "sha1");
  if (!first)
    return first.why();
  auto bytes = from_hex(*first);
  if (!bytes)
    return bytes.why();
  auto second = digest_of(outer + *bytes, "sha1");
  return second ? from_hex(*second) : second;
}

/// ssh's own patterns: `*` and `?` only, as names may stand in brackets. Looks
/// at most at each pair of positions once.
bool fits(std::string_view pattern, std::string_view text) {
  size_t at = 0;
  size_t in = 0;
  auto star = std::string_view::npos;
  size_t from = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      from = in;
    } else if (at < pattern.size()
               && (pattern[at] == '?' || pattern[at] == text[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

std::string lowered(std::string text) {
  for (auto& each : text)
    if (each >= 'A' && each <= 'Z')
      each = static_cast<char>(each - 'A' + 'a');
  return text;
}

} // namespace

decltype(ssh_key_line::options) parse_key_options(std::string_view text) {
  decltype(ssh_key_line::options) out;
  std::string part;
  auto end = [&] {
    auto at = part.find('=');
    if (at == std::string::npos)
      out.emplace_back(part, std::nullopt);
    else
      out.emplace_back(part.substr(0, at), part.substr(at + 1));
    part.clear();
  };
  char quote = 0;
  for (char each : text) {
    if (each == ',' && !quote) {
      if (!part.empty())
        end();
      continue;
    }
    if (quote ? each == quote : each == '"' || each == '\'')
      quote = quote ? '\0' : each;
    part += each;
  }
  if (!part.empty())
    end();
  return out;
}

std::optional<ssh_key_line> parse_key_line(std::string_view line) {
  auto words = words_in(line);
  if (!words.empty() && words[0] == "#")
    return ssh_key_line{std::string{line}, {}, {}, {}};
  auto kind = std::find_if(words.begin(), words.end(), is_key_kind);
  if (kind == words.end() || kind + 1 == words.end())
    return std::nullopt;
  ssh_key_line out;
  out.kind = *kind;
  out.key = kind[1];
  out.options
    = parse_key_options(fmt::format("{}", fmt::join(words.begin(), kind, " ")));
  out.comment = fmt::format("{}", fmt::join(kind + 2, words.end(), " "));
  return out;
}

std::string key_line_text(const ssh_key_line& line) {
  if (!line.is_key())
    return line.key;
  std::string options;
  for (auto& [name, content] : line.options)
    options += fmt::format("{}{}{}", options.empty() ? "" : ",", name,
                           content ? "=" + *content : "");
  if (!options.empty())
    options += ' ';
  return fmt::format("{}{} {} {}\n", options, line.kind, line.key,
                     line.comment);
}

bool same_key_options(const ssh_key_line& x, const ssh_key_line& y) {
  auto sorted = [](auto options) {
    std::stable_sort(options.begin(), options.end(),
                     [](auto& a, auto& b) { return a.first < b.first; });
    return options;
  };
  return sorted(x.options) == sorted(y.options);
}

std::optional<known_host_line> parse_known_host(std::string_view line) {
  auto words = words_in(line);
  if (words.empty() || words[0][0] == '#')
    return std::nullopt;
  known_host_line out;
  size_t at = 0;
  if (words[0][0] == '@')
    out.marker = words[at++];
  if (words.size() < at + 3)
    return std::nullopt;
  out.hosts = words[at];
  out.kind = words[at + 1];
  out.key = words[at + 2];
  return out;
}

bool is_known_as(const known_host_line& line, const std::string& host) {
  if (line.is_hashed()) {
    auto parts = split_text(line.hosts, '|');
    if (parts.size() != 4)
      return false;
    auto salt = decode_base64(parts[2]);
    auto code = salt ? sha1_code(*salt, host) : salt;
    return code && encode_base64(*code) == parts[3];
  }
  auto found = false;
  for (auto& each : split_text(lowered(line.hosts), ',')) {
    auto negated = each.starts_with("!");
    if (!fits(negated ? std::string_view{each}.substr(1) : each, host))
      continue;
    if (negated)
      return false;
    found = true;
  }
  return found;
}

result<std::string> hidden_host(const std::string& host) {
  constexpr size_t salt_bytes = 20;
  auto salt = random_bytes(salt_bytes);
  if (!salt)
    return salt.why();
  auto code = sha1_code(*salt, host);
  if (!code)
    return code.why();
  return fmt::format("|1|{}|{}", encode_base64(*salt), encode_base64(*code));
}

} // namespace troupe
