#include "config/language/python/regex.hpp"

#include "config/language/python/regex_translate.hpp"
#include "config/language/python/unicode.hpp"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace troupe {

namespace {

constexpr uint32_t most_depth = 100'000;
constexpr size_t most_cached_bytes = size_t{64} << 20;
constexpr size_t most_cached = 1024;

pcre2_code* code_of(void* x) {
  return static_cast<pcre2_code*>(x);
}

PCRE2_SPTR bytes_of(std::string_view x) {
  // PCRE2 takes no null pointer, not even for empty text.
  return reinterpret_cast<PCRE2_SPTR>(x.data() ? x.data() : "");
}

std::string message_of(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<char*>(buffer);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What PCRE2 needs to look for a match.
class match_memory {
public:
  match_memory() = default;
  match_memory(const match_memory&) = delete;
  match_memory& operator=(const match_memory&) = delete;

  ~match_memory() {
    pcre2_match_data_free(data_);
    pcre2_match_context_free(context_);
  }

  /// With room for that many groups beside the whole match.
  pcre2_match_data* data(size_t groups) {
    if (!data_ || pcre2_get_ovector_count(data_) <= groups) {
      pcre2_match_data_free(data_);
      data_ = pcre2_match_data_create(
        static_cast<uint32_t>(std::max<size_t>(groups + 1, 16)), nullptr);
    }
    return data_;
  }

  pcre2_match_context* context(uint32_t most_steps) {
    if (!context_) {
      context_ = pcre2_match_context_create(nullptr);
      pcre2_set_depth_limit(context_, most_depth);
      pcre2_set_heap_limit(context_, 64 << 10);
    }
    pcre2_set_match_limit(context_, most_steps);
    return context_;
  }

private:
  pcre2_match_data* data_ = nullptr;
  pcre2_match_context* context_ = nullptr;
};

/// Making the memory takes longer than most searches, so each thread keeps
/// one. It grows with what a search needs, hence not for long texts.
constexpr size_t most_with_kept_memory = 4096;
thread_local match_memory kept_memory;

/// By what a compiled pattern is found again.
std::string cache_key(std::string_view pattern, regex::options how) {
  std::string out;
  out.reserve(pattern.size() + 16);
  out += how.ignore_case ? 'i' : '-';
  out += how.multiline ? 'm' : '-';
  out.append(reinterpret_cast<const char*>(&how.most_steps),
             sizeof how.most_steps);
  return out.append(pattern);
}

} // namespace

/// A piece of a replacement: text, or the number of a group.
struct regex::part {
  std::string text;
  std::optional<size_t> group;
};

regex::~regex() {
  pcre2_code_free(code_of(code_));
}

result<std::shared_ptr<const regex>> regex::compile(std::string_view pattern,
                                                    options how) {
  auto translated = translate_pattern(pattern);
  if (!translated)
    return translated.why();
  uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF
                   | PCRE2_NEVER_BACKSLASH_C | PCRE2_ALT_CIRCUMFLEX;
  if (how.ignore_case)
    flags |= PCRE2_CASELESS;
  if (how.multiline)
    flags |= PCRE2_MULTILINE;
  // The flag "a" at the front: only ASCII has letters and digits.
  auto first = pattern.substr(0, pattern.find_first_of("):"));
  if (first.starts_with("(?")
      && first.find_first_not_of("(?aimsxuL") == first.npos
      && first.find('a') != first.npos)
    flags &= ~static_cast<uint32_t>(PCRE2_UCP);
  int code = 0;
  size_t offset = 0;
  std::shared_ptr<regex> out{new regex};
  out->code_ = pcre2_compile(bytes_of(*translated), translated->size(), flags,
                             &code, &offset, nullptr);
  if (!out->code_)
    return error{errc::runtime,
                 fmt::format("the regular expression '{}' is wrong: {} at "
                             "position {}",
                             pattern, message_of(code), offset)};
  uint32_t groups = 0;
  pcre2_pattern_info(code_of(out->code_), PCRE2_INFO_CAPTURECOUNT, &groups);
  out->groups_ = groups;
  out->most_steps_ = how.most_steps;
  return std::shared_ptr<const regex>{std::move(out)};
}

result<std::shared_ptr<const regex>> regex::get(std::string_view pattern,
                                                options how) {
  static std::mutex lock;
  static std::unordered_map<std::string, std::shared_ptr<const regex>> known;
  auto key = cache_key(pattern, how);
  {
    std::lock_guard guard{lock};
    if (auto i = known.find(key); i != known.end())
      return i->second;
  }
  auto made = compile(pattern, how);
  if (!made)
    return made;
  std::lock_guard guard{lock};
  if (known.size() >= most_cached)
    known.clear();
  known.emplace(std::move(key), *made);
  return made;
}

result<std::optional<regex::match>> regex::find(std::string_view subject,
                                                size_t from, bool anchored,
                                                bool advance) const {
  match_memory own;
  auto& memory = subject.size() > most_with_kept_memory ? own : kept_memory;
  auto* data = memory.data(groups_);
  uint32_t flags = 0;
  if (anchored)
    flags |= PCRE2_ANCHORED;
  if (advance)
    flags |= PCRE2_NOTEMPTY_ATSTART;
  auto count = pcre2_match(code_of(code_), bytes_of(subject), subject.size(),
                           from, flags, data, memory.context(most_steps_));
  if (count == PCRE2_ERROR_NOMATCH)
    return std::optional<match>{};
  if (count == PCRE2_ERROR_MATCHLIMIT)
    return error{errc::runtime,
                 fmt::format("the regular expression gave up after {} steps "
                             "(setting template_match_limit)",
                             most_steps_)};
  if (count < 0)
    return error{errc::runtime,
                 "the regular expression gave up: " + message_of(count)};
  auto* places = pcre2_get_ovector_pointer(data);
  match out;
  out.from = places[0];
  out.to = std::max(places[0], places[1]);
  for (size_t i = 0; i <= groups_; ++i) {
    auto took_part
      = static_cast<int>(i) < count && places[2 * i] != PCRE2_UNSET;
    if (took_part)
      out.groups.emplace_back(
        subject.substr(places[2 * i], places[2 * i + 1] - places[2 * i]));
    else
      out.groups.emplace_back(std::nullopt);
  }
  return std::optional{std::move(out)};
}

result<std::vector<regex::match>>
regex::find_all(std::string_view subject) const {
  std::vector<match> out;
  size_t at = 0;
  bool advance = false;
  while (at <= subject.size()) {
    auto found = find(subject, at, false, advance);
    if (!found)
      return found.why();
    if (!*found)
      return out;
    at = (*found)->to;
    advance = (*found)->from == (*found)->to;
    out.push_back(std::move(**found));
    if (out.size() > 10'000'000)
      return error{errc::exhausted, "the regular expression matches too often"};
  }
  return out;
}

std::optional<size_t> regex::group(std::string_view name) const {
  if (!name.empty() && name.find_first_not_of("0123456789") == name.npos) {
    size_t number = 0;
    for (char c : name)
      number = std::min<size_t>(number * 10 + static_cast<size_t>(c - '0'),
                                1'000'000);
    return number <= groups_ ? std::optional{number} : std::nullopt;
  }
  auto number = pcre2_substring_number_from_name(code_of(code_),
                                                 bytes_of(std::string{name}));
  if (number <= 0)
    return std::nullopt;
  return static_cast<size_t>(number);
}

namespace {

char replacement_escape(char c) {
  switch (c) {
  case 'n':
    return '\n';
  case 't':
    return '\t';
  case 'r':
    return '\r';
  case 'a':
    return '\a';
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'v':
    return '\v';
  case '\\':
    return '\\';
  default:
    return 0;
  }
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

} // namespace

result<std::vector<regex::part>>
regex::parse_replacement(std::string_view text) const {
  std::vector<part> out(1);
  auto reference = [&](std::string_view name) -> result<void> {
    auto number = group(name);
    if (!number)
      return error{errc::runtime,
                   fmt::format("invalid group reference {}", name)};
    out.back().group = number;
    out.emplace_back();
    return {};
  };
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out.back().text += text[i++];
      continue;
    }
    if (i + 1 >= text.size())
      return error{errc::runtime, "bad escape (end of pattern)"};
    auto c = text[i + 1];
    if (c == 'g') {
      auto end = text.find('>', i);
      if (i + 2 >= text.size() || text[i + 2] != '<' || end == text.npos)
        return error{errc::runtime, "missing group name"};
      if (auto ok = reference(text.substr(i + 3, end - i - 3)); !ok)
        return ok.why();
      i = end + 1;
    } else if (is_digit(c)) {
      auto octal = i + 3 < text.size() && is_octal(c) && is_octal(text[i + 2])
                   && is_octal(text[i + 3]);
      if (c == '0' || octal) {
        uint32_t point = 0;
        size_t k = i + 1;
        for (; k < text.size() && k < i + 4 && is_octal(text[k]); ++k)
          point = point * 8 + static_cast<uint32_t>(text[k] - '0');
        append_utf8(out.back().text, point);
        i = k;
        continue;
      }
      auto digits = i + 2 < text.size() && is_digit(text[i + 2]) ? 2u : 1u;
      if (auto ok = reference(text.substr(i + 1, digits)); !ok)
        return ok.why();
      i += 1 + digits;
    } else if (auto plain = replacement_escape(c)) {
      out.back().text += plain;
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      return error{errc::runtime, fmt::format("bad escape \\{}", c)};
    } else {
      out.back().text += '\\';
      out.back().text += c;
      i += 2;
    }
  }
  return out;
}

result<std::string> regex::replace(std::string_view subject,
                                   std::string_view replacement) const {
  auto parts = parse_replacement(replacement);
  if (!parts)
    return parts.why();
  auto matches = find_all(subject);
  if (!matches)
    return matches.why();
  std::string out;
  size_t at = 0;
  for (auto& found : *matches) {
    out.append(subject.substr(at, found.from - at));
    for (auto& piece : *parts) {
      out += piece.text;
      if (piece.group && found.groups[*piece.group])
        out.append(*found.groups[*piece.group]);
    }
    at = found.to;
    if (out.size() > most_cached_bytes)
      return error{errc::exhausted, "the replaced text is too long"};
  }
  out.append(subject.substr(at));
  return out;
}

std::string regex_escape(std::string_view x) {
  constexpr std::string_view special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  for (char c : x) {
    if (special.find(c) != special.npos)
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace troupe
