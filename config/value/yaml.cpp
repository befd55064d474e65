#include "config/value/yaml.hpp"

#include "config/value/base64.hpp"
#include "config/value/json.hpp"
#include "config/value/place_counter.hpp"
#include "config/value/source_line.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"
#include "config/value/yaml_events.hpp"
#include "config/value/yaml_scalar.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace troupe {

namespace {

std::string_view text_of(const yaml_char_t* x, size_t size) {
  return {reinterpret_cast<const char*>(x), size};
}

std::string_view name_of(const yaml_char_t* x) {
  return x ? reinterpret_cast<const char*>(x) : std::string_view{};
}

// What a node takes, about.
constexpr uint64_t node_weight = 96;

size_t count_nodes(const value& x, size_t most) {
  size_t count = 1;
  if (x.is_list()) {
    for (auto& y : x.as_list())
      if (count <= most)
        count += count_nodes(y, most - count);
  } else if (x.is_dict()) {
    for (auto& [key, y] : x.as_dict())
      if (count <= most)
        count += 1 + count_nodes(y, most - std::min(count, most));
  }
  return count;
}

constexpr std::string_view standard = "tag:yaml.org,2002:";

class yaml_reader : yaml_events {
public:
  yaml_reader(std::string_view text, std::string_view name,
              const yaml_limits& limits)
      : yaml_events{text, name}, limits_{limits} {
  }

  using yaml_events::fail;
  using yaml_events::failed_at;
  using yaml_events::mark;

  /// The next document; nothing at the end.
  result<std::optional<value>> next() {
    for (;;) {
      event_holder held;
      if (auto ok = step(held); !ok)
        return ok.why();
      switch (held.event.type) {
      case YAML_STREAM_END_EVENT:
        return std::optional<value>{};
      case YAML_DOCUMENT_START_EVENT: {
        anchors_.clear();
        auto root = node(0);
        if (!root)
          return root.why();
        return std::optional{std::move(*root)};
      }
      default:
        break;
      }
    }
  }

private:
  struct anchor {
    value x;
    size_t nodes;
    bool complete;
  };

  const yaml_limits& limits_;
  std::unordered_map<std::string, anchor> anchors_;
  size_t alias_nodes_ = 0;
  bool in_key_ = false;

  result<value> node(unsigned depth) {
    event_holder held;
    if (auto ok = step(held); !ok)
      return ok.why();
    return node(held.event, depth);
  }

  result<value> node(const yaml_event_t& event, unsigned depth) {
    bool opens = event.type == YAML_SEQUENCE_START_EVENT
                 || event.type == YAML_MAPPING_START_EVENT;
    if (opens && depth >= limits_.depth)
      return fail(event.start_mark,
                  fmt::format("nested deeper than {} levels", limits_.depth));
    if (!work_meter::visit() || !work_meter::make(node_weight))
      return fail(event.start_mark, "more than there is memory for");
    // What an alias stands for has the place where it is written.
    if (event.type == YAML_ALIAS_EVENT)
      return alias(event);
    if (opens)
      if (auto fine = check_tag(event); !fine)
        return fine.why();
    auto out = event.type == YAML_SCALAR_EVENT ? scalar(event)
               : event.type == YAML_SEQUENCE_START_EVENT
                 ? sequence(event, depth)
                 : mapping(event, depth);
    if (!out)
      return out;
    // Of all that is in it.
    if (opens && name_of(tag_of(event)) == "!unsafe")
      out = out->marked_unsafe();
    if (opens && is_list_of_pairs(name_of(tag_of(event))))
      if (auto fine = make_pairs(*out, event.start_mark); !fine)
        return fine.why();
    if (limits_.places)
      out->place_at(place_of(event.start_mark));
    remember(anchor_of(event), *out);
    return out;
  }

  static const yaml_char_t* anchor_of(const yaml_event_t& event) {
    return event.type == YAML_SCALAR_EVENT ? event.data.scalar.anchor
           : event.type == YAML_SEQUENCE_START_EVENT
             ? event.data.sequence_start.anchor
             : event.data.mapping_start.anchor;
  }

