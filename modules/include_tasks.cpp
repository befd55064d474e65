#include "modules/module.hpp"

namespace troupe {

namespace {

/// Only the specifications: tasks are included by the engine.
class inclusion_module final : public task_module {
public:
  explicit inclusion_module(module_spec spec) : spec_{std::move(spec)} {
  }

  const module_spec& spec() const override {
    return spec_;
  }

  module_result run(const arguments&, const module_context&) const override {
    return module_result::failure(errc::unsupported,
                                  "tasks are included by the engine, and "
                                  "there is none here");
  }

private:
  module_spec spec_;
};

module_spec spec_of(std::string_view name, engine_task what,
                    std::string_view summary, std::string_view example) {
  return {.name = name,
          .summary = summary,
          .arguments = {{.name = "file",
                         .type = arg_type::path,
                         .summary = "The file with a list of tasks: beside "
                                    "the including one, below the plan's "
                                    "folder or in its `tasks`.",
                         .required = true},
                        {.name = "apply",
                         .type = arg_type::dict,
                         .summary = "Keywords of a block around the tasks."}},
          .free_form = "file",
          .engine = what,
          .example = example};
}

const register_module include_registration{std::make_shared<inclusion_module>(
  spec_of("include_tasks", engine_task::include,
          "Runs the tasks of a file when it is reached.",
          R"({"include_tasks": "users.json", "loop": ["ann", "bob"]})"))};

const register_module role_registration{
  std::make_shared<inclusion_module>(module_spec{
    .name = "include_role",
    .summary = "Runs the tasks of a role when it is reached.",
    .arguments
    = {{.name = "name",
        .summary = "The role: a folder below `roles` beside the playbook, or "
                   "where ANSIBLE_ROLES_PATH says.",
        .required = true,
        .aliases = {"role"}},
       {.name = "tasks_from",
        .summary = "The file in its folder `tasks`.",
        .fallback = "main"},
       {.name = "vars_from",
        .summary = "The file in its folder `vars`.",
        .fallback = "main"},
       {.name = "defaults_from",
        .summary = "The file in its folder `defaults`.",
        .fallback = "main"},
       {.name = "handlers_from",
        .summary = "The file in its folder `handlers`.",
        .fallback = "main"},
       {.name = "apply",
        .type = arg_type::dict,
        .summary = "Keywords of a block around the tasks."},
       {.name = "public",
        .type = arg_type::boolean,
        .summary = "Tasks of the play see the role's variables as well.",
        .fallback = false},
       {.name = "allow_duplicates",
        .type = arg_type::boolean,
        .summary = "It may run more than once.",
        .fallback = true},
       {.name = "rolespec_validate",
        .type = arg_type::boolean,
        .summary = "Check its arguments by `meta/argument_specs`.",
        .fallback = true}},
    .engine = engine_task::include,
    .example = R"({"include_role": {"name": "users"}})"})};

const register_module import_registration{std::make_shared<inclusion_module>(
  spec_of("import_tasks", engine_task::import,
          "Stands for the tasks of a file.",
          R"({"import_tasks": "users.json"})"))};

} // namespace

} // namespace troupe
