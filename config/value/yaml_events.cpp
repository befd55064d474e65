#include "config/value/yaml_events.hpp"

#include "config/value/place_counter.hpp"
#include "config/value/yaml_trouble.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

text_position position_of(const yaml_mark_t& mark) {
  return {static_cast<unsigned>(mark.line + 1),
          static_cast<unsigned>(mark.column + 1)};
}

yaml_events::yaml_events(std::string_view text, std::string_view name)
    : text_{text}, name_{name} {
  yaml_parser_initialize(&parser_);
  yaml_parser_set_input_string(
    &parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  if (!text.empty() && text.back() != '\n' && text.back() != '\r') {
    last_ = place_counter{text.data(), {1, 1}}.go_to(text.data() + text.size());
    end_ = static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  }
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
}

yaml_events::~yaml_events() {
  yaml_parser_delete(&parser_);
}

text_position yaml_events::place_of(const yaml_mark_t& mark) const {
  // The parser adds an end to a last line that has none, and goes on behind it.
  return mark.column == 0 && mark.index >= end_ ? last_ : position_of(mark);
}

error yaml_events::fail(text_position at, std::string_view message) {
  failed_at_ = at;
  return {errc::invalid_plan,
          fmt::format("{}:{}:{}: {}", name_, at.line, at.column, message)};
}

result<void> yaml_events::step(event_holder& held) {
  if (yaml_parser_parse(&parser_, &held.event))
    return {};
  yaml_trouble trouble;
  trouble.problem = parser_.problem ? parser_.problem : "not YAML";
  // Of what cannot be read it has no mark.
  trouble.at = parser_.error == YAML_READER_ERROR
                 ? place_counter{text_.data(), {1, 1}}.go_to(
                   text_.data() + parser_.problem_offset)
                 : place_of(parser_.problem_mark);
  if (parser_.context) {
    trouble.context = parser_.context;
    trouble.began = place_of(parser_.context_mark);
  }
  auto [message, at] = explain_yaml(text_, trouble);
  return fail(at, message);
}

} // namespace troupe
