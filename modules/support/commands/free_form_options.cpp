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

} // namespace

dict with_line_options(dict args, const module_spec& spec) {
  auto* line = args.find(raw_line);
  if (!line || !line->is_text())
    return args;
  auto parsed = parse_free_form(line->as_string(), options_in_line(spec));
  args.set(raw_line, value{std::move(parsed.rest)});
  for (auto& [name, x] : parsed.options)
    args.set(name, x);
  return args;
}

std::string command_line_of(const arguments& given) {
  return std::string{given.has(raw_line) ? given.text(raw_line)
                                         : given.text("cmd")};
}

} // namespace troupe
