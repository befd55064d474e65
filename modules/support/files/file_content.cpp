#include "modules/support/files/file_content.hpp"

#include "modules/support/files/content_diff.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/validation.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// One call of `write_content`.
class content_writer {
public:
  content_writer(const content_request& request, const module_context& ctx)
      : in_{request}, ctx_{ctx}, dest_{request.dest} {
  }

  module_result run() {
    if (auto ready = look(); !ready)
      return fail(ready.why());
    out_.data.set("dest", dest_);
    out_.data.set("path", dest_);
    if (!in_.source.empty())
      out_.data.set("src", in_.source);
    if (exists() && !in_.force) {
      add_path_info(out_, dest_, *status_, ctx_);
      return std::move(out_);
    }
    auto same = is_same();
    if (!same)
      return fail(same.why());
    auto done = *same ? adjust() : replace();
    return done ? std::move(out_) : fail(done.why());
  }

private:
  module_result fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.data = std::move(out_.data);
    failed.data.set("dest", dest_);
    return failed;
  }

  bool exists() const {
    return status_.has_value();
  }

  file_system& files() const {
    return ctx_.machine.files();
  }

  result<void> look() {
    auto found = files().status(dest_, false);
    if (!found)
      return found.why();
    status_ = *found;
    if (status_ && status_->kind == file_kind::symlink)
      return look_through_link();
    return status_ ? check_kind() : check_folder();
  }

  /// Only a regular file makes way for another one.
  result<void> check_kind() {
    if (status_->kind == file_kind::regular)
      return {};
    return error{errc::invalid_argument,
                 fmt::format("cannot write '{}': it is {}", dest_,
                             name_of(status_->kind))};
  }

  result<void> look_through_link() {
    if (!in_.follow) {
      replaces_link_ = true;
      return {};
    }
    auto target = follow_links(dest_, ctx_);
    if (!target)
      return target.why();
    followed_ = target->is_free_of_links;
    dest_ = std::move(target->path);
    auto found = files().status(dest_, false);
    if (!found)
      return found.why();
    status_ = *found;
    return status_ ? check_kind() : check_folder();
  }

  result<void> check_folder() {
    auto folder = parent_of(dest_);
    if (ctx_.predicted)
      ctx_.predicted->expect_folder(folder);
    auto found = files().status(folder, true);
    if (!found)
      return found.why();
    if (!*found)
      return miss_folder(folder);
    if ((*found)->kind != file_kind::directory)
      return error{errc::invalid_argument,
                   fmt::format("cannot create '{}': '{}' is not a directory",
                               dest_, folder)};
    return {};
  }

  result<void> miss_folder(const std::string& folder) {
    error missing{errc::not_found,
                  fmt::format("cannot create '{}': the directory '{}' does not "
                              "exist",
                              dest_, folder)};
    if (!ctx_.unsure())
      return missing;
    ctx_.predicted->assume(missing.message);
    auto made = make_folders(folder, 0777 & ~files().umask(), ctx_);
    return made ? result<void>{} : result<void>{made.why()};
  }

  /// Whether the content is there already. The checksum is taken on the way.
  result<bool> is_same() {
    if (in_.source.empty()) {
      auto sum = digest_of(in_.content, "sha1");
      if (!sum)
        return sum.why();
      out_.data.set("checksum", *sum);
      return exists() && !replaces_link_ && status_->size == in_.content.size()
             && files().holds(dest_, in_.content);
    }
    auto sum = files().digest(in_.source, "sha1");
    if (!sum)
      return sum.why();
    out_.data.set("checksum", *sum);
    auto source = files().status(in_.source, true);
    if (!source)
      return source.why();
    if (!exists() || replaces_link_ || !*source
        || (*source)->size != status_->size
        || status_->kind != file_kind::regular)
      return false;
    auto old = files().digest(dest_, "sha1");
    return old && *old == *sum;
  }

  /// The content is right: owner, mode and the rest may still differ.
  result<void> adjust() {
    auto changed
      = apply_attributes(dest_, *status_, in_.attributes, false, ctx_, out_);
    if (!changed)
      return changed.why();
    out_.changed = *changed;
    if (!*changed) {
      add_path_info(out_, dest_, *status_, ctx_);
      return {};
    }
    foresee(ctx_, effect::changed, dest_);
    note_difference(out_, "path", dest_, dest_);
    add_path_info(out_, dest_, ctx_);
    return {};
  }

  result<void> replace() {
    out_.changed = true;
    foresee(ctx_, exists() ? effect::changed : effect::made, dest_);
    if (ctx_.diff_mode)
      show_difference();
    auto current = exists() && !replaces_link_ ? status_ : std::nullopt;
    auto wanted = attributes_for(in_.attributes, current, ctx_);
    if (!wanted)
      return wanted.why();
    if (in_.backup && exists())
      if (auto saved = back_up(); !saved)
        return saved;
    std::function<result<void>(const std::string&)> validate;
    if (!in_.validate.empty())
      validate = [this](const std::string& path) {
        return validate_file(in_.validate, path, ctx_, out_);
      };
    auto& to = followed_ ? files().without_links() : files();
    auto done = in_.source.empty()
                  ? to.replace(dest_, in_.content, *wanted, validate)
                  : to.replace_from(dest_, in_.source, *wanted, validate);
    return done ? finish(current) : done;
  }

  result<void> back_up() {
    // What a link that makes way leads to has not been looked at.
    auto seen = replaces_link_ ? std::nullopt : status_;
    auto saved = make_backup(dest_, ctx_, seen);
    if (!saved)
      return saved.why();
    out_.data.set("backup_file", *saved);
    return {};
  }

  /// What cannot be set through the new file's descriptor, and the report.
  result<void> finish(const std::optional<file_status>& before) {
    auto found = files().status(dest_, false);
    if (!found)
      return found.why();
    if (!*found)
      return error{errc::system,
                   fmt::format("'{}' vanished after it was written", dest_)};
    status_ = *found;
    module_result more;
    if (before)
      note_differences(more, *before, *status_);
    if (!in_.attributes.flags.empty() || !in_.attributes.label.empty()) {
      auto applied
        = apply_attributes(dest_, *status_, in_.attributes, false, ctx_, more);
      if (!applied)
        return applied.why();
    }
    show_more(std::move(more));
    auto sum = in_.source.empty() ? digest_of(in_.content, "md5")
                                  : files().digest(in_.source, "md5");
    if (sum)
      out_.data.set("md5sum", *sum);
    add_path_info(out_, dest_, *status_, ctx_);
    return {};
  }

  /// What a file has, for a side of the diff; nothing: it is too long for one.
  std::optional<std::string> shown_content(const std::string& path) {
    auto read = files().read(path, longest_diff);
    return read ? std::optional{*std::move(read)} : std::nullopt;
  }

  /// What has changed besides the content follows it.
  void show_more(module_result with) {
    if (!ctx_.diff_mode || !with.diff.is_dict())
      return;
    note_difference(with, "path", dest_, dest_);
    out_.diff = list{std::move(out_.diff), std::move(with.diff)};
  }

  void show_difference() {
    dict diff;
    auto before = exists() && !replaces_link_ ? shown_content(dest_)
                                              : std::optional<std::string>{""};
    show_side(diff, diff_side::before, before);
    if (in_.source.empty())
      show_side(diff, diff_side::after, in_.content);
    else
      show_side(diff, diff_side::after, shown_content(in_.source));
    diff.set("before_header", in_.dest);
    auto name = in_.diff_name.empty() ? in_.source : in_.diff_name;
    diff.set("after_header", name.empty() ? in_.dest : name);
    out_.diff = std::move(diff);
  }

  const content_request& in_;
  const module_context& ctx_;
  std::string dest_;
  std::optional<file_status> status_;
  bool replaces_link_ = false;
  // `dest_` is free of links, and has to stay so.
  bool followed_ = false;
  module_result out_;
};

} // namespace

result<content_request> read_content_arguments(const arguments& args,
                                               const module_context& ctx) {
  auto attributes = read_file_arguments(args, ctx);
  if (!attributes)
    return attributes.why();
  content_request out;
  out.attributes = *std::move(attributes);
  out.backup = args.flag("backup");
  out.force = !args.has("force") || args.flag("force");
  out.follow = args.flag("follow");
  out.validate = args.text("validate");
  if (auto named = check_validation(out.validate); !named)
    return named.why();
  return out;
}

module_result write_content(const content_request& request,
                            const module_context& ctx) {
  return content_writer{request, ctx}.run();
}

} // namespace troupe
