#include "modules/module.hpp"
#include "modules/support/services/crontab.hpp"

namespace troupe {

namespace {

argument time_field(std::string_view name, std::string_view summary,
                    std::vector<std::string_view> aliases = {}) {
  return {.name = name,
          .summary = summary,
          .fallback = "*",
          .aliases = std::move(aliases)};
}

class cron final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "cron",
      .summary = "Manages the jobs and variables of cron.",
      .arguments
      = {{.name = "name",
          .summary = "What the job or variable is called; of a job, what the "
                     "comment above it says.",
          .required = true},
         {.name = "job",
          .summary = "The command, or the value of the variable.",
          .aliases = {"value"}},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "user",
          .summary = "Whose table it is, or who runs the jobs of a file; "
                     "silent: the account of this program."},
         {.name = "cron_file",
          .type = arg_type::path,
          .summary = "A file below /etc/cron.d, or an absolute path, instead "
                     "of the table of a user."},
         time_field("minute", "Minute: 0 to 59, `*`, `*/2`, ..."),
         time_field("hour", "Hour: 0 to 23, `*`, ..."),
         time_field("day", "Day of the month: 1 to 31, `*`, ...", {"dom"}),
         time_field("month", "Month: 1 to 12, `*`, ..."),
         time_field("weekday", "Day of the week: 0 (Sunday) to 6, `*`, ...",
                    {"dow"}),
         {.name = "special_time",
          .summary = "A time with a name, instead of the five fields.",
          .choices = {"reboot", "yearly", "annually", "monthly", "weekly",
                      "daily", "hourly"}},
         {.name = "disabled",
          .type = arg_type::boolean,
          .summary = "The job is there as a comment only.",
          .fallback = false},
         {.name = "env",
          .type = arg_type::boolean,
          .summary = "It is a variable and no job.",
          .fallback = false},
         {.name = "insertafter",
          .summary = "The variable behind which a new one goes; else to the "
                     "top."},
         {.name = "insertbefore",
          .summary = "The variable before which a new one goes."},
         {.name = "backup",
          .type = arg_type::boolean,
          .summary = "Keep the table as it was in a file in /tmp.",
          .fallback = false}},
      .mutually_exclusive = {{"insertafter", "insertbefore"}},
      .lock = "cron",
      .resource = {"cron job", {"name"}},
      .example
      = R"({"cron": {"name": "rotate", "minute": "0", "hour": "5,2", "job": "/srv/app/rotate"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_cron(args, ctx);
  }
};

const register_module cron_registration{std::make_shared<cron>()};

} // namespace

} // namespace troupe
