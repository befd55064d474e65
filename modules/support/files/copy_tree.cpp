#include "modules/support/files/copy_tree.hpp"

#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr unsigned deepest = 100;

/// One call of `copy_tree`.
class tree_copier {
public:
  tree_copier(tree_request request, const module_context& ctx)
      : in_{std::move(request)}, ctx_{ctx} {
  }

  module_result run() {
    out_.data.set("src", in_.source);
    out_.data.set("dest", in_.file.dest);
    auto done = folder(in_.source, in_.file.dest, {});
    if (!done) {
      auto failed = module_result::failure(done.why());
      failed.changed = out_.changed;
      failed.data = std::move(out_.data);
      return failed;
    }
    add_path_info(out_, in_.file.dest, ctx_);
    return std::move(out_);
  }

private:
  file_system& files() const {
    return ctx_.machine.files();
  }

  struct position {
    unsigned depth = 0;
    /// A folder around it was missing.
    bool fresh = false;
  };

  result<void> folder(const std::string& from, const std::string& to,
                      position at) {
    if (at.depth > deepest)
      return error{
        errc::recursion,
        fmt::format("'{}' is nested deeper than {} folders", from, deepest)};
    auto made = make_copy_folders(to, *in_.arguments, ctx_);
    if (!made)
      return made.why();
    out_.changed = out_.changed || !made->empty();
    at.fresh = at.fresh || (at.depth > 0 && !made->empty());
    auto names = files().list(from);
    if (!names)
      return names.why();
    auto own = files().status(from, true);
    if (!own)
      return own.why();
    if (*own)
      around_.push_back(**own);
    for (auto& name : *names)
      if (auto done = entry(joined(from, name), joined(to, name), at); !done)
        return done;
    if (*own)
      around_.pop_back();
    return {};
  }

  /// A link that cannot be followed to an end: to nothing, to itself, or to a
  /// folder that it is in.
  bool leads_nowhere(const result<std::optional<file_status>>& end) const {
    return !end || !*end
           || ((*end)->kind == file_kind::directory
               && std::any_of(around_.begin(), around_.end(),
                              [&](const file_status& each) {
                                return is_same_file(each, **end);
                              }));
  }

  result<void> entry(const std::string& from, const std::string& to,
                     position at) {
    auto status = files().status(from, in_.local_follow);
    if (leads_nowhere(status)) {
      status = files().status(from, false);
      if (!status)
        return status.why();
      if (!*status)
        return error{errc::not_found, fmt::format("'{}' is gone", from)};
    }
    switch ((*status)->kind) {
    case file_kind::directory:
      return folder(from, to, {at.depth + 1, at.fresh});
    case file_kind::symlink:
      return link(from, to);
    default:
      return file(from, to, **status, at.fresh);
    }
  }

  result<void> link(const std::string& from, const std::string& to) {
    auto target = files().read_link(from);
    if (!target)
      return target.why();
    auto there = files().status(to, false);
    if (!there)
      return there.why();
    if (*there && (*there)->kind == file_kind::symlink) {
      auto now = files().read_link(to);
      if (now && *now == *target)
        return {};
    }
    out_.changed = true;
    foresee(ctx_, *there ? effect::changed : effect::made, to, "link");
    if (*there)
      if (auto gone = files().remove(to); !gone)
        return gone;
    return files().make_symlink(*target, to);
  }

  result<void> file(const std::string& from, const std::string& to,
                    const file_status& status, bool fresh) {
    auto plain = open_source(from, in_.decrypt, ctx_);
    if (!plain)
      return plain.why();
    auto one = in_.file;
    if (*plain)
      one.content = **plain;
    else
      one.source = from;
    one.dest = to;
    bool kept = fresh && in_.keeps_modes && one.attributes.mode.is_null();
    if (kept || one.attributes.mode.text_or("") == "preserve")
      one.attributes.mode = octal(status.mode);
    auto done = write_content(one, ctx_);
    out_.changed = out_.changed || done.changed;
    if (done.failed)
      return error{done.why.value_or(errc::system), done.msg};
    return {};
  }

  tree_request in_;
  const module_context& ctx_;
  module_result out_;
  /// The folders of the source that are being copied, from the outside in.
  std::vector<file_status> around_;
};

} // namespace

module_result copy_tree(tree_request request, const module_context& ctx) {
  return tree_copier{std::move(request), ctx}.run();
}

result<std::vector<std::string>> make_copy_folders(const std::string& path,
                                                   const arguments& args,
                                                   const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto made = make_folders(path, 0777 & ~files.umask(), ctx);
  if (!made || made->empty())
    return made;
  auto wanted = read_file_arguments(args, ctx);
  if (!wanted)
    return wanted.why();
  auto* mode = args.find("directory_mode");
  wanted->mode = mode ? *mode : value{};
  wanted->flags.clear();
  for (auto& folder : *made) {
    foresee(ctx, effect::made, folder, "directory");
    auto status = files.status(folder, false);
    if (!status)
      return status.why();
    module_result ignored;
    if (*status)
      if (auto done
          = apply_attributes(folder, **status, *wanted, false, ctx, ignored);
          !done)
        return done.why();
  }
  return made;
}

} // namespace troupe
