#include "config/language/python/regex.hpp"

#include "config/language/python/regex_translate.hpp"
#include "config/value/bounded_cache.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <chrono>

namespace troupe {

namespace {

constexpr uint32_t most_depth = 100'000;

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

} // namespace

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

  /// For matches that begin no further than `last`.
  pcre2_match_context* context(uint32_t most_steps, size_t last) {
    if (!context_) {
      context_ = pcre2_match_context_create(nullptr);
      pcre2_set_depth_limit(context_, most_depth);
      pcre2_set_heap_limit(context_, 64 << 10);
    }
    pcre2_set_match_limit(context_, most_steps);
    pcre2_set_offset_limit(context_, last);
    return context_;
  }

private:
  pcre2_match_data* data_ = nullptr;
  pcre2_match_context* context_ = nullptr;
};

namespace {

/// Making the memory takes longer than most searches, so each thread keeps
/// one. It grows with what a search needs, hence not for long texts.
constexpr size_t most_with_kept_memory = 4096;
thread_local match_memory kept_memory;

pcre2_code* compiled(std::string_view pattern, uint32_t flags, int& code,
                     size_t& offset) {
  return pcre2_compile(bytes_of(pattern), pattern.size(), flags, &code, &offset,
                       nullptr);
}

/// By what a compiled pattern is found again.
std::string cache_key(std::string_view pattern, regex::options how) {
  std::string out;
  out.reserve(pattern.size() + 16);
  out += how.ignore_case ? 'i' : '-';
  out += how.multiline ? 'm' : '-';
  out += how.bytes ? 'b' : '-';
  out += how.dot_all ? 's' : '-';
  out.append(reinterpret_cast<const char*>(&how.most_steps),
             sizeof how.most_steps);
  return out.append(pattern);
}

} // namespace

regex::~regex() {
  pcre2_code_free(code_of(code_));
  pcre2_code_free(code_of(lenient_));
}

/// The same for text that is not UTF-8: all of it is looked through for every
/// match.
void* regex::lenient() const {
  std::call_once(lenient_made_, [this] {
    int code = 0;
    size_t offset = 0;
    lenient_
      = compiled(source_, flags_ | PCRE2_MATCH_INVALID_UTF, code, offset);
  });
  return lenient_;
}

result<std::shared_ptr<const regex>> regex::compile(std::string_view pattern,
                                                    options how) {
  auto translated = translate_pattern(pattern);
  if (!translated)
    return translated.why();
  uint32_t flags
    = PCRE2_NEVER_BACKSLASH_C | PCRE2_ALT_CIRCUMFLEX | PCRE2_USE_OFFSET_LIMIT;
  if (!how.bytes)
    flags |= PCRE2_UTF | PCRE2_UCP;
  if (how.ignore_case)
    flags |= PCRE2_CASELESS;
  if (how.multiline)
    flags |= PCRE2_MULTILINE;
  if (how.dot_all)
    flags |= PCRE2_DOTALL;
  // The flag "a" at the front: only ASCII has letters and digits.
  auto first = pattern.substr(0, pattern.find_first_of("):"));
  if (first.starts_with("(?")
      && first.find_first_not_of("(?aimsxuL") == first.npos
      && first.find('a') != first.npos)
    flags &= ~static_cast<uint32_t>(PCRE2_UCP);
  std::shared_ptr<regex> out{new regex};
  int code = 0;
  size_t offset = 0;
  out->code_ = compiled(*translated, flags, code, offset);
  if (!out->code_)
    return error{errc::runtime,
                 fmt::format("the regular expression '{}' is wrong: {} at "
                             "position {}",
                             pattern, message_of(code), offset)};
  out->source_ = std::move(*translated);
  out->flags_ = flags;
  uint32_t groups = 0;
  pcre2_pattern_info(code_of(out->code_), PCRE2_INFO_CAPTURECOUNT, &groups);
  out->groups_ = groups;
  out->most_steps_ = how.most_steps;
  return std::shared_ptr<const regex>{std::move(out)};
}

bool regex::is_of_bytes() const {
  return (flags_ & PCRE2_UTF) == 0;
}

size_t regex::bytes() const {
  size_t compiled = 0;
  pcre2_pattern_info(code_of(code_), PCRE2_INFO_SIZE, &compiled);
  // Once more for texts that are not UTF-8.
  return sizeof(regex) + 2 * compiled + source_.size();
}

namespace {

bounded_cache<std::string, std::shared_ptr<const regex>>& known_patterns() {
  static bounded_cache<std::string, std::shared_ptr<const regex>> known{
    regex::most_kept_bytes};
  return known;
}

} // namespace

result<std::shared_ptr<const regex>> regex::get(std::string_view pattern,
                                                options how) {
  auto& known = known_patterns();
  auto key = cache_key(pattern, how);
  if (auto found = known.find(key))
    return std::move(*found);
  auto made = compile(pattern, how);
  if (!made)
    return made;
  auto bytes = (*made)->bytes() + 2 * key.size();
  known.add(std::move(key), *made, bytes);
  return made;
}

size_t regex::kept_bytes() {
  return known_patterns().bytes();
}

namespace {

/// Whoever counts knows why; "no match" might be acted on.
error nothing_left() {
  return {errc::runtime, "the regular expression gave up: nothing is left of "
                         "what it may spend"};
}

} // namespace

