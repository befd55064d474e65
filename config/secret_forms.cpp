#include "config/secret_forms.hpp"

#include "config/language/language.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/yaml_emit.hpp"
#include "config/value/base64.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <algorithm>
#include <limits>

namespace troupe {

namespace {

using forms = std::vector<std::string>;

constexpr std::string_view word_blanks = " \t\r\n\v\f";

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
  auto digits = to_hex(secret);
  out.push_back(digits);
  for (auto& c : digits)
    if (c >= 'a')
      c = static_cast<char>(c - 'a' + 'A');
  out.push_back(std::move(digits));
}

/// As it stands in a JSON text or in Python's repr of something larger, which
/// chooses its quotes by all that is in it.
void add_quoted(const std::string& text, forms& out) {
  std::string json;
  append_json_string(json, text);
  out.push_back(without_quotes(json));
  out.push_back(without_quotes(to_json(value{text}, {.ascii = true})));
  out.push_back(without_quotes(to_repr(value{text})));
  constexpr std::string_view both = R"("')";
  auto repr = without_quotes(to_repr(value{text + std::string{both}}));
  out.push_back(repr.substr(0, repr.size() - both.size() - 1));
}

/// Between YAML's double quotes.
void add_yaml(const std::string& secret, forms& out) {
  for (auto ascii : {false, true}) {
    yaml_style style{.width = std::numeric_limits<int>::max(), .ascii = ascii};
    style.style = '"';
    if (auto text = emit_yaml(value{secret}, style); text && text->size() > 2) {
      text->erase(text->find_last_of('"'));
      out.push_back(text->substr(1));
    }
  }
}

/// As a part of a web address.
void add_addresses(const std::string& text, forms& out) {
  out.push_back(quote_url(text, "/"));
  out.push_back(quote_url(text, ""));
  out.push_back(replaced(out.back(), "%20", "+"));
  // Not all programs write all marks so.
  out.push_back(quote_url(text, "/$=*!&'()+,;:@"));
}

void add_escaped(const std::string& secret, forms& out) {
  forms written;
  add_quoted(secret, written);
  written.push_back(replaced(secret, "'", R"('"'"')"));
  written.push_back(replaced(secret, "'", R"('\'')"));
  written.push_back(regex_escape(secret));
  add_yaml(secret, written);
  // JSON in a text of JSON, a shell's word in a list that is shown.
  for (auto& each : written)
    add_quoted(each, out);
  out.push_back(replaced(written.front(), "/", "\\/"));
  out.insert(out.end(), written.begin(), written.end());
  out.push_back(escape_markup(secret));
  out.push_back(replaced(secret, "'", "''"));
  // The name of a group.
  out.push_back(replaced(secret, " ", "-"));
  add_addresses(secret, out);
  // Who takes it for one shows what that stands for.
  if (auto meant = unquote_url(secret); meant != secret) {
    out.push_back(meant);
    add_addresses(meant, out);
  }
}

/// What is left when words are put together anew, with one blank between them.
std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (auto c : text)
    if (word_blanks.find(c) == word_blanks.npos)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  if (out.ends_with(' '))
    out.pop_back();
  return out;
}

/// As fields of /etc/fstab are written.
std::string as_table_field(std::string_view text) {
  auto out = replaced(std::string{text}, "\\", R"(\134)");
  out = replaced(std::move(out), " ", R"(\040)");
  out = replaced(std::move(out), "\t", R"(\011)");
  return replaced(std::move(out), "\n", R"(\012)");
}

void add_forms(const std::string& secret, forms& out) {
  out.push_back(secret);
  out.push_back(with_single_blanks(secret));
  for (auto& each : {as_table_field(secret), as_table_field(out.back())}) {
    out.push_back(each);
    add_quoted(each, out);
  }
  add_escaped(secret, out);
  add_base64(secret, out);
  add_hex(secret, out);
}

/// Adds what stands between these bytes.
void add_between(std::string_view text, std::string_view dividers, forms& out) {
  auto divides = [&](char c) { return dividers.find(c) != dividers.npos; };
  for (auto at = text.begin(); at != text.end();) {
    at = std::find_if_not(at, text.end(), divides);
    auto end = std::find_if(at, text.end(), divides);
    if (at != end)
      out.emplace_back(at, end);
    at = end;
  }
}

/// Adds what stands between blanks and `marks`.
void add_words(std::string_view text, std::string_view marks, forms& out) {
  add_between(text, std::string{word_blanks}.append(marks), out);
}

/// Adds what is left of a text that one of `marks` divides, which may have
/// blanks in it: `name=version` as a whole, a path, a list.
void add_divided(std::string_view text, std::string_view marks, forms& out) {
  for (auto& mark : marks) {
    std::string_view one{&mark, 1};
    auto first = text.find(mark);
    if (first == text.npos)
      continue;
    add_between(text, one, out);
    out.emplace_back(text.substr(first + 1));
    out.emplace_back(text.substr(0, text.rfind(mark)));
  }
}

/// What is left when a command line is divided into words.
std::string without_shell_quotes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at)
    if (text[at] == '\\' && at + 1 < text.size())
      out += text[++at];
    else if (text[at] != '"' && text[at] != '\'')
      out += text[at];
  return out;
}

void sort_once(forms& out) {
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

std::string_view trimmed(std::string_view line) {
  auto begin = line.find_first_not_of(word_blanks);
  if (begin == std::string_view::npos)
    return {};
  return line.substr(begin, line.find_last_not_of(word_blanks) - begin + 1);
}

/// Every part of a long secret: where texts are folded, wrapped or cut by other
/// programs no whole line of it is left.
void add_parts(const std::string& secret, forms& out) {
  if (secret.size() < shortest_divided || secret.size() > longest_divided)
    return;
  forms written{secret};
  add_yaml(secret, written);
  for (auto& each : written)
    for (size_t at = 0; at + shortest_part <= each.size(); ++at)
      out.push_back(each.substr(at, shortest_part));
}

} // namespace

std::vector<std::string> secret_words(std::string_view secret) {
  forms out;
  add_words(secret, R"(/=:,"'\)", out);
  add_words(without_shell_quotes(secret), "/", out);
  if (secret.size() <= longest_divided)
    add_divided(secret, "/=:,", out);
  std::erase_if(
    out, [&](auto& x) { return x.size() < shortest_line || x == secret; });
  for (size_t i = 0, plain = out.size(); i < plain; ++i)
    out.push_back(without_quotes(to_json(value{out[i]}, {.ascii = true})));
  sort_once(out);
  return out;
}

std::vector<std::string> secret_forms(std::string_view secret) {
  forms out;
  if (secret.size() < shortest_secret)
    return out;
  add_forms(std::string{secret}, out);
  add_parts(std::string{secret}, out);
  if (secret.find('\n') != std::string_view::npos)
    for (auto rest = secret; !rest.empty();) {
      auto end = std::min(rest.find('\n'), rest.size());
      if (auto line = trimmed(rest.substr(0, end));
          line.size() >= shortest_line)
        add_forms(std::string{line}, out);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  std::erase_if(out, [](auto& x) { return x.size() < shortest_secret; });
  sort_once(out);
  return out;
}

} // namespace troupe
