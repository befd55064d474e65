#include "config/value/base64.hpp"
#include "modules/module.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

// What is read becomes part of the results.
constexpr size_t longest_slurped = size_t{16} << 20;

class slurp final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "slurp",
      .summary = "Returns the content of a file.",
      .arguments = {{.name = "src",
                     .type = arg_type::path,
                     .summary = "The file, of 16 MiB at most.",
                     .required = true,
                     .aliases = {"path"}}},
      .only_reads = true,
      .example = R"({"slurp": {"src": "/etc/hostname"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto path = path_argument(args, "src", ctx);
    auto content = ctx.machine.files().read(path, longest_slurped);
    if (!content)
      return module_result::failure(content.why().code,
                                    words_of(content.why(), path, ctx));
    module_result out;
    out.data.set("content", value::from_host(encode_base64(*content)));
    out.data.set("source", path);
    out.data.set("encoding", "base64");
    return out;
  }

private:
  /// What playbooks look for in `msg`.
  static std::string words_of(const error& why, const std::string& path,
                              const module_context& ctx) {
    if (why.code == errc::permission_denied)
      return "file is not readable: " + path;
    auto& files = ctx.machine.files();
    auto there = files.status(path, true);
    if (there && *there && (*there)->kind == file_kind::directory)
      return "source is a directory and must be a file: " + path;
    auto above = files.status(parent_of(path), true);
    bool below_file = above && *above && (*above)->kind != file_kind::directory;
    if (why.code == errc::not_found && !below_file)
      return "file not found: " + path;
    return "unable to slurp file: " + why.message;
  }
};

const register_module slurp_registration{std::make_shared<slurp>()};

} // namespace

} // namespace troupe