/// One text, in which matches are looked for one after the other.
class regex::search {
public:
  search(const regex& what, std::string_view subject)
      : what_{what}, subject_{subject}, is_short_{subject.size()
                                                  <= most_with_kept_memory},
        is_valid_{what.is_of_bytes() || is_utf8(subject)},
        code_{code_of(is_valid_ ? what.code_ : what.lenient())} {
  }

  result<std::optional<match>> next(size_t from, uint32_t flags) {
    if (is_valid_)
      flags |= PCRE2_NO_UTF_CHECK;
    else if (!work_meter::read(subject_.size() - from))
      return nothing_left();
    auto starts = first_starts();
    for (;;) {
      auto last = is_short_ || subject_.size() - from < starts
                    ? PCRE2_UNSET
                    : from + starts - 1;
      // Most texts are short; asking for the time costs as much as searching
      // one.
      auto is_whole = last == PCRE2_UNSET;
      auto begin = is_whole ? std::chrono::steady_clock::time_point{}
                            : std::chrono::steady_clock::now();
      auto count = attempt(from, last, flags);
      if (count != PCRE2_ERROR_NOMATCH || is_whole || (flags & PCRE2_ANCHORED))
        return outcome(count);
      if (!work_meter::visit())
        return nothing_left();
      auto quick = std::chrono::steady_clock::now() - begin < usual_time;
      starts = quick ? starts * 2 : std::max<size_t>(starts / 4, 1);
      from = start_of_point(last + 1);
      flags &= ~uint32_t{PCRE2_NOTEMPTY_ATSTART};
    }
  }

private:
  const regex& what_;
  std::string_view subject_;
  bool is_short_;
  bool is_valid_;
  pcre2_code* code_;
  match_memory own_;

  // For one look at a part of a long text.
  static constexpr std::chrono::microseconds usual_time{500};

  match_memory& memory() {
    return is_short_ ? kept_memory : own_;
  }

  /// A pattern may look through the whole text from each place where a match
  /// could begin; so many are tried before the clock is looked at.
  size_t first_starts() const {
    return std::clamp<size_t>((size_t{1} << 22) / (subject_.size() + 1), 1,
                              65536);
  }

  /// `i`, or where the character ends that it is inside of.
  size_t start_of_point(size_t i) const {
    while (!what_.is_of_bytes() && i < subject_.size()
           && (subject_[i] & 0xc0) == 0x80)
      ++i;
    return i;
  }

  /// Tries with few steps first: how many a match took is not told, only that
  /// they were not enough.
  int attempt(size_t from, size_t last, uint32_t flags) {
    constexpr uint32_t first_steps = 2000;
    auto* data = memory().data(what_.groups_);
    for (auto steps = std::min(first_steps, what_.most_steps_);;) {
      auto count = pcre2_match(code_, bytes_of(subject_), subject_.size(), from,
                               flags, data, memory().context(steps, last));
      if (count != PCRE2_ERROR_MATCHLIMIT || steps == what_.most_steps_
          || !work_meter::visit(steps))
        return count;
      steps = static_cast<uint32_t>(
        std::min<uint64_t>(uint64_t{steps} * 8, what_.most_steps_));
    }
  }

  result<std::optional<match>> outcome(int count) {
    if (count == PCRE2_ERROR_NOMATCH)
      return std::optional<match>{};
    if (count == PCRE2_ERROR_MATCHLIMIT)
      return error{errc::runtime,
                   fmt::format("the regular expression gave up after {} steps "
                               "(setting template_match_limit)",
                               what_.most_steps_)};
    if (count < 0)
      return error{errc::runtime,
                   "the regular expression gave up: " + message_of(count)};
    auto* places = pcre2_get_ovector_pointer(memory().data(what_.groups_));
    match out;
    out.from = places[0];
    out.to = std::max(places[0], places[1]);
    work_meter::read(out.to - out.from);
    for (size_t i = 0; i <= what_.groups_; ++i) {
      auto took_part
        = static_cast<int>(i) < count && places[2 * i] != PCRE2_UNSET;
      if (took_part)
        out.groups.emplace_back(
          subject_.substr(places[2 * i], places[2 * i + 1] - places[2 * i]));
      else
        out.groups.emplace_back(std::nullopt);
    }
    return std::optional{std::move(out)};
  }
};

result<std::optional<regex::match>>
regex::find(std::string_view subject, size_t from, bool anchored) const {
  if (!work_meter::visit() || !work_meter::read(subject.size() - from))
    return nothing_left();
  return search{*this, subject}.next(from, anchored ? PCRE2_ANCHORED : 0U);
}

result<void> regex::each(std::string_view subject,
                         const std::function<bool(match)>& take) const {
  if (!work_meter::read(subject.size()))
    return nothing_left();
  search here{*this, subject};
  uint32_t flags = 0;
  for (size_t at = 0; at <= subject.size();) {
    auto found = here.next(at, flags);
    if (!found)
      return found.why();
    if (!work_meter::visit())
      return nothing_left();
    if (!*found)
      return {};
    at = (*found)->to;
    // The next one must not be empty right here again.
    flags = (*found)->from == (*found)->to ? PCRE2_NOTEMPTY_ATSTART : 0U;
    if (!take(std::move(**found)))
      return {};
  }
  return {};
}

result<std::vector<regex::match>>
regex::find_all(std::string_view subject) const {
  std::vector<match> out;
  auto weight
    = sizeof(match) + (groups_ + 1) * sizeof(std::optional<std::string_view>);
  auto done = each(subject, [&](match found) {
    if (!work_meter::make(weight))
      return false;
    out.push_back(std::move(found));
    return true;
  });
  if (!done)
    return done.why();
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

} // namespace troupe
