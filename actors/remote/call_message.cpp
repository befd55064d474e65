#include "actors/remote/call_message.hpp"

#include <limits>

namespace troupe {

namespace {

/// Items of a list of a message.
constexpr uint64_t items_most = 200'000;

void put_optional(record_writer& to, const auto& x, auto put) {
  to.put(x.has_value());
  if (x)
    put(*x);
}

// -- writing ------------------------------------------------------------------

void put(record_writer& to, const line_hello& x) {
  to.put(x.version);
  to.put(x.uid);
  to.put(x.user);
  to.put(x.folder);
}

void put(record_writer& to, const source_piece& x) {
  to.put(x.name);
  to.put(uint64_t{x.mode});
  to.put(x.bytes);
  to.put(x.first);
  to.put(x.last);
}

void put(record_writer& to, const prepared_source& x) {
  to.put(x.path);
  to.put(uint64_t{x.mode});
  to.put(x.text);
  to.put(static_cast<uint64_t>(x.kind));
}

void put(record_writer& to, const line_call& x) {
  to.put(x.number);
  to.put(x.module);
  to.put(x.program);
  to.put(x.args);
  for (auto flag : {x.check_mode, x.aside, x.diff_mode, x.watched})
    to.put(flag);
  to.put(x.verbosity);
  to.put(x.output_limit);
  to.put(uint64_t{x.environment.size()});
  for (auto& [name, text] : x.environment) {
    to.put(name);
    to.put(text);
  }
  to.put(x.become_user);
  to.put(x.become_method);
  to.put(x.become_program);
  to.put(x.become_flags);
  to.put(x.become_password);
  put_optional(to, x.time, [&](auto& y) { to.put(y); });
  to.put(uint64_t{x.sources.size()});
  for (auto& each : x.sources) {
    to.put(static_cast<uint64_t>(each.kind));
    to.put(each.path);
    to.put(each.what);
    to.put(uint64_t{each.mode});
  }
  put_optional(to, x.prepared, [&](auto& y) { put(to, y); });
}

void put(record_writer& to, const line_output& x) {
  to.put(x.number);
  to.put(x.piece);
}

void put(record_writer& to, const line_answer& x) {
  auto& from = x.result;
  to.put(x.number);
  for (auto flag : {from.changed, from.failed, from.skipped, from.timed_out,
                    from.cancelled, from.held_back, from.unreachable})
    to.put(flag);
  to.put(from.msg);
  put_optional(to, from.why, [&](errc y) { to.put(static_cast<uint64_t>(y)); });
  to.put(from.data);
  to.put(from.facts);
  to.put(from.warnings);
  to.put(from.diff);
  to.put(uint64_t{from.things.size()});
  for (auto& each : from.things) {
    to.put(static_cast<uint64_t>(each.what));
    to.put(each.kind);
    to.put(each.name);
  }
}

void put(record_writer& to, const line_stop& x) {
  to.put(x.number);
}

void put(record_writer&, const line_pulse&) {
}

// -- reading ------------------------------------------------------------------

/// Reads fields of one message; what is out of its range makes it unsound.
class field_reader {
public:
  explicit field_reader(std::string_view bytes)
      : from_{bytes, line_values_most} {
  }

  bool sound() const {
    return sound_ && from_.sound() && from_.at_end();
  }

  void get(bool& x) {
    x = from_.flag();
  }

  void get(uint64_t& x) {
    x = from_.number();
  }

  void get(uint32_t& x) {
    x = static_cast<uint32_t>(number(std::numeric_limits<uint32_t>::max()));
  }

  void get(std::string& x) {
    x = from_.text();
  }

  void get(std::vector<std::string>& x) {
    x = from_.texts();
  }

  void get(std::chrono::nanoseconds& x) {
    x = from_.duration();
  }

  // Whoever is at the other end: nothing it says is ever taken for a template.
  void get(value& x) {
    x = from_.any().marked_unsafe();
  }

  void get(dict& x) {
    x = value{from_.table()}.marked_unsafe().as_dict();
  }

