#include "config/language/python/yaml_emit.hpp"

#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/python/numbers.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"
#include "config/value/yaml_scalar.hpp"

#include <yaml.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace troupe {

namespace {

constexpr std::string_view tag_prefix = "tag:yaml.org,2002:";

/// Text of a scalar that is no string.
std::string plain_text(const value& x) {
  if (x.is_null())
    return "null";
  if (x.is_bool())
    return x.as_bool() ? "true" : "false";
  if (!x.is_real())
    return to_display(x);
  auto number = x.as_real();
  if (std::isnan(number))
    return ".nan";
  if (std::isinf(number))
    return number < 0 ? "-.inf" : ".inf";
  auto out = show_real(number);
  // YAML 1.1 wants a dot before an exponent.
  if (out.find('.') == out.npos)
    if (auto e = out.find('e'); e != out.npos)
      out.insert(e, ".0");
  return out;
}

/// Bytes that are no UTF-8 in the form in which libyaml takes the characters
/// that Python has for them: it writes them as escapes.
std::string escaped_bytes(const std::string& text) {
  if (is_utf8(text))
    return text;
  std::string out;
  for (size_t i = 0; i < text.size();) {
    auto length = utf8_length_at(text, i);
    auto byte = static_cast<unsigned char>(text[i]);
    if (length > 0)
      out += text.substr(i, length);
    else
      // U+DC80 to U+DCFF.
      out += {'\xed', static_cast<char>(0xb0 | byte >> 6),
              static_cast<char>(0x80 | (byte & 0x3f))};
    i += length == 0 ? 1 : length;
  }
  return out;
}

std::string_view tag_of(const value& x) {
  if (x.is_text())
    return "str";
  if (x.is_null())
    return "null";
  if (x.is_bool())
    return "bool";
  if (x.is_object())
    return "timestamp";
  return x.is_real() ? "float" : "int";
}

std::string_view tag_of(yaml_kind kind) {
  switch (kind) {
  case yaml_kind::null:
    return "null";
  case yaml_kind::boolean:
    return "bool";
  case yaml_kind::integer:
    return "int";
  case yaml_kind::real:
    return "float";
  case yaml_kind::timestamp:
    return "timestamp";
  case yaml_kind::merge:
    return "merge";
  case yaml_kind::value_mark:
    return "value";
  default:
    return "str";
  }
}

bool is_collection(const value& x) {
  return x.is_list() || x.is_dict();
}

const void* identity(const value& x) {
  return x.is_list() ? static_cast<const void*>(&x.as_list())
                     : static_cast<const void*>(&x.as_dict());
}

yaml_char_t* bytes_of(const std::string& x) {
  return reinterpret_cast<yaml_char_t*>(const_cast<char*>(x.data()));
}

int append(void* out, unsigned char* bytes, size_t size) {
  auto& text = *static_cast<std::string*>(out);
  if (!work_meter::may_grow(text.size() + size))
    return 0;
  text.append(reinterpret_cast<char*>(bytes), size);
  return 1;
}

/// Hands a value to libyaml as the events that PyYAML makes of it.
class writer {
public:
  explicit writer(const yaml_style& style) : style_{style} {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, append, &out_);
    auto bounded = [](int64_t x, int64_t most) {
      return static_cast<int>(std::clamp<int64_t>(x, -1, most));
    };
    yaml_emitter_set_indent(&emitter_, bounded(style.indent, 100));
    yaml_emitter_set_width(&emitter_, bounded(style.width, INT32_MAX));
    yaml_emitter_set_unicode(&emitter_, !style.ascii);
  }

  ~writer() {
    yaml_emitter_delete(&emitter_);
  }

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  result<std::string> run(const value& x) {
    count_uses(x, 0);
    yaml_event_t event;
    if (yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING))
      emit(event);
    if (yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr,
                                             !style_.explicit_start))
      emit(event);
    node(x);
    if (yaml_document_end_event_initialize(&event, !style_.explicit_end))
      emit(event);
    if (yaml_stream_end_event_initialize(&event))
      emit(event);
    if (problem_)
      return *problem_;
    return std::move(out_);
  }

