#include "modules/module.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <algorithm>

namespace troupe {

namespace {

class group_by final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "group_by",
      .summary = "Puts this host into a group for the rest of the run.",
      .arguments = {{.name = "key",
                     .summary = "The group; blanks in it become dashes.",
                     .required = true},
                    {.name = "parents",
                     .type = arg_type::list,
                     .summary = "Groups that the group belongs to.",
                     .fallback = value{list{"all"}}}},
      .free_form = "key",
      .pure = true,
      .sets_variables = true,
      .example = R"({"group_by": {"key": "os_{{ ansible_distribution }}"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    inventory_names known{ctx};
    auto name = group_name(args.text("key"));
    list parents;
    module_result out;
    out.changed = known.join(name, known.host(), out.facts);
    for (auto& each : args.texts("parents")) {
      parents.push_back(group_name(each));
      out.changed
        = known.join(group_name(each), known.host(), out.facts) || out.changed;
    }
    out.data.set("add_group", name);
    out.data.set("parent_groups", std::move(parents));
    return out;
  }

private:
  static std::string group_name(std::string text) {
    std::replace(text.begin(), text.end(), ' ', '-');
    return text;
  }
};

const register_module group_by_registration{std::make_shared<group_by>()};

} // namespace

} // namespace troupe
