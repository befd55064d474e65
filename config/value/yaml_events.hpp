#pragma once

#include "config/value/text_position.hpp"
#include "platform/result.hpp"

#include <yaml.h>

#include <string>
#include <string_view>

namespace troupe {

/// Frees an event of libyaml at the end of its use.
struct event_holder {
  yaml_event_t event{};

  event_holder() = default;
  event_holder(const event_holder&) = delete;
  event_holder& operator=(const event_holder&) = delete;

  ~event_holder() {
    yaml_event_delete(&event);
  }
};

/// Line and column of a mark, counted from 1.
text_position position_of(const yaml_mark_t& mark);

/// A text as libyaml sees it, one event after another, and where it could not
/// be read.
class yaml_events {
public:
  /// `text` has to outlive the object; `name` is what messages call it.
  yaml_events(std::string_view text, std::string_view name);
  ~yaml_events();
  yaml_events(const yaml_events&) = delete;
  yaml_events& operator=(const yaml_events&) = delete;

  result<void> step(event_holder& held);

  /// Notes that reading failed there, in these words.
  error fail(text_position at, std::string_view message);
  error fail(const yaml_mark_t& mark, std::string_view message) {
    return fail(place_of(mark), message);
  }

  /// Where reading failed.
  text_position failed_at() const {
    return failed_at_;
  }

  /// Where it is.
  yaml_mark_t mark() const {
    return parser_.mark;
  }

  text_position place_of(const yaml_mark_t& mark) const;

  /// What messages call the text.
  const std::string& name() const {
    return name_;
  }

  std::string_view text() const {
    return text_;
  }

private:
  std::string_view text_;
  std::string name_;
  yaml_parser_t parser_{};
  // How many characters the text has, and the place behind them, when its last
  // line has no end.
  size_t end_ = std::string_view::npos;
  text_position last_;
  text_position failed_at_;
};

} // namespace troupe
