#include "modules/module.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/web/get_url_work.hpp"
#include "modules/support/web/web_client.hpp"

namespace troupe {

namespace {

std::vector<argument> get_url_arguments() {
  return {{.name = "url", .summary = "The address.", .required = true},
          {.name = "dest",
           .type = arg_type::path,
           .summary = "The file, or a folder for it.",
           .required = true},
          {.name = "checksum",
           .summary = "`ALGORITHM:DIGEST` that the file must have, or "
                      "`ALGORITHM:ADDRESS` of a list of digests.",
           .fallback = ""},
          {.name = "backup",
           .type = arg_type::boolean,
           .summary = "Keep the replaced file under a name with the time.",
           .fallback = false},
          {.name = "timeout",
           .type = arg_type::integer,
           .summary = "Seconds that the server may be silent.",
           .fallback = 10},
          {.name = "tmp_dest",
           .type = arg_type::path,
           .summary = "The folder into which it is loaded first."}};
}

class get_url final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "get_url",
      .summary = "Loads a file from a web server.",
      .arguments = with_file_arguments(with_web_arguments(get_url_arguments())),
      .resource = {"file", {"dest"}},
      .example
      = R"({"get_url": {"url": "https://www.example.com/app.tar.gz", "dest": "/opt/app.tar.gz", "checksum": "sha256:https://www.example.com/SHA256SUMS"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_get_url(args, ctx);
  }
};

const register_module get_url_registration{std::make_shared<get_url>()};

} // namespace

} // namespace troupe