  static const yaml_char_t* tag_of(const yaml_event_t& event) {
    return event.type == YAML_SEQUENCE_START_EVENT
             ? event.data.sequence_start.tag
             : event.data.mapping_start.tag;
  }

  static bool is_list_of_pairs(std::string_view tag) {
    return tag == "tag:yaml.org,2002:omap" || tag == "tag:yaml.org,2002:pairs";
  }

  /// Whether the tag of a list or mapping is one of those.
  result<void> check_tag(const yaml_event_t& event) {
    auto tag = name_of(tag_of(event));
    auto is_list = event.type == YAML_SEQUENCE_START_EVENT;
    auto* kind = is_list ? "list" : "mapping";
    if (tag.empty() || tag == "!" || tag == "!unsafe"
        || (is_list && is_list_of_pairs(tag)))
      return {};
    auto bare = tag.starts_with(standard) ? tag.substr(standard.size())
                                          : std::string_view{};
    if (bare == (is_list ? "seq" : "map") || (!is_list && bare == "set"))
      return {};
    for (auto known : {"seq", "map", "set", "omap", "pairs", "str", "binary",
                       "timestamp", "int", "float", "bool", "null"})
      if (bare == known)
        return fail(event.start_mark,
                    fmt::format("a {} cannot be a '{}'", kind, bare));
    if (tag == "!vault" || tag == "!vault-encrypted")
      return fail(
        event.start_mark,
        fmt::format("a {} cannot be encrypted as a whole: '{}' stands "
                    "before a text",
                    kind, tag));
    return fail(event.start_mark, fmt::format("unknown tag '{}'", tag));
  }

  /// Each item is a mapping of one key, which becomes a list of two.
  result<void> make_pairs(value& x, const yaml_mark_t& mark) {
    list out;
    for (auto& each : x.as_list()) {
      if (!each.is_dict() || each.as_dict().size() != 1)
        return fail(mark, "each item of it has to be a mapping of one key");
      auto& [key, item] = *each.as_dict().begin();
      out.push_back(list{key, item});
    }
    x = std::move(out);
    return {};
  }

  void remember(const yaml_char_t* name, const value& x) {
    if (name)
      anchors_[std::string{name_of(name)}]
        = {x, count_nodes(x, limits_.alias_nodes), true};
  }

  void begin_anchor(const yaml_char_t* name) {
    if (name)
      anchors_[std::string{name_of(name)}] = {value{}, 1, false};
  }

  result<value> alias(const yaml_event_t& event) {
    auto name = std::string{name_of(event.data.alias.anchor)};
    auto i = anchors_.find(name);
    if (i == anchors_.end())
      return fail(event.start_mark,
                  fmt::format("undefined alias '{}': a value that begins with "
                              "'*' must be in quotes",
                              name));
    if (!i->second.complete)
      return fail(event.start_mark,
                  fmt::format("the alias '{}' would hold itself", name));
    alias_nodes_ += i->second.nodes;
    if (alias_nodes_ > limits_.alias_nodes)
      return fail(event.start_mark,
                  fmt::format("aliases expand to more than {} nodes",
                              limits_.alias_nodes));
    return i->second.x;
  }

  result<value> scalar(const yaml_event_t& event) {
    auto& data = event.data.scalar;
    auto bytes = text_of(data.value, data.length);
    if (bytes.size() > limits_.text_bytes)
      return fail(
        event.start_mark,
        fmt::format("a text is longer than {} bytes", limits_.text_bytes));
    auto tag = name_of(data.tag);
    if (tag.empty() && data.plain_implicit)
      return plain(event, bytes);
    if (tag.empty())
      return value{bytes};
    if (tag == "!")
      return value{bytes};
    if (tag == "!unsafe")
      return value::from_host(std::string{bytes});
    if (tag == "!vault" || tag == "!vault-encrypted")
      return opened(event, bytes);
    if (!tag.starts_with(standard))
      return fail(event.start_mark, fmt::format("unknown tag '{}'", tag));
    return tagged(event, tag.substr(standard.size()), bytes);
  }

