#include "actors/report/span.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

// Codes of the protocol.
constexpr int64_t internal_kind = 1;
constexpr int64_t error_status = 2;

/// As the protocol writes a value: integers of 64 bits are text there.
value any_value(const value& x) {
  if (x.is_bool())
    return dict{{"boolValue", x}};
  if (x.is_small())
    return dict{{"intValue", to_json(x)}};
  return dict{{"stringValue", x.text_or("")}};
}

list attributes(const dict& from) {
  list out;
  for (auto& [key, x] : from)
    out.push_back(dict{{"key", key}, {"value", any_value(x)}});
  return out;
}

std::string time_text(std::chrono::system_clock::time_point t) {
  return std::to_string(
    std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch())
      .count());
}

class otlp_form final : public span_form {
public:
  std::string head(const run_event& first) override {
    // A run that is gone on with is one trace, but its spans are others.
    trace_ = digest(first.run).substr(0, 32);
    base_ = std::stoull(
      digest(first.run + format_time(first.time)).substr(0, 15), nullptr, 16);
    dict resource{{"service.name", "troupe"},
                  {"service.version", TROUPE_VERSION},
                  {"host.name", first.host}};
    return fmt::format(
      R"({{"resourceSpans":[{{"resource":{},"scopeSpans":[{{"scope":{},)"
      R"("spans":[)",
      to_json(dict{{"attributes", attributes(resource)}}),
      to_json(dict{{"name", "troupe"}, {"version", TROUPE_VERSION}}));
  }

  std::string write(const span& what) override {
    dict out{{"traceId", trace_}, {"spanId", id_of(what.number)}};
    if (what.parent > 0)
      out.set("parentSpanId", id_of(what.parent));
    out.set("name", what.name);
    out.set("kind", internal_kind);
    out.set("startTimeUnixNano", time_text(what.start));
    out.set("endTimeUnixNano", time_text(what.end()));
    out.set("attributes", attributes(what.about));
    if (what.failed)
      out.set("status",
              dict{{"code", error_status}, {"message", what.message}});
    else
      out.set("status", dict{});
    return (std::exchange(any_, true) ? "," : "") + to_json(out);
  }

  std::string tail() override {
    return "]}]}]}\n";
  }

private:
  static std::string digest(const std::string& of) {
    sha256 made;
    made.update(of);
    return to_hex(made.finish());
  }

  /// None is zero, which stands for none.
  std::string id_of(uint64_t number) const {
    return fmt::format("{:016x}", base_ + number);
  }

  std::string trace_;
  uint64_t base_ = 0;
  bool any_ = false;
};

} // namespace

std::unique_ptr<span_form> make_otlp_form() {
  return std::make_unique<otlp_form>();
}

} // namespace troupe
