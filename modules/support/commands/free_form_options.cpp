#include "modules/support/commands/free_form_options.hpp"

#include "modules/support/commands/key_values.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view raw_line = "_raw_params";

/// Of what Ansible takes out of a command line, what the module knows; and
/// `warn`, which no module knows any more, so that it is not taken for a word.
std::vector<std::string_view> options_in_line(const module_spec& spec) {
  std::vector<std::string_view> out{"warn"};
  for (std::string_view each :
       {"creates", "removes", "chdir", "executable", "stdin",
        "stdin_add_newline", "strip_empty_ends"})
    if (std::any_of(spec.arguments.begin(), spec.arguments.end(),
                    [&](auto& known) { return known.name == each; }))
      out.push_back(each);
  return out;
}

/// What stands in a line is where the line is.
void set_at(const text_position& place, dict& to, const value& name, value x) {
  x.place_at(place);
  to.set(name, std::move(x));
}

} // namespace

dict with_line_options(dict args, const module_spec& spec) {
  auto* line = args.find(raw_line);
  if (!line || !line->is_text())
    return args;
  auto place = line->place();
  auto parsed = parse_free_form(line->as_string(), options_in_line(spec));
  set_at(place, args, raw_line, value{std::move(parsed.rest)});
  for (auto& [name, x] : parsed.options)
    set_at(place, args, name, x);
  return args;
}

dict with_line_arguments(dict args, const module_spec& spec) {
  auto* raw = args.find(raw_line);
  auto free = spec.free_form;
  if (!raw || !raw->is_text())
    return args;
  if (free == raw_line)
    return with_line_options(std::move(args), spec);
  auto parsed = parse_free_form(raw->as_string(), {});
  if (!parsed.rest.empty() || parsed.options.empty())
    return args;
  // A text that only looks so is meant as it is.
  if (!free.empty()
      && !std::all_of(
        parsed.options.begin(), parsed.options.end(), [&](auto& each) {
          auto& all = spec.arguments;
          return std::any_of(all.begin(), all.end(), [&](auto& known) {
            return known.name == each.first.text_or("");
          });
        }))
    return args;
  dict out;
  for (auto& [key, x] : parsed.options)
    set_at(raw->place(), out, key, x);
  for (auto& [key, x] : args)
    if (key.text_or("") != raw_line)
      out.set(key, x);
  return out;
}

std::string command_line_of(const arguments& given) {
  return std::string{given.has(raw_line) ? given.text(raw_line)
                                         : given.text("cmd")};
}

} // namespace troupe
