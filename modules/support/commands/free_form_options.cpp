#include "modules/support/commands/free_form_options.hpp"

#include "modules/support/commands/key_values.hpp"

namespace troupe {

result<free_form_line>
read_command_line(const module_spec& spec, const arguments& given,
                  const std::vector<std::string_view>& known) {
  if (!given.has("_raw_params"))
    return free_form_line{given.text("cmd"), given};
  auto form = parse_free_form(given.text("_raw_params"), known);
  if (form.options.empty())
    return free_form_line{std::move(form.rest), given};
  auto all = given.all();
  for (auto& [name, text] : form.options)
    all.set(name, text);
  auto checked = check_arguments(spec, all);
  if (!checked)
    return checked.why();
  return free_form_line{std::move(form.rest), *std::move(checked)};
}

} // namespace troupe
