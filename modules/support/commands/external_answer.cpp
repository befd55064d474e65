#include "modules/support/commands/external_answer.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/external.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

// What a failed module printed is shown up to here.
constexpr size_t shown = size_t{16} << 10;

std::string shortened(const std::string& text) {
  return repair_utf8(excerpt(text, shown));
}

module_result broken(const std::string& name, const process_result& ended,
                     const std::string& why, errc code) {
  auto out = module_result::failure(
    code, fmt::format("the module '{}' failed: {}", name, why));
  out.timed_out = ended.timed_out;
  out.cancelled = ended.cancelled;
  out.data.set("module_stdout", value::from_host(shortened(ended.out.bytes)));
  out.data.set("module_stderr", value::from_host(shortened(ended.err.bytes)));
  out.data.set("rc", ended.rc);
  // What a Python module did not catch.
  if (ended.err.bytes.starts_with("Traceback"))
    out.data.set("exception", *out.data.find("module_stderr"));
  return out;
}

bool flag_in(const value& answer, std::string_view name) {
  auto* x = answer.find(name);
  return x && bool_of(*x).value_or(false);
}

/// An rc in the answer counts only where the module did not say whether it
/// failed.
bool has_failed(const value& answer, const process_result& ended) {
  if (answer.find("failed"))
    return flag_in(answer, "failed");
  if (auto* rc = answer.find("rc"))
    return text_of(*rc) != "0" && !rc->is_null();
  return ended.rc != 0;
}

void take_texts(const value& from, std::vector<std::string>& to) {
  if (from.is_text())
    to.push_back(from.as_string());
  else if (from.is_list())
    for (auto& item : from.as_list())
      to.push_back(text_of(item));
}

} // namespace

result<value> parse_module_output(std::string_view text, bool& noise) {
  size_t begin = 0;
  while (begin < text.size()) {
    auto start = text.find_first_not_of(" \t\r\n", begin);
    if (start != std::string_view::npos && text[start] == '{') {
      begin = start;
      break;
    }
    auto end = text.find('\n', begin);
    begin = end == std::string_view::npos ? text.size() : end + 1;
  }
  auto last = text.rfind('}');
  if (begin >= text.size() || last == std::string_view::npos || last < begin)
    return error{errc::syntax, "it printed no JSON object"};
  auto before = text.substr(0, begin);
  auto after = text.substr(last + 1);
  constexpr std::string_view blanks = " \t\r\n";
  noise = before.find_first_not_of(blanks) != std::string_view::npos
          || after.find_first_not_of(blanks) != std::string_view::npos;
  auto parsed = parse_json(text.substr(begin, last - begin + 1));
  if (!parsed)
    return error{errc::syntax, fmt::format("it printed no valid JSON ({})",
                                           parsed.why().message)};
  return parsed;
}

module_result read_external_answer(const std::string& name,
                                   const process_result& ended,
                                   size_t longest) {
  if (ended.timed_out)
    return broken(name, ended, "it took too long and was ended", errc::timeout);
  if (ended.cancelled)
    return broken(name, ended, "it was cancelled", errc::cancelled);
  if (ended.out.dropped > 0 || ended.out.bytes.size() > longest)
    return broken(name, ended,
                  fmt::format("it printed more than {} MiB", longest >> 20U),
                  errc::exhausted);
  auto noise = false;
  auto answer = parse_module_output(ended.out.bytes, noise);
  if (!answer) {
    auto how = ended.rc < 0
                 ? fmt::format(" and was killed by signal {}", -ended.rc)
                 : fmt::format(" and returned {}", ended.rc);
    return broken(name, ended, answer.why().message + how,
                  errc::command_failed);
  }
  module_result out;
  out.failed = has_failed(*answer, ended);
  out.changed = flag_in(*answer, "changed");
  out.skipped = flag_in(*answer, "skipped");
  if (out.failed)
    out.why = errc::command_failed;
  if (noise)
    out.warnings.push_back(fmt::format("the module '{}' printed text around "
                                       "its JSON",
                                       name));
  auto marked = answer->marked_unsafe();
  for (auto& [key, x] : marked.as_dict()) {
    auto field = text_of(key);
    if (field == "changed" || field == "failed" || field == "skipped"
        || field == "invocation")
      continue;
    if (field == "msg" || field == "ansible_facts" || field == "diff"
        || field == "warnings") {
      if (field == "msg")
        out.msg = text_of(x);
      else if (field == "ansible_facts" && x.is_dict())
        out.facts = x.as_dict();
      else if (field == "diff")
        out.diff = x;
      else if (field == "warnings")
        take_texts(x, out.warnings);
      if (field == "diff" || field == "warnings")
        continue;
    }
    if ((field == "stdout" || field == "stderr") && x.is_text()
        && !answer->find(field + "_lines"))
      out.data.set(field + "_lines", lines_of(x.as_string()));
    out.data.set(field, x);
  }
  if (out.failed && out.msg.empty())
    out.msg = fmt::format("the module '{}' reports a failure", name);
  return out;
}

} // namespace troupe
