#include "actors/fleet/web_face.hpp"
#include "actors/run/task_result.hpp"
#include "config/value/json.hpp"

#include <algorithm>

namespace troupe {

namespace {

// Of the files of the log; what is longer nobody has written.
constexpr size_t audit_most = size_t{80} << 20;

/// The last lines of a text, the newest first, until there are `most`.
void take_last_lines(std::string_view text, size_t most,
                     std::vector<std::string>& to) {
  while (!text.empty() && to.size() < most) {
    if (text.ends_with('\n'))
      text.remove_suffix(1);
    auto before = text.rfind('\n');
    auto begin = before == std::string_view::npos ? 0 : before + 1;
    to.emplace_back(text.substr(begin));
    text = text.substr(0, begin);
  }
}

} // namespace

server_answer web_audit(const web_call& call) {
  auto page = web_page_of(call);
  if (!page)
    return web_wrong_page();
  auto& files = call.face->services.machine->files();
  // What was noted before is there.
  static_cast<void>(call.face->services.audit->flush());
  auto all = audit_files(files, call.face->audit_path);
  if (!all)
    return web_refusal_of(503, all.why().message);
  std::vector<std::string> lines;
  for (auto each = all->rbegin(); each != all->rend(); ++each) {
    if (lines.size() >= static_cast<size_t>(*page))
      break;
    auto text = files.read(*each, audit_most);
    if (!text)
      return web_refusal_of(503, text.why().message);
    take_last_lines(*text, static_cast<size_t>(*page), lines);
  }
  std::string out = "{\"lines\":[";
  for (size_t i = 0; i < lines.size(); ++i)
    out += (i == 0 ? "" : ",") + lines[i];
  return {200, "application/json", out + "]}\n"};
}

server_answer web_enrolments(const web_call& call) {
  auto& services = call.face->services;
  std::unique_lock held{services.store->mutex};
  auto tokens = services.store->kept->tokens();
  held.unlock();
  if (!tokens)
    return web_refusal_of(503, tokens.why().message);
  auto now = services.machine->clock().now();
  list waiting;
  for (auto& each : *tokens)
    if (each.asks && !each.approved && !each.used_by.empty()
        && each.expires > now)
      waiting.push_back(value{dict{{"name", each.used_by},
                                   {"role", std::string{to_string(each.role)}},
                                   {"key", each.used_key},
                                   {"expires", format_time(each.expires)}}});
  dict out{{"enrolments", value{std::move(waiting)}}};
  return {200, "application/json", to_json(value{std::move(out)}) + "\n"};
}

server_answer web_approve(const web_call& call) {
  auto key = call.gate->ask(call.who, link_question::approve, call.subject);
  if (!key)
    return web_refusal_of(key.why(), 404);
  dict out{{"name", call.subject}, {"key", *key}};
  return {200, "application/json", to_json(value{std::move(out)}) + "\n"};
}

} // namespace troupe
