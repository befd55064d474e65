#include "actors/report/report_writer.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

namespace troupe {

std::string xml_escaped(std::string_view text) {
  return escape_markup(terminal_safe(text));
}

void junit_writer::on(const run_event& event) {
  if (auto* began = event.as<run_started>())
    plan_ = began->plan;
  else if (auto* ended = event.as<task_ended>())
    add(event.host, ended->result);
  else if (auto* good = event.as<task_rescued>())
    rescued_.emplace(event.host, good->task);
  else if (auto* end = event.as<run_ended>())
    end_with(*end);
}

void junit_writer::end_with(const run_ended& end) {
  many_hosts_ = !end.hosts.empty();
  failed_ = end.failed ? std::optional{end.message} : std::nullopt;
}

namespace {

double seconds(const task_result& r) {
  return std::chrono::duration<double>{r.duration}.count();
}

/// Where a build system shows the case.
std::string place_of(const task_result& r) {
  if (!r.place.file)
    return {};
  auto out = fmt::format(" file=\"{}\"", xml_escaped(*r.place.file));
  if (r.place.at.line > 0)
    out += fmt::format(" line=\"{}\"", r.place.at.line);
  return out;
}

/// A run that failed and none of its tasks.
std::string run_case(const std::string& plan, const std::string& why) {
  return fmt::format("    <testcase classname=\"run\" name=\"{}\">\n"
                     "      <failure message=\"{}\"/>\n    </testcase>\n",
                     xml_escaped(plan), xml_escaped(why));
}

std::string test_case(const task_result& r, const std::string& host,
                      bool failed) {
  auto head = fmt::format(
    "    <testcase classname=\"{}\" name=\"{}\"{} time=\"{:.6f}\"",
    xml_escaped(r.module), xml_escaped(r.name + " [" + r.id + "]" + host),
    place_of(r), seconds(r));
  std::string body;
  if (failed)
    body += fmt::format("      <failure type=\"{}\" message=\"{}\"/>\n",
                        xml_escaped(r.error),
                        xml_escaped(r.censored ? "hidden by no_log" : r.msg));
  else if (r.status == task_status::skipped
           || r.status == task_status::cancelled)
    body += fmt::format("      <skipped message=\"{}\"/>\n",
                        xml_escaped(r.reason));
  if (!r.censored)
    for (auto [key, element] :
         {std::pair{"stdout", "system-out"}, {"stderr", "system-err"}})
      if (auto* x = r.output.find(key); x && !x->text_or("").empty())
        body += fmt::format("      <{}>{}</{}>\n", element,
                            xml_escaped(x->text_or("")), element);
  return body.empty() ? head + "/>\n"
                      : head + ">\n" + body + "    </testcase>\n";
}

} // namespace

void junit_writer::add(const std::string& host, const result_ptr& result) {
  results_.push_back(result);
  hosts_.push_back(host);
}

void junit_writer::finish() {
  size_t failures = 0;
  size_t skipped = 0;
  double total = 0;
  std::string cases;
  for (size_t i = 0; i < results_.size(); ++i) {
    auto& each = results_[i];
    bool failed
      = each->counts_as_failed() && !rescued_.contains({hosts_[i], each->id});
    failures += failed ? 1 : 0;
    skipped += each->status == task_status::skipped
                   || each->status == task_status::cancelled
                 ? 1
                 : 0;
    total += seconds(*each);
    cases += test_case(*each, many_hosts_ ? " on " + hosts_[i] : "", failed);
  }
  bool more = failed_ && failures == 0;
  if (more)
    cases += run_case(plan_, *failed_);
  auto counts = fmt::format("tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
                            "time=\"{:.6f}\"",
                            results_.size() + (more ? 1 : 0),
                            failures + (more ? 1 : 0), skipped, total);
  write(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites {}>\n"
                    "  <testsuite name=\"{}\" {}>\n{}"
                    "  </testsuite>\n</testsuites>\n",
                    counts, xml_escaped(plan_), counts, cases));
}

} // namespace troupe
