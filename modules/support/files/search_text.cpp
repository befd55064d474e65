#include "modules/support/files/search_text.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <memory>

namespace troupe {

namespace {

// As many steps as a search of a megabyte needs; patterns that explode end.
constexpr uint32_t step_limit = 10'000'000;

result<std::shared_ptr<pcre2_code>> compile(const std::string& pattern) {
  auto number = 0;
  PCRE2_SIZE offset = 0;
  auto* code
    = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                    pattern.size(), PCRE2_MULTILINE, &number, &offset, nullptr);
  if (code)
    return std::shared_ptr<pcre2_code>{code, pcre2_code_free};
  unsigned char text[256];
  pcre2_get_error_message(number, text, sizeof text);
  return error{errc::invalid_argument,
               fmt::format("'{}' is no regular expression: {} at position {}",
                           pattern, reinterpret_cast<const char*>(text),
                           offset)};
}

std::vector<std::pair<std::string, uint32_t>> group_names(pcre2_code* code) {
  uint32_t count = 0;
  uint32_t size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<std::pair<std::string, uint32_t>> out;
  for (uint32_t i = 0; i < count; ++i) {
    // Each entry: the number in two bytes, then the name.
    auto* entry = table + size_t{i} * size;
    auto number = uint32_t{entry[0]} << 8U | entry[1];
    out.emplace_back(reinterpret_cast<const char*>(entry + 2), number);
  }
  return out;
}

} // namespace

result<void> compile_search(const std::string& pattern) {
  auto code = compile(pattern);
  if (!code)
    return code.why();
  return {};
}

std::optional<text_match> search_text(const std::string& pattern,
                                      std::string_view text) {
  auto code = compile(pattern);
  if (!code)
    return std::nullopt;
  auto* raw = code->get();
  std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data{
    pcre2_match_data_create_from_pattern(raw, nullptr), pcre2_match_data_free};
  std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>
    limits{pcre2_match_context_create(nullptr), pcre2_match_context_free};
  pcre2_set_match_limit(limits.get(), step_limit);
  auto found = pcre2_match(raw, reinterpret_cast<PCRE2_SPTR>(text.data()),
                           text.size(), 0, 0, data.get(), limits.get());
  if (found <= 0)
    return std::nullopt;
  auto* at = pcre2_get_ovector_pointer(data.get());
  auto count = pcre2_get_ovector_count(data.get());
  auto group = [&](size_t i) {
    if (i >= count || at[2 * i] == PCRE2_UNSET)
      return std::string{};
    return std::string{text.substr(at[2 * i], at[2 * i + 1] - at[2 * i])};
  };
  text_match out;
  for (uint32_t i = 1; i < count; ++i)
    out.groups.push_back(group(i));
  for (auto& [name, number] : group_names(raw))
    out.named.emplace_back(name, group(number));
  return out;
}

} // namespace troupe
