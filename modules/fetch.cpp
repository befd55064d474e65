#include "config/language/language.hpp"
#include "modules/module.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace troupe {

namespace {

class fetch final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "fetch",
      .summary = "Copies a file of the host into a folder that keeps those of "
                 "many hosts.",
      .arguments = {{.name = "src",
                     .type = arg_type::path,
                     .summary = "The file.",
                     .required = true},
                    {.name = "dest",
                     .type = arg_type::path,
                     .summary = "The folder; in it, one for each host with "
                                "the whole path of the file.",
                     .required = true},
                    {.name = "flat",
                     .type = arg_type::boolean,
                     .summary = "`dest` is the file; with a slash at its end, "
                                "its folder.",
                     .fallback = false},
                    {.name = "fail_on_missing",
                     .type = arg_type::boolean,
                     .summary = "Whether a missing file is a failure.",
                     .fallback = true},
                    {.name = "validate_checksum",
                     .type = arg_type::boolean,
                     .summary = "Compare both files afterwards.",
                     .fallback = true}},
      .only_reads = true,
      .elsewhere = elsewhere_task::bring_home,
      .resource = {"file", {"dest"}},
      .example
      = R"({"fetch": {"src": "/etc/hosts", "dest": "/srv/collected"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto source
      = ctx.prepared ? ctx.prepared->path : path_argument(args, "src", ctx);
    auto found = kind_of(source, ctx);
    if (!found)
      return module_result::failure(found.why());
    using kinds = prepared_source::kinds;
    if (*found == kinds::missing && !args.flag("fail_on_missing"))
      return ignored(source, "the remote file does not exist, not "
                             "transferring, ignored");
    if (*found == kinds::missing)
      return module_result::failure(errc::not_found,
                                    fmt::format("'{}' does not exist", source));
    if (*found == kinds::folder) {
      constexpr auto why
        = "remote file is a directory, fetch cannot work on directories";
      return args.flag("fail_on_missing")
               ? module_result::failure(errc::invalid_argument, why)
               : ignored(source,
                         std::string{why} + ", not transferring, ignored");
    }
    return transfer(source, args, ctx);
  }

private:
  static result<prepared_source::kinds> kind_of(const std::string& source,
                                                const module_context& ctx) {
    using kinds = prepared_source::kinds;
    if (ctx.prepared)
      return ctx.prepared->kind;
    auto status = ctx.machine.files().status(source, true);
    if (!status)
      return status.why();
    if (!*status)
      return kinds::missing;
    return (*status)->kind == file_kind::directory ? kinds::folder
                                                   : kinds::file;
  }

  static result<std::string> digest_of_source(const std::string& source,
                                              const module_context& ctx) {
    return ctx.prepared ? digest_of(ctx.prepared->text, "sha1")
                        : ctx.machine.files().digest(source, "sha1");
  }

  static module_result ignored(const std::string& source, std::string msg) {
    module_result out;
    out.msg = std::move(msg);
    out.data.set("file", source);
    return out;
  }

  static result<std::string> place_for(const std::string& source,
                                       const arguments& args,
                                       const module_context& ctx) {
    auto dest = path_argument(args, "dest", ctx);
    if (!args.flag("flat")) {
      dest = joined(dest, without_way_up(host_name(ctx)));
      return joined(dest, without_way_up(source));
    }
    auto there = ctx.machine.files().status(dest, true);
    if (!there)
      return there.why();
    if (!dest.ends_with("/") && *there
        && (*there)->kind == file_kind::directory)
      return error{errc::invalid_argument,
                   fmt::format("dest '{}' is a directory: with flat it has to "
                               "be a file, or end with a slash",
                               dest)};
    return dest.ends_with("/") ? joined(dest, base_name(source)) : dest;
  }

  /// A path seen from the root, without its first slash.
  static std::string without_way_up(const std::string& path) {
    auto out = std::filesystem::path{"/" + path}.lexically_normal().string();
    return out.substr(std::min(out.find_first_not_of('/'), out.size()));
  }

  static std::string host_name(const module_context& ctx) {
    auto* name = ctx.names ? ctx.names->find("inventory_hostname") : nullptr;
    return std::string{name ? name->text_or("localhost") : "localhost"};
  }

  static module_result transfer(const std::string& source,
                                const arguments& args,
                                const module_context& ctx) {
    auto dest = place_for(source, args, ctx);
    if (!dest)
      return module_result::failure(dest.why());
    auto& files = ctx.machine.files();
    auto folders = make_folders(parent_of(*dest), 0777 & ~files.umask(), ctx);
    if (!folders)
      return module_result::failure(folders.why());
    content_request request;
    request.dest = *dest;
    if (ctx.prepared)
      request.content = ctx.prepared->text;
    else
      request.source = source;
    request.follow = true;
    auto written = write_content(request, ctx);
    if (written.failed)
      return written;
    return report(source, *dest, written.changed, args, ctx);
  }

  static module_result report(const std::string& source,
                              const std::string& dest, bool changed,
                              const arguments& args,
                              const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto sum = digest_of_source(source, ctx);
    auto copied = files.digest(dest, "sha1");
    if (!sum || !copied)
      return module_result::failure(sum ? copied.why() : sum.why());
    if (args.flag("validate_checksum") && *sum != *copied)
      return module_result::failure(
        errc::system,
        fmt::format("'{}' changed while it was copied to '{}'", source, dest));
    module_result out;
    out.changed = changed;
    out.data.set("dest", dest);
    out.data.set("checksum", *copied);
    if (auto md5 = files.digest(dest, "md5"))
      out.data.set("md5sum", *md5);
    if (changed) {
      out.data.set("remote_checksum", *sum);
      out.data.set("remote_md5sum", value{});
    } else {
      out.data.set("file", source);
    }
    return out;
  }
};

const register_module fetch_registration{std::make_shared<fetch>()};

} // namespace

} // namespace troupe
