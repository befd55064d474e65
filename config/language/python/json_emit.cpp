#include "config/language/python/json_emit.hpp"

#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/run/object.hpp"
#include "config/value/json.hpp"
#include "config/value/work_meter.hpp"

#include <cmath>

namespace troupe {

namespace {

class python_json_writer final : public json_writer {
public:
  using json_writer::json_writer;

  result<std::string> run(const value& x) {
    write(x);
    if (problem_)
      return *problem_;
    return take();
  }

private:
  std::optional<error> problem_;

  bool fail(error problem) {
    if (!problem_)
      problem_ = std::move(problem);
    return false;
  }

  bool accepts(const value& x, unsigned depth) override {
    // What is wrong with the budget is known elsewhere.
    if (problem_ || !work_meter::visit() || !work_meter::may_grow(size()))
      return false;
    if (depth > most_nesting)
      return fail(failure(errc::recursion, "the value is nested too deeply"));
    if (is_strict_undefined(x))
      return fail(undefined_error(x));
    if (is_point_in_time(x)) {
      write_text(iso_time(x));
      return false;
    }
    auto is_view = x.is_list() && x.as_list().kind > list::form::tuple;
    if (x.is_undefined() || x.is_object() || is_view)
      return fail(failure(errc::type,
                          "Object of type {} is not JSON serializable",
                          python_type(x)));
    return true;
  }

  static std::string iso_time(const value& x) {
    auto shown = to_display(x);
    if (auto blank = shown.find(' '); blank != shown.npos)
      shown[blank] = 'T';
    return shown;
  }

  std::string_view special_real(double x) const override {
    return python_special_real(x);
  }

  std::string key_text(const value& key) override {
    if (problem_)
      return {};
    auto is_scalar = key.is_text() || key.is_null() || key.is_bool()
                     || key.is_real() || key.is_integer();
    if (is_scalar)
      return json_writer::key_text(key);
    fail(failure(errc::type,
                 "keys must be str, int, float, bool or None, not {}",
                 python_type(key)));
    return {};
  }

  /// Python sorts the keys themselves, if they can be.
  std::vector<size_t> order(const dict& x) override {
    std::vector<value> keys;
    std::vector<value> places;
    for (size_t i = 0; i < x.size(); ++i) {
      keys.push_back(x.at_index(i).first);
      places.emplace_back(i);
    }
    std::vector<size_t> out;
    if (auto ok = sort_by(places, std::move(keys), false); !ok)
      fail(ok.why());
    else
      for (auto& i : places)
        out.push_back(static_cast<size_t>(i.as_int()));
    return out;
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

json_layout python_layout() {
  json_layout out;
  out.between_items = ", ";
  out.behind_key = ": ";
  out.ascii = true;
  return out;
}

result<std::string> emit_json(const value& x, const json_layout& how) {
  return python_json_writer{how}.run(x);
}

std::string pretty_repr(const value& x) {
  std::string out;
  pretty(out, with_sorted_keys(x), 0, 0);
  return out;
}

} // namespace troupe