  result<value> opened(const yaml_event_t& event, std::string_view bytes) {
    if (!limits_.vault)
      return fail(event.start_mark,
                  "this value is encrypted with a vault, and no password was "
                  "given for it: --vault-password-file, --vault-id or "
                  "--ask-vault-pass does");
    auto out = (*limits_.vault)(bytes);
    if (!out)
      return fail(event.start_mark, out.why().message);
    if (!out->is_undefined())
      return out;
    // Whoever uses what nobody could open is told where it is.
    auto why = out->as_undefined();
    why.message = fail(event.start_mark, why.message).message;
    return value::undefined(std::move(why));
  }

  result<value> plain(const yaml_event_t& event, std::string_view bytes) {
    if (!limits_.timestamp || in_key_
        || resolve_yaml(bytes) != yaml_kind::timestamp)
      return yaml_scalar(bytes);
    auto out = limits_.timestamp(bytes);
    return out ? std::move(out) : fail(event.start_mark, out.why().message);
  }

  result<value> tagged(const yaml_event_t& event, std::string_view tag,
                       std::string_view bytes) {
    if (tag == "binary") {
      auto out = decode_base64(bytes);
      return out ? result<value>{value{*std::move(out)}}
                 : fail(event.start_mark, "'!!binary': " + out.why().message);
    }
    if (tag == "str")
      return value{bytes};
    if (tag == "timestamp" && resolve_yaml(bytes) == yaml_kind::timestamp)
      return limits_.timestamp ? limits_.timestamp(bytes)
                               : result<value>{value{bytes}};
    auto kind = resolve_yaml(bytes);
    auto wanted = tag == "int"    ? kind == yaml_kind::integer
                  : tag == "bool" ? kind == yaml_kind::boolean
                  : tag == "null" ? true
                  : tag == "float"
                    ? kind == yaml_kind::real || kind == yaml_kind::integer
                    : false;
    for (auto known : {"timestamp", "int", "float", "bool"})
      if (!wanted && tag == known)
        return fail(event.start_mark, fmt::format("'{}' is no {}", bytes, tag));
    for (auto known : {"seq", "map", "set", "omap", "pairs"})
      if (tag == known)
        return fail(event.start_mark,
                    fmt::format("a text cannot be a '{}'", tag));
    if (!wanted)
      return fail(event.start_mark,
                  fmt::format("unknown tag '{}{}'", standard, tag));
    if (tag == "null")
      return value{};
    auto out = yaml_scalar(bytes);
    if (tag == "float" && out.to_int())
      return value{static_cast<double>(*out.to_int())};
    return out;
  }

  result<value> sequence(const yaml_event_t& event, unsigned depth) {
    begin_anchor(event.data.sequence_start.anchor);
    list out;
    for (;;) {
      event_holder held;
      if (auto ok = step(held); !ok)
        return ok.why();
      if (held.event.type == YAML_SEQUENCE_END_EVENT)
        break;
      auto x = node(held.event, depth + 1);
      if (!x)
        return x;
      out.push_back(std::move(*x));
    }
    return value{std::move(out)};
  }

  /// Adds the dicts behind `<<`; what stands in the mapping itself wins.
  result<void> merge(dict& into, const value& from, const yaml_mark_t& mark) {
    if (from.is_list()) {
      for (auto& x : from.as_list()) {
        if (!x.is_dict())
          return fail(mark, "expected a mapping for merging");
        if (auto ok = merge(into, x, mark); !ok)
          return ok;
      }
      return {};
    }
    if (!from.is_dict())
      return fail(mark, "expected a mapping or list of mappings for merging");
    for (auto& [key, x] : from.as_dict())
      if (!into.find(key))
        into.set(key, x);
    return {};
  }

  result<value> mapping(const yaml_event_t& event, unsigned depth) {
    begin_anchor(event.data.mapping_start.anchor);
    dict own;
    dict merged;
    for (;;) {
      event_holder held;
      if (auto ok = step(held); !ok)
        return ok.why();
      if (held.event.type == YAML_MAPPING_END_EVENT)
        break;
      if (auto ok = entry(held.event, depth, own, merged); !ok)
        return ok.why();
    }
    if (!merged.empty()) {
      for (auto& [key, x] : own)
        merged.set(key, x);
      own = std::move(merged);
    }
    return value{std::move(own)};
  }

