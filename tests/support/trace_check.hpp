#pragma once

#include "config/value/json.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace troupe::test {

/// A member that has to be there.
inline const value& member(const value& from, const std::string& key) {
  auto* x = from.find(key);
  INFO(key);
  REQUIRE(x);
  return *x;
}

inline double number(const value& x) {
  return std::stod(to_json(x));
}

/// The spans of a file in Chrome's form, by their names. Each has what the form
/// asks for, and those of a row are inside one another or apart.
inline std::map<std::string, value> check_chrome(const std::string& text) {
  auto whole = parse_json(text);
  REQUIRE(whole);
  std::map<std::string, value> out;
  std::map<int64_t, std::string> rows;
  std::map<int64_t, std::vector<std::pair<double, double>>> times;
  for (auto& each : member(*whole, "traceEvents").as_list()) {
    CHECK(member(each, "pid") == value{1});
    auto row = member(each, "tid").as_int();
    if (member(each, "ph") == value{"M"}) {
      auto name = member(each, "name").as_string();
      CHECK((name == "process_name" || name == "thread_name"));
      auto& shown = member(member(each, "args"), "name").as_string();
      if (name == "thread_name")
        CHECK(rows.emplace(row, shown).second);
      continue;
    }
    CHECK(member(each, "ph") == value{"X"});
    auto from = number(member(each, "ts"));
    auto lasts = number(member(each, "dur"));
    CHECK((from >= 0 && lasts >= 0));
    CHECK(rows.contains(row));
    for (auto& [begin, end] : times[row]) {
      INFO(member(each, "name").as_string() << " in " << rows[row]);
      bool apart = from + lasts <= begin || end <= from;
      bool inside = (begin <= from && from + lasts <= end)
                    || (from <= begin && end <= from + lasts);
      CHECK((apart || inside));
    }
    times[row].emplace_back(from, from + lasts);
    out[member(each, "name").as_string()] = each;
  }
  return out;
}

/// The spans of a file in the protocol's JSON, by their names. Each has what
/// the protocol asks for, and all but the run are part of another.
inline std::map<std::string, value> check_otlp(const std::string& text) {
  auto whole = parse_json(text);
  REQUIRE(whole);
  auto& resource = member(*whole, "resourceSpans").as_list().items.at(0);
  auto& service = member(member(resource, "resource"), "attributes");
  CHECK(service.as_list().items.at(0)
        == *parse_json(
          R"({"key":"service.name","value":{"stringValue":"troupe"}})"));
  auto& scope = member(resource, "scopeSpans").as_list().items.at(0);
  CHECK(member(member(scope, "scope"), "name") == value{"troupe"});
  std::map<std::string, value> out;
  std::map<std::string, value> by_id;
  auto hex = [](const value& x, size_t length) {
    auto& id = x.as_string();
    return id.size() == length
           && id.find_first_not_of("0123456789abcdef") == std::string::npos
           && id.find_first_not_of('0') != std::string::npos;
  };
  for (auto& each : member(scope, "spans").as_list()) {
    CHECK(hex(member(each, "traceId"), 32));
    CHECK(hex(member(each, "spanId"), 16));
    CHECK(member(each, "kind") == value{1});
    for (auto* key : {"startTimeUnixNano", "endTimeUnixNano"}) {
      auto& digits = member(each, key).as_string();
      CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
    }
    CHECK(std::stoll(member(each, "startTimeUnixNano").as_string())
          <= std::stoll(member(each, "endTimeUnixNano").as_string()));
    for (auto& x : member(each, "attributes").as_list()) {
      CHECK(member(x, "key").is_text());
      CHECK(member(x, "value").as_dict().size() == 1);
    }
    CHECK(by_id.emplace(member(each, "spanId").as_string(), each).second);
    out[member(each, "name").as_string()] = each;
  }
  size_t roots = 0;
  for (auto& [id, each] : by_id)
    if (auto* parent = each.find("parentSpanId"))
      CHECK(by_id.contains(parent->as_string()));
    else
      ++roots;
  CHECK(roots == 1);
  return out;
}

/// The name of what a span of `check_otlp` is part of; empty: of nothing.
inline std::string parent_of(const std::map<std::string, value>& spans,
                             const std::string& name) {
  auto* wanted = spans.at(name).find("parentSpanId");
  for (auto& [other, each] : spans)
    if (wanted && *each.find("spanId") == *wanted)
      return other;
  return {};
}

/// An attribute of such a span, as the protocol has it; null: there is none.
inline value attribute(const value& span, const std::string& key) {
  for (auto& each : member(span, "attributes").as_list())
    if (member(each, "key") == value{key})
      return member(each, "value");
  return {};
}

} // namespace troupe::test
