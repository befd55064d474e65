#include "modules/module.hpp"
#include "modules/support/archives/unarchive_work.hpp"
#include "modules/support/files/file_attributes.hpp"

namespace troupe {

namespace {

argument unarchive_flag(std::string_view name, std::string_view summary,
                        bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

argument unarchive_list(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = arg_type::list,
          .summary = summary,
          .fallback = list{}};
}

std::vector<argument> unarchive_arguments() {
  return with_file_arguments({
    {.name = "src",
     .type = arg_type::path,
     .summary = "The archive: a file beside the plan; with `remote_src` a "
                "path of the host or an address in the web.",
     .required = true},
    {.name = "dest",
     .type = arg_type::path,
     .summary = "The folder to unpack it in, which must be there.",
     .required = true},
    unarchive_flag("remote_src", "`src` is not looked for beside the plan.",
                   false),
    unarchive_flag("copy", "The opposite of `remote_src`.", true),
    {.name = "creates",
     .type = arg_type::path,
     .summary = "Path; when it exists, nothing is unpacked."},
    unarchive_list("include", "Only these entries."),
    unarchive_list("exclude", "Not the entries that these patterns match."),
    unarchive_list("extra_opts", "More options for the program."),
    unarchive_flag("keep_newer", "Leave files alone that are newer.", false),
    unarchive_flag("list_files", "Return the names of all entries.", false),
    unarchive_flag("decrypt", "Decrypt an archive that is a vault.", true),
    unarchive_flag("validate_certs",
                   "A server has to show a right certificate.", true),
    {.name = "io_buffer_size",
     .type = arg_type::integer,
     .summary = "Without effect: an archive is not read in pieces of a size.",
     .fallback = 65536},
  });
}

class unarchive final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "unarchive",
      .summary = "Unpacks an archive.",
      .arguments = unarchive_arguments(),
      .mutually_exclusive = {{"include", "exclude"}},
      .resource = {"folder", {"dest"}},
      .example
      = R"({"unarchive": {"src": "app.tar.gz", "dest": "/opt", "creates": "/opt/app"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_unarchive(args, ctx);
  }
};

const register_module unarchive_registration{std::make_shared<unarchive>()};

} // namespace

} // namespace troupe
