#include "config/plan/problems.hpp"

#include "config/value/source_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// The place of what is wrong, as near as the text of the file tells.
text_position exact_place(const problem& x, std::string_view text) {
  auto part
    = x.part ? place_in_source(text, x.place.at, *x.part) : std::nullopt;
  return part ? *part : x.place.at;
}

std::string format_problem(const problem& x, const std::string& source,
                           std::string_view text) {
  if (!x.place.file)
    return fmt::format("{}: {}\n", source, x.message);
  // What is asked for while a plan runs stands in no file.
  if (x.place.file->empty())
    return x.message + "\n";
  if (text.empty() || *x.place.file != source) {
    auto part
      = x.part && x.part->line > 0
          ? fmt::format(" (line {}, column {})", x.part->line, x.part->column)
          : std::string{};
    return fmt::format("{}: {}{}\n", to_string(x.place), x.message, part);
  }
  auto at = exact_place(x, text);
  return fmt::format("{}: {}{}\n", to_string({x.place.file, at}), x.message,
                     shown_line(text, at));
}

} // namespace

std::string format_problems(const problems& found, const std::string& source,
                            std::string_view text, const text_of_file& other) {
  constexpr size_t most_read = 20;
  // As they stand in the file; what has no place comes first.
  std::vector<const problem*> order;
  for (auto& each : found)
    order.push_back(&each);
  std::stable_sort(order.begin(), order.end(),
                   [](auto* a, auto* b) { return a->place.at < b->place.at; });
  std::string out;
  size_t number = 0;
  for (auto* each : order) {
    auto& file = each->place.file;
    bool own = !file || *file == source || each->place.at.line == 0;
    auto more
      = own || !other || ++number > most_read ? std::string{} : other(*file);
    out += more.empty() ? format_problem(*each, source, text)
                        : format_problem(*each, *file, more);
  }
  return out;
}

} // namespace troupe
