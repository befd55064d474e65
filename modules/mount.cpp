#include "modules/module.hpp"
#include "modules/support/mounts/mount_table.hpp"

namespace troupe {

namespace {

class mount_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "mount",
      .summary = "Mounts file systems, now and by the table of the host.",
      .arguments
      = {{.name = "path",
          .type = arg_type::path,
          .summary = "Where it is.",
          .required = true,
          .aliases = {"name"}},
         {.name = "state",
          .summary = "`mounted`: there and in the table; `present` and "
                     "`absent_from_fstab`: only the table; `unmounted`: not "
                     "there, whatever the table says; `absent`: neither, nor "
                     "its folder; `remounted`; `ephemeral`: there and not in "
                     "the table.",
          .required = true,
          .choices = {"absent", "absent_from_fstab", "ephemeral", "mounted",
                      "present", "remounted", "unmounted"}},
         {.name = "src",
          .type = arg_type::path,
          .summary = "Device, file or address that is mounted."},
         {.name = "fstype", .summary = "Its kind: `ext4`, `nfs`, `swap`, ..."},
         {.name = "opts",
          .summary = "Its options, with commas; silent: `defaults`."},
         {.name = "dump",
          .summary = "The fifth column of the table.",
          .fallback = "0"},
         {.name = "passno",
          .summary = "The sixth column of the table.",
          .fallback = "0"},
         {.name = "fstab",
          .type = arg_type::path,
          .summary = "The table; silent: /etc/fstab."},
         {.name = "boot",
          .type = arg_type::boolean,
          .summary = "Mount it when the host starts; no adds `noauto`.",
          .fallback = true},
         {.name = "backup",
          .type = arg_type::boolean,
          .summary = "Keep the table as it was under a name with the time.",
          .fallback = false}},
      .lock = "mount",
      .resource = {"mount", {"path"}},
      .example
      = R"({"mount": {"path": "/srv", "src": "LABEL=data", "fstype": "ext4", "state": "mounted"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_mount(args, ctx);
  }
};

const register_module mount_registration{std::make_shared<mount_module>()};

} // namespace

} // namespace troupe
