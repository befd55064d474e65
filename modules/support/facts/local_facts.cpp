#include "modules/support/facts/local_facts.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

result<std::string> output_of(const std::string& path,
                              std::chrono::seconds limit,
                              const module_context& ctx) {
  process_spec spec;
  spec.argv = {path};
  spec.environment = ctx.environment;
  auto own = ctx.machine.clock().steady_now() + limit;
  spec.deadline = ctx.deadline ? std::min(own, *ctx.deadline) : own;
  spec.stop = ctx.stop;
  // Facts are data for templates: 16 MiB of them are a mistake.
  spec.keep_head = size_t{16} << 20;
  spec.keep_tail = 0;
  auto ended = ctx.machine.processes().run(spec);
  if (!ended)
    return ended.why();
  if (ended->timed_out)
    return error{errc::timeout, fmt::format("'{}' took longer than {} s", path,
                                            limit.count())};
  if (ended->rc != 0)
    return error{errc::command_failed,
                 fmt::format("Failure executing fact script ({}), rc: {}, err: "
                             "{}",
                             path, ended->rc, excerpt(ended->err.bytes, 200))};
  return std::move(ended->out.bytes);
}

result<value> read_fact(const std::string& path, std::chrono::seconds limit,
                        const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto there = files.status(path, true);
  if (!there || !*there)
    return error{errc::not_found,
                 fmt::format("Could not stat fact ({}): {}", path,
                             there ? "it is not there" : there.why().message)};
  // By its mode, as who may do everything could always run it.
  bool program = ((*there)->mode & 0111) != 0;
  auto text = program ? output_of(path, limit, ctx)
                      : files.read(path, size_t{16} << 20);
  if (!text && program)
    return text.why();
  // What cannot be read is as what is empty.
  if (!text)
    text = std::string{};
  auto parsed = parse_json(*text);
  if (parsed)
    return parsed->marked_unsafe();
  auto ini = parse_ini(*text);
  if (ini)
    return ini->marked_unsafe();
  return error{errc::syntax,
               fmt::format("error loading facts as JSON or ini - please check "
                           "content: {} ({}; {})",
                           path, parsed.why().message, ini.why().message)};
}

} // namespace

result<value> parse_ini(std::string_view text) {
  dict out;
  dict* section = nullptr;
  std::string last;
  size_t number = 0;
  for (auto& raw : split_text(text, '\n')) {
    ++number;
    auto line = trimmed(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';')
      continue;
    if (line[0] == '[' && line.back() == ']') {
      auto name = line.substr(1, line.size() - 2);
      section = &out.set(name, dict{}).as_dict();
      last.clear();
      continue;
    }
    // A line that is set in continues the one before it.
    if ((raw[0] == ' ' || raw[0] == '\t') && section && !last.empty()) {
      auto* before = section->find(std::string_view{last});
      section->set(last, before->as_string() + "\n" + std::string{line});
      continue;
    }
    auto mark = line.find_first_of("=:");
    if (!section || mark == std::string_view::npos || mark == 0)
      return error{
        errc::syntax,
        fmt::format("line {} is no section and no entry of one", number)};
    last = std::string{trimmed(line.substr(0, mark))};
    for (auto& c : last)
      if (c >= 'A' && c <= 'Z')
        c = static_cast<char>(c - 'A' + 'a');
    section->set(last, value{trimmed(line.substr(mark + 1))});
  }
  return value{std::move(out)};
}

void collect_local(fact_collection& to, const std::string& folder,
                   std::chrono::seconds limit) {
  dict out;
  for (auto& path : to.ctx.machine.files().glob(joined(folder, "*.fact"))) {
    auto name = base_name(path);
    name.resize(name.size() - 5);
    auto fact = read_fact(path, limit, to.ctx);
    if (fact)
      out.set(name, *std::move(fact));
    else {
      // Ansible puts what was wrong in its place.
      out.set(name, value::from_host(fact.why().message));
      to.warnings.push_back(fact.why().message);
    }
  }
  to.facts.set("local", std::move(out));
}

void collect_tool(const std::string& tool,
                  const std::vector<std::string>& filters, module_result& out,
                  const module_context& ctx) {
  auto program = ctx.machine.processes().find_program(
    tool, {"/opt/puppetlabs/bin", "/opt/chef/bin"});
  if (program.empty())
    return;
  process_spec spec;
  spec.argv = {program};
  if (tool == "facter")
    spec.argv.insert(spec.argv.end(), {"--puppet", "--json"});
  spec.environment = ctx.environment;
  spec.deadline = ctx.deadline;
  spec.stop = ctx.stop;
  spec.keep_head = size_t{16} << 20;
  auto ended = ctx.machine.processes().run(spec);
  auto parsed = ended && ended->rc == 0 ? parse_json(ended->out.bytes)
                                        : result<value>{value{}};
  if (!parsed || !parsed->is_dict()) {
    out.warnings.push_back(fmt::format("the facts of {} are missing: '{}' gave "
                                       "no JSON",
                                       tool, program));
    return;
  }
  for (auto& [key, x] : parsed->as_dict()) {
    auto name = fmt::format("{}_{}", tool, key.text_or(""));
    if (passes_filter(name, filters))
      out.facts.set(name, x.marked_unsafe());
  }
}

} // namespace troupe