private:
  const yaml_style& style_;
  yaml_emitter_t emitter_{};
  std::string out_;
  std::optional<error> problem_;
  // How often a list or dict is met, and the anchors of those met twice.
  std::unordered_map<const void*, unsigned> uses_;
  std::unordered_map<const void*, unsigned> anchors_;

  void fail(error problem) {
    if (!problem_)
      problem_ = std::move(problem);
  }

  void emit(yaml_event_t& event) {
    if (problem_) {
      yaml_event_delete(&event);
      return;
    }
    if (yaml_emitter_emit(&emitter_, &event))
      return;
    fail(failure(errc::filter, "cannot write YAML: {}",
                 emitter_.problem ? emitter_.problem : "too long"));
  }

  void count_uses(const value& x, unsigned depth) {
    if (is_strict_undefined(x))
      return fail(undefined_error(x));
    if (is_point_in_time(x))
      return;
    if (x.is_object() || x.is_undefined())
      return fail(failure(errc::filter, "cannot represent an object of type {}",
                          python_type(x)));
    if (x.is_list() && x.as_list().kind > list::form::tuple)
      return fail(failure(errc::filter, "cannot represent an object of type {}",
                          python_type(x)));
    if (depth > most_nesting)
      return fail({errc::recursion, "the value is nested too deeply"});
    if (!is_collection(x) || ++uses_[identity(x)] > 1 || problem_)
      return;
    if (x.is_list())
      for (auto& y : x.as_list())
        count_uses(y, depth + 1);
    else
      for (auto& [key, y] : x.as_dict())
        count_uses(y, depth + 1);
  }

  void node(const value& x) {
    if (problem_ || !work_meter::visit())
      return;
    if (!is_collection(x))
      return scalar(x);
    std::string anchor;
    auto empty_tuple = x.is_list() && x.as_list().empty()
                       && x.as_list().kind == list::form::tuple;
    if (uses_[identity(x)] > 1 && !empty_tuple) {
      auto [known, added]
        = anchors_.try_emplace(identity(x), anchors_.size() + 1);
      anchor = fmt::format("id{:03}", known->second);
      if (!added)
        return alias(anchor);
    }
    if (x.is_list())
      sequence(x, anchor);
    else
      mapping(x, anchor);
  }

  void alias(const std::string& anchor) {
    yaml_event_t event;
    if (yaml_alias_event_initialize(&event, bytes_of(anchor)))
      emit(event);
  }

  void scalar(const value& x) {
    auto block = x.is_text() && style_.block ? style_.block(x.as_string())
                                             : std::nullopt;
    auto bytes = block         ? escaped_bytes(*block)
                 : x.is_text() ? escaped_bytes(x.as_string())
                               : plain_text(x);
    auto tag = fmt::format("{}{}", tag_prefix, tag_of(x));
    auto plain = tag_of(resolve_yaml(bytes)) == tag_of(x);
    auto style = block                  ? YAML_LITERAL_SCALAR_STYLE
                 : style_.style == '\'' ? YAML_SINGLE_QUOTED_SCALAR_STYLE
                 : style_.style == '"'  ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                 : style_.style == '|'  ? YAML_LITERAL_SCALAR_STYLE
                 : style_.style == '>'  ? YAML_FOLDED_SCALAR_STYLE
                                        : YAML_PLAIN_SCALAR_STYLE;
    yaml_event_t event;
    if (!yaml_scalar_event_initialize(
          &event, nullptr, bytes_of(tag), bytes_of(bytes),
          static_cast<int>(bytes.size()), plain, x.is_text(), style))
      return fail({errc::filter, "text that is not UTF-8 cannot be YAML"});
    emit(event);
  }

  /// PyYAML writes collections of plain scalars in one line when nothing
  /// else is asked for.
  bool in_one_line(const value& x) const {
    if (style_.flow)
      return *style_.flow;
    auto plain
      = [&](const value& y) { return !is_collection(y) && style_.style == 0; };
    if (x.is_list())
      return std::all_of(x.as_list().begin(), x.as_list().end(), plain);
    return std::all_of(x.as_dict().begin(), x.as_dict().end(), [&](auto& y) {
      return plain(y.first) && plain(y.second);
    });
  }

  void sequence(const value& x, const std::string& anchor) {
    yaml_event_t event;
    auto tag = fmt::format("{}seq", tag_prefix);
    auto style
      = in_one_line(x) ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE;
    if (yaml_sequence_start_event_initialize(
          &event, anchor.empty() ? nullptr : bytes_of(anchor), bytes_of(tag),
          true, style))
      emit(event);
    for (auto& y : x.as_list())
      node(y);
    if (yaml_sequence_end_event_initialize(&event))
      emit(event);
  }

  void mapping(const value& x, const std::string& anchor) {
    yaml_event_t event;
    auto tag = fmt::format("{}map", tag_prefix);
    auto style
      = in_one_line(x) ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE;
    if (yaml_mapping_start_event_initialize(
          &event, anchor.empty() ? nullptr : bytes_of(anchor), bytes_of(tag),
          true, style))
      emit(event);
    for (auto& [key, y] : ordered(x.as_dict())) {
      node(key);
      node(y);
    }
    if (yaml_mapping_end_event_initialize(&event))
      emit(event);
  }

  std::vector<dict::entry> ordered(const dict& x) const {
    std::vector<dict::entry> out(x.begin(), x.end());
    if (!style_.sort_keys)
      return out;
    std::vector<value> keys;
    std::vector<value> places;
    for (size_t i = 0; i < out.size(); ++i) {
      keys.push_back(out[i].first);
      places.emplace_back(i);
    }
    // Keys that cannot be compared stay in their order, as in PyYAML.
    if (!sort_by(places, keys, false))
      return out;
    std::vector<dict::entry> sorted;
    sorted.reserve(places.size());
    for (auto& i : places)
      sorted.push_back(out[static_cast<size_t>(i.as_int())]);
    return sorted;
  }
};

} // namespace

result<std::string> emit_yaml(const value& x, const yaml_style& style) {
  return writer{style}.run(x);
}

} // namespace troupe
