#include "config/language/python/json_emit.hpp"

#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/run/object.hpp"
#include "config/value/json.hpp"
#include "config/value/work_meter.hpp"

#include <cmath>

namespace troupe {

namespace {

class json_writer {
public:
  explicit json_writer(const json_layout& how)
      : how_{how}, between_{how.item_separator
                              ? std::string_view{*how.item_separator}
                              : ", "},
        behind_key_{how.key_separator ? std::string_view{*how.key_separator}
                                      : ": "} {
  }

  result<std::string> run(const value& x) {
    write(x, 0);
    if (problem_)
      return *problem_;
    return std::move(out_);
  }

private:
  const json_layout& how_;
  std::string_view between_;
  std::string_view behind_key_;
  std::string out_;
  std::optional<error> problem_;

  void fail(error problem) {
    if (!problem_)
      problem_ = std::move(problem);
  }

  void new_line(unsigned depth) {
    if (!how_.indent || !work_meter::may_grow(out_.size()))
      return;
    out_ += '\n';
    for (unsigned i = 0; i < depth; ++i)
      out_ += *how_.indent;
  }

  static std::string real_text(double x) {
    if (std::isnan(x))
      return "NaN";
    if (std::isinf(x))
      return x < 0 ? "-Infinity" : "Infinity";
    return show_real(x);
  }

  void write(const value& x, unsigned depth) {
    if (problem_)
      return;
    // What is wrong is known elsewhere.
    if (!work_meter::visit() || !work_meter::may_grow(out_.size()))
      return;
    if (depth > most_nesting)
      return fail(failure(errc::recursion, "the value is nested too deeply"));
    if (is_strict_undefined(x))
      return fail(undefined_error(x));
    if (x.is_text())
      append_json_string(out_, x.as_string(), how_.ascii);
    else if (x.is_list())
      sequence(x.as_list(), depth);
    else if (x.is_dict())
      mapping(x.as_dict(), depth);
    else if (x.is_null())
      out_ += "null";
    else if (x.is_bool())
      out_ += x.as_bool() ? "true" : "false";
    else if (x.is_real())
      out_ += real_text(x.as_real());
    else if (x.is_integer())
      out_ += to_display(x);
    else if (x.is_object() && python_type(x) == "datetime")
      append_json_string(out_, iso_time(x), how_.ascii);
    else
      fail(failure(errc::type, "Object of type {} is not JSON serializable",
                   python_type(x)));
  }

  static std::string iso_time(const value& x) {
    auto shown = to_display(x);
    if (auto blank = shown.find(' '); blank != shown.npos)
      shown[blank] = 'T';
    return shown;
  }

  void sequence(const list& x, unsigned depth) {
    if (x.kind > list::form::tuple)
      return fail(failure(errc::type,
                          "Object of type {} is not JSON serializable",
                          python_type(value{x})));
    if (x.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    bool first = true;
    for (auto& y : x) {
      if (!first)
        out_ += between_;
      first = false;
      new_line(depth + 1);
      write(y, depth + 1);
    }
    new_line(depth);
    out_ += ']';
  }

  std::optional<std::string> key_text(const value& key) {
    if (key.is_text())
      return key.as_string();
    if (key.is_null())
      return "null";
    if (key.is_bool())
      return key.as_bool() ? "true" : "false";
    if (key.is_real())
      return real_text(key.as_real());
    if (key.is_integer())
      return to_display(key);
    fail(failure(errc::type,
                 "keys must be str, int, float, bool or None, not {}",
                 python_type(key)));
    return std::nullopt;
  }

  void mapping(const dict& x, unsigned depth) {
    if (x.empty()) {
      out_ += "{}";
      return;
    }
    std::vector<value> places;
    if (how_.sort_keys) {
      std::vector<value> keys;
      for (size_t i = 0; i < x.size(); ++i) {
        keys.push_back(x.at_index(i).first);
        places.emplace_back(i);
      }
      if (auto ok = sort_by(places, std::move(keys), false); !ok)
        return fail(ok.why());
    }
    out_ += '{';
    bool first = true;
    for (size_t i = 0; i < x.size(); ++i) {
      auto& [key, y] = x.at_index(
        places.empty() ? i : static_cast<size_t>(places[i].as_int()));
      auto name = key_text(key);
      if (!name)
        return;
      if (!first)
        out_ += between_;
      first = false;
      new_line(depth + 1);
      append_json_string(out_, *name, how_.ascii);
      out_ += behind_key_;
      write(y, depth + 1);
    }
    new_line(depth);
    out_ += '}';
  }
};

/// The same value with the keys of all dicts sorted where they can be.
value with_sorted_keys(const value& x) {
  if (!work_meter::visit())
    return {};
  constexpr uint64_t copy_weight = 128;
  if ((x.is_list() || x.is_dict()) && !work_meter::make(copy_weight))
    return {};
  if (x.is_list()) {
    list out{{}, x.as_list().kind};
    for (auto& y : x.as_list())
      out.push_back(with_sorted_keys(y));
    return out;
  }
  if (!x.is_dict())
    return x;
  std::vector<value> keys;
  std::vector<value> pairs;
  for (auto& [key, y] : x.as_dict()) {
    keys.push_back(key);
    pairs.push_back(tuple_of({key, with_sorted_keys(y)}));
  }
  auto sorted = pairs;
  if (!sort_by(sorted, keys, false))
    sorted = std::move(pairs);
  dict out;
  for (auto& pair : sorted)
    out.set(pair.as_list().items[0], pair.as_list().items[1]);
  return out;
}

void pretty(std::string& out, const value& x, size_t indent, size_t behind) {
  if (!work_meter::may_grow(out.size()))
    return;
  auto flat = to_repr(x);
  if (flat.size() + indent + behind <= 80 || (!x.is_list() && !x.is_dict())) {
    out += flat;
    return;
  }
  auto between = ",\n" + std::string(indent + 1, ' ');
  bool first = true;
  if (x.is_list()) {
    auto tuple = x.as_list().kind == list::form::tuple;
    out += tuple ? '(' : '[';
    for (auto& y : x.as_list()) {
      if (!first)
        out += between;
      first = false;
      pretty(out, y, indent + 1, behind + 1);
    }
    out += tuple ? ')' : ']';
    return;
  }
  out += '{';
  for (auto& [key, y] : x.as_dict()) {
    if (!first)
      out += between;
    first = false;
    auto name = to_repr(key);
    out += name + ": ";
    pretty(out, y, indent + name.size() + 3, behind + 1);
  }
  out += '}';
}

} // namespace

result<std::string> emit_json(const value& x, const json_layout& how) {
  return json_writer{how}.run(x);
}

std::string pretty_repr(const value& x) {
  std::string out;
  pretty(out, with_sorted_keys(x), 0, 0);
  return out;
}

} // namespace troupe
