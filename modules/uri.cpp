#include "modules/module.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/web/uri_work.hpp"
#include "modules/support/web/web_client.hpp"

namespace troupe {

namespace {

std::vector<argument> uri_arguments() {
  return {
    {.name = "url", .summary = "The address.", .required = true},
    {.name = "method", .summary = "What is to be done.", .fallback = "GET"},
    {.name = "body", .type = arg_type::raw, .summary = "What is sent with it."},
    {.name = "body_format",
     .summary = "How `body` is written.",
     .fallback = "raw",
     .choices = {"form-urlencoded", "json", "raw", "form-multipart"}},
    {.name = "src",
     .type = arg_type::path,
     .summary = "A file beside the plan that is sent instead."},
    {.name = "remote_src",
     .type = arg_type::boolean,
     .summary = "`src` is a path of the host.",
     .fallback = false},
    {.name = "dest",
     .type = arg_type::path,
     .summary = "The file for what the server sends, or a folder for it."},
    {.name = "return_content",
     .type = arg_type::boolean,
     .summary = "Return what the server sends.",
     .fallback = false},
    {.name = "status_code",
     .type = arg_type::list,
     .summary = "The answers that are no failure; -1: that there is none.",
     .fallback = list{200},
     .elements = arg_type::integer},
    {.name = "follow_redirects",
     .summary = "When to go where the server sends to: `safe`, what only "
                "asks.",
     .fallback = "safe",
     .choices = {"all", "no", "none", "safe", "urllib2", "yes"}},
    {.name = "creates",
     .type = arg_type::path,
     .summary = "Path; when it exists, nothing is asked."},
    {.name = "removes",
     .type = arg_type::path,
     .summary = "Path; when it is missing, nothing is asked."},
    {.name = "timeout",
     .type = arg_type::integer,
     .summary = "Seconds that the server may be silent.",
     .fallback = 30},
    {.name = "unix_socket",
     .type = arg_type::path,
     .summary = "The socket to speak with instead of the host in `url`."},
    {.name = "ca_path",
     .type = arg_type::path,
     .summary = "A file (PEM) with the authorities to trust; silent: those of "
                "the host."}};
}

class uri final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "uri",
      .summary = "Asks a web server.",
      .arguments = with_file_arguments(with_web_arguments(uri_arguments())),
      .mutually_exclusive = {{"body", "src"}},
      .idempotent = false,
      .resource = {"address", {"url"}},
      .example
      = R"({"uri": {"url": "https://www.example.com/health", "return_content": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_uri(args, ctx);
  }
};

const register_module uri_registration{std::make_shared<uri>()};

} // namespace

} // namespace troupe