  /// A value of an enumeration, of which `last` is the last.
  template <class E>
  void get(E& x, E last, E first = E{}) {
    auto n = number(static_cast<uint64_t>(last));
    if (n < static_cast<uint64_t>(first))
      sound_ = false;
    else
      x = static_cast<E>(n);
  }

  template <class T, class F>
  void get_optional(std::optional<T>& x, F read) {
    if (from_.flag())
      read(x.emplace());
  }

  template <class T, class F>
  void get_all(std::vector<T>& x, F read) {
    for (auto n = number(items_most); n > 0 && sound_ && from_.sound(); --n)
      read(x.emplace_back());
  }

private:
  uint64_t number(uint64_t most) {
    auto n = from_.number();
    if (n <= most)
      return n;
    sound_ = false;
    return 0;
  }

  record_reader from_;
  bool sound_ = true;
};

void get(field_reader& from, line_hello& x) {
  from.get(x.version);
  from.get(x.uid);
  from.get(x.user);
  from.get(x.folder);
}

void get(field_reader& from, source_piece& x) {
  from.get(x.name);
  from.get(x.mode);
  from.get(x.bytes);
  from.get(x.first);
  from.get(x.last);
}

void get(field_reader& from, prepared_source& x) {
  from.get(x.path);
  from.get(x.mode);
  from.get(x.text);
  from.get(x.kind, prepared_source::kinds::folder);
}

void get(field_reader& from, line_call& x) {
  from.get(x.number);
  from.get(x.module);
  from.get(x.program);
  from.get(x.args);
  for (auto* flag : {&x.check_mode, &x.aside, &x.diff_mode, &x.watched})
    from.get(*flag);
  from.get(x.verbosity);
  from.get(x.output_limit);
  from.get_all(x.environment, [&](auto& each) {
    from.get(each.first);
    from.get(each.second);
  });
  from.get(x.become_user);
  from.get(x.become_method);
  from.get(x.become_program);
  from.get(x.become_flags);
  from.get(x.become_password);
  from.get_optional(x.time, [&](auto& y) { from.get(y); });
  from.get_all(x.sources, [&](placed_source& each) {
    from.get(each.kind, placed_source::kinds::link);
    from.get(each.path);
    from.get(each.what);
    from.get(each.mode);
  });
  from.get_optional(x.prepared, [&](auto& y) { get(from, y); });
}

void get(field_reader& from, line_output& x) {
  from.get(x.number);
  from.get(x.piece);
}

void get(field_reader& from, line_answer& x) {
  auto& to = x.result;
  from.get(x.number);
  for (auto* flag : {&to.changed, &to.failed, &to.skipped, &to.timed_out,
                     &to.cancelled, &to.held_back, &to.unreachable})
    from.get(*flag);
  from.get(to.msg);
  from.get_optional(to.why, [&](errc& y) {
    from.get(y, errc::would_wait, errc::invalid_plan);
  });
  from.get(to.data);
  from.get(to.facts);
  from.get(to.warnings);
  from.get(to.diff);
  from.get_all(to.things, [&](foreseen& each) {
    from.get(each.what, effect::removed);
    from.get(each.kind);
    from.get(each.name);
  });
}

void get(field_reader& from, line_stop& x) {
  from.get(x.number);
}

void get(field_reader&, line_pulse&) {
}

template <size_t N = 0>
std::optional<line_message> read_one(uint8_t type, std::string_view bytes) {
  if constexpr (N == std::variant_size_v<line_message>) {
    return std::nullopt;
  } else {
    if (type != N)
      return read_one<N + 1>(type, bytes);
    std::variant_alternative_t<N, line_message> message;
    field_reader from{bytes};
    get(from, message);
    if (!from.sound())
      return std::nullopt;
    return message;
  }
}

} // namespace

std::string write_line_message(const line_message& message) {
  record_writer to;
  std::visit([&](auto& x) { put(to, x); }, message);
  return to.bytes();
}

std::optional<line_message> read_line_message(uint8_t type,
                                              std::string_view bytes) {
  return read_one(type, bytes);
}

} // namespace troupe