  /// The brace in front of another one: people write them together.
  text_position before_brace(text_position at) const {
    auto line = line_at(text(), at.line);
    bool two = at.column > 1 && at.column <= line.size()
               && line.substr(at.column - 2).starts_with("{{");
    return {at.line, at.column - (two ? 1 : 0)};
  }

  result<void> entry(const yaml_event_t& event, unsigned depth, dict& own,
                     dict& merged) {
    auto mark = event.start_mark;
    auto merges
      = event.type == YAML_SCALAR_EVENT && event.data.scalar.plain_implicit
        && text_of(event.data.scalar.value, event.data.scalar.length) == "<<";
    in_key_ = true;
    auto key = node(event, depth + 1);
    in_key_ = false;
    if (!key)
      return key.why();
    if (key->is_list() || key->is_dict()) {
      auto at = before_brace(position_of(mark));
      return fail(at, at == position_of(mark)
                        ? "found unhashable key: a key is text or a number"
                        : "a value that begins with {{ must be in quotes: "
                          "\"{{ ... }}\"");
    }
    auto x = node(depth + 1);
    if (!x)
      return x.why();
    if (merges)
      return merge(merged, *x, mark);
    if (own.find(*key) && !limits_.last_key_wins)
      return fail(
        mark, fmt::format("the key '{}' is there twice: keep one",
                          key->is_text() ? key->as_string() : to_json(*key)));
    if (limits_.passed_over && own.find(*key))
      tell_twice(*key, mark);
    own.set(std::move(*key), std::move(*x));
    return {};
  }

  void tell_twice(const value& key, const yaml_mark_t& mark) {
    constexpr size_t most = 100;
    auto& told = *limits_.passed_over;
    if (told.size() >= most)
      return;
    auto at = position_of(mark);
    // With the words that people look for.
    told.push_back(fmt::format(
      "{0}:{1}:{2}: found a duplicate dict key ({3}): the key '{3}' is there "
      "twice: the last one counts",
      name(), at.line, at.column,
      key.is_text() ? key.as_string() : to_json(key)));
  }
};

/// Where the first byte is that is no part of UTF-8.
text_position first_broken(std::string_view text) {
  size_t i = 0;
  while (auto n = utf8_length_at(text, i))
    i += n;
  return place_counter{text.data(), {1, 1}}.go_to(text.data() + i);
}

result<void> check_text(std::string_view text, std::string_view name,
                        const yaml_limits& limits,
                        text_position* failed_at = nullptr) {
  if (text.size() > limits.bytes)
    return error{errc::invalid_plan,
                 fmt::format("{}: larger than {} bytes", name, limits.bytes)};
  if (is_utf8(text))
    return {};
  auto at = first_broken(text);
  if (failed_at)
    *failed_at = at;
  return error{errc::invalid_plan,
               fmt::format("{}:{}:{}: not UTF-8", name, at.line, at.column)};
}

} // namespace

namespace {

result<value> read_single(yaml_reader& in) {
  auto root = in.next();
  if (!root)
    return root.why();
  if (!*root)
    return value{};
  auto second = in.next();
  if (!second)
    return second.why();
  if (*second)
    return in.fail(in.mark(), "expected a single document in the stream");
  return std::move(**root);
}

} // namespace

result<value> parse_yaml(std::string_view text, std::string_view name,
                         const yaml_limits& limits, text_position* failed_at) {
  text = without_byte_order_mark(text);
  if (auto ok = check_text(text, name, limits, failed_at); !ok)
    return ok.why();
  yaml_reader in{text, name, limits};
  auto document = read_single(in);
  if (!document && failed_at)
    *failed_at = in.failed_at();
  return document;
}

result<std::vector<value>> parse_yaml_all(std::string_view text,
                                          std::string_view name,
                                          const yaml_limits& limits) {
  text = without_byte_order_mark(text);
  if (auto ok = check_text(text, name, limits); !ok)
    return ok.why();
  yaml_reader in{text, name, limits};
  std::vector<value> out;
  for (;;) {
    auto next = in.next();
    if (!next)
      return next.why();
    if (!*next)
      return out;
    out.push_back(std::move(**next));
  }
}

} // namespace troupe
