#include "modules/support/files/edited_file.hpp"

#include "modules/support/files/content_diff.hpp"
#include "modules/support/files/path_turn.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/validation.hpp"
#include "modules/support/prediction/predict.hpp"
#include "platform/set_id.hpp"

#include <fmt/format.h>

namespace troupe {

result<void> edited_file::open() {
  auto& files = ctx_.machine.files();
  auto end = follow_links(in_.dest, ctx_);
  if (!end)
    return end.why();
  auto turn = take_turn(end->path, ctx_);
  if (!turn)
    return turn.why();
  turn_ = *std::move(turn);
  auto own = files.status(in_.dest, false);
  if (!own)
    return own.why();
  is_link_ = *own && (*own)->kind == file_kind::symlink;
  target_ = in_.dest;
  if (is_link_) {
    target_ = std::move(end->path);
    is_free_of_links_ = end->is_free_of_links;
  }
  auto found = is_link_ ? files.status(target_, false) : own;
  if (!found)
    return found.why();
  status_ = *found;
  if (!status_)
    return {};
  if (status_->kind == file_kind::directory)
    return error{errc::invalid_argument,
                 fmt::format("Path {} is a directory !", in_.dest)};
  auto text = files.read(target_, longest_edited);
  if (!text)
    return text.why();
  content_ = *std::move(text);
  return {};
}

module_result edited_file::refusal(const error& why) const {
  auto out = module_result::failure(why);
  if (status_ && status_->kind == file_kind::directory)
    out.data.set("rc", 256);
  return out;
}

result<void> edited_file::make_folder() {
  auto& files = ctx_.machine.files();
  auto made = make_folders(parent_of(target_), 0777 & ~files.umask(), ctx_);
  return made ? result<void>{} : result<void>{made.why()};
}

module_result nothing_to_edit(std::string_view noun, const std::string& path) {
  auto out = module_result::failure(
    errc::not_found, fmt::format("{} {} does not exist !", noun, path));
  out.data.set("rc", 257);
  return out;
}

module_result edited_file::finish(std::optional<std::string_view> next,
                                  std::string msg) {
  auto failed = [&](const error& why) {
    auto out = module_result::failure(why);
    out.data = std::move(out_.data);
    return out;
  };
  if (next)
    if (auto done = write(*next); !done)
      return failed(done.why());
  dict attributes;
  // A file that only would be there has none yet, as Ansible sees it.
  auto adjusted = (exists() || next) && (exists() || !ctx_.check_mode)
                    ? adjust(attributes, next.has_value())
                    : result<bool>{false};
  if (!adjusted)
    return failed(adjusted.why());
  out_.changed = next || *adjusted;
  if (*adjusted) {
    foresee(ctx_, effect::changed, in_.dest);
    msg += fmt::format("{}ownership, perms or SE linux context changed",
                       next ? " and " : "");
  }
  out_.data.set("msg", std::move(msg));
  if (!names_backup_file && !is_plain)
    out_.data.set("backup", backup_);
  else if (!backup_.empty())
    out_.data.set("backup_file", backup_);
  if (ctx_.diff_mode)
    report(next, std::move(attributes));
  return std::move(out_);
}

result<void> edited_file::write(std::string_view next) {
  foresee(ctx_, exists() ? effect::changed : effect::made, in_.dest);
  auto& files = ctx_.machine.files();
  wanted_attributes kept;
  kept.in_place_if_needed = in_.attributes.in_place_if_needed;
  // The attributes are those of a link itself.
  auto wanted = attributes_for(is_link_ ? kept : in_.attributes, status_, ctx_);
  if (!wanted)
    return wanted.why();
  if (in_.backup && exists()) {
    auto saved = make_backup(in_.dest, ctx_, status_);
    if (!saved)
      return saved.why();
    // The real run makes another one.
    if (!ctx_.check_mode)
      backup_ = *std::move(saved);
  }
  auto& to = is_free_of_links_ ? files.without_links() : files;
  return to.replace(target_, next, *wanted, [this](const std::string& path) {
    return validate_file(in_.validate, path, ctx_, out_);
  });
}

/// What a new file has before anybody sets anything.
file_status edited_file::fresh() const {
  file_status out;
  out.mode = 0666 & ~ctx_.machine.files().umask();
  auto& accounts = ctx_.machine.accounts();
  out.uid = accounts.effective_uid();
  auto self = accounts.user(out.uid);
  out.gid = self ? self->gid : out.uid;
  return out;
}

/// The attributes, compared with those from before the file was written.
result<bool> edited_file::adjust(dict& diff, bool written) {
  auto now = ctx_.machine.files().status(in_.dest, false);
  if (!now)
    return now.why();
  if (!*now)
    return error{errc::system,
                 fmt::format("'{}' vanished while it was edited", in_.dest)};
  auto before = **now;
  if (!is_link_) {
    auto old = status_ ? *status_ : fresh();
    before.mode = written ? without_set_id(old.mode) : old.mode;
    before.uid = old.uid;
    before.gid = old.gid;
  }
  module_result noted;
  auto changed
    = apply_attributes(in_.dest, before, in_.attributes, false, ctx_, noted);
  if (noted.diff.is_dict())
    diff = std::move(noted.diff.as_dict());
  return changed;
}

void edited_file::report(std::optional<std::string_view> next,
                         dict attributes) {
  if (is_plain && !next)
    return;
  dict content;
  show_side(content, diff_side::before, content_);
  show_side(content, diff_side::after, next.value_or(content_));
  auto name = [&](dict& of, const char* what) {
    auto header = is_plain ? in_.dest : fmt::format("{} ({})", in_.dest, what);
    of.set("before_header", header);
    of.set("after_header", std::move(header));
  };
  name(content, "content");
  if (is_plain || (!exists() && ctx_.check_mode)) {
    out_.diff = std::move(content);
    return;
  }
  name(attributes, "file attributes");
  out_.diff = list{std::move(content), std::move(attributes)};
}

} // namespace troupe
