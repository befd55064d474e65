#include "config/secret_forms.hpp"

#include "config/language/language.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/base64.hpp"
#include "config/language/python/regex.hpp"
#include "config/value/json.hpp"

#include <algorithm>

namespace troupe {

namespace {

using forms = std::vector<std::string>;

std::string without_quotes(const std::string& quoted) {
  return quoted.size() < 2 ? quoted : quoted.substr(1, quoted.size() - 2);
}

std::string replaced(std::string text, std::string_view old,
                     std::string_view by) {
  for (size_t at = 0; (at = text.find(old, at)) != std::string::npos;
       at += by.size())
    text.replace(at, old.size(), by);
  return text;
}

/// The letters of base64 that depend on nothing but `secret` when `before`
/// bytes stand before it in their group of three.
std::string base64_at(std::string_view secret, size_t before) {
  auto letters = encode_base64(std::string(before, '\0') + std::string{secret});
  auto first = (before * 8 + 5) / 6;
  auto last = (before + secret.size()) * 8 / 6;
  return letters.substr(first, last - first);
}

void add_base64(std::string_view secret, forms& out) {
  for (size_t before = 0; before < 3; ++before) {
    auto letters = base64_at(secret, before);
    out.push_back(letters);
    std::replace(letters.begin(), letters.end(), '+', '-');
    std::replace(letters.begin(), letters.end(), '/', '_');
    out.push_back(std::move(letters));
  }
  // Tools break long ones into lines.
  auto whole = base64_at(secret, 0);
  for (size_t width : {size_t{76}, size_t{64}})
    if (whole.size() > width)
      for (size_t at = 0; at < whole.size(); at += width)
        if (auto line = whole.substr(at, width); line.size() >= shortest_line)
          out.push_back(std::move(line));
}

void add_hex(std::string_view secret, forms& out) {
  std::string lower;
  std::string upper;
  for (unsigned char c : secret) {
    lower += "0123456789abcdef"[c >> 4U];
    lower += "0123456789abcdef"[c & 15U];
    upper += "0123456789ABCDEF"[c >> 4U];
    upper += "0123456789ABCDEF"[c & 15U];
  }
  out.push_back(std::move(lower));
  out.push_back(std::move(upper));
}

void add_escaped(const std::string& secret, forms& out) {
  std::string json;
  append_json_string(json, secret);
  out.push_back(without_quotes(json));
  out.push_back(replaced(out.back(), "/", "\\/"));
  value x{secret};
  out.push_back(without_quotes(to_json(x, {.ascii = true})));
  out.push_back(without_quotes(to_repr(x)));
  out.push_back(escape_markup(secret));
  out.push_back(replaced(secret, "'", R"('"'"')"));
  out.push_back(replaced(secret, "'", "''"));
  out.push_back(regex_escape(secret));
  out.push_back(quote_url(secret, "/"));
  out.push_back(quote_url(secret, ""));
  out.push_back(replaced(out.back(), "%20", "+"));
}

void add_forms(const std::string& secret, forms& out) {
  out.push_back(secret);
  add_escaped(secret, out);
  add_base64(secret, out);
  add_hex(secret, out);
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\v\f";
  auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

} // namespace

std::vector<std::string> secret_forms(std::string_view secret) {
  forms out;
  if (secret.size() < shortest_secret)
    return out;
  add_forms(std::string{secret}, out);
  if (secret.find('\n') != std::string_view::npos)
    for (auto rest = secret; !rest.empty();) {
      auto end = std::min(rest.find('\n'), rest.size());
      if (auto line = trimmed(rest.substr(0, end));
          line.size() >= shortest_line)
        add_forms(std::string{line}, out);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  std::erase_if(out, [](auto& x) { return x.size() < shortest_secret; });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace troupe
