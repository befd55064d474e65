#include "modules/support/archives/unarchive_work.hpp"

#include "modules/support/archives/archive_entries.hpp"
#include "modules/support/archives/archive_prediction.hpp"
#include "modules/support/archives/archive_tool.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/web/web_file.hpp"

#include <fmt/format.h>

#include <set>

namespace troupe {

namespace {

constexpr size_t most_shown = 1000;

/// One task of `unarchive`.
class unarchive_work {
public:
  unarchive_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, dest_{path_argument(args, "dest", ctx)},
        web_{ctx} {
  }

  ~unarchive_work() {
    if (!made_.empty())
      static_cast<void>(files().remove(made_));
  }

  unarchive_work(const unarchive_work&) = delete;
  unarchive_work& operator=(const unarchive_work&) = delete;

  module_result run() {
    auto go_on = is_needed();
    if (!go_on || !*go_on)
      return go_on ? std::move(out_) : fail(go_on.why());
    auto done = prepare();
    if (done)
      done = compare();
    if (done && !missing_.empty())
      done = ctx_.check_mode ? foretell() : extract();
    if (done)
      done = adjust();
    if (!done)
      return fail(done.why());
    add_path_info(out_, dest_, ctx_);
    return std::move(out_);
  }

private:
  file_system& files() const {
    return ctx_.machine.files();
  }

  module_result fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.data = std::move(out_.data);
    return failed;
  }

  result<bool> is_needed() {
    auto creates = path_argument(args_, "creates", ctx_);
    if (creates.empty())
      return true;
    auto there = files().status(creates, true);
    if (!there)
      return there.why();
    if (!*there)
      return true;
    out_.skipped = true;
    out_.msg = fmt::format("skipped, since {} exists", creates);
    return false;
  }

  result<void> prepare() {
    if (ctx_.predicted)
      ctx_.predicted->expect_folder(dest_);
    auto there = files().status(dest_, true);
    if (!there)
      return there.why();
    if (!*there || (*there)->kind != file_kind::directory)
      return error{*there ? errc::invalid_argument : errc::not_found,
                   fmt::format("dest '{}' must be an existing dir", dest_)};
    auto attributes = read_file_arguments(args_, ctx_);
    if (!attributes)
      return attributes.why();
    wanted_ = *std::move(attributes);
    auto source = find_archive();
    if (!source)
      return source.why();
    request_.path = *std::move(source);
    auto kind = kind_of_archive(request_.path, ctx_);
    if (!kind)
      return kind.why();
    request_.kind = *kind;
    request_.include = args_.texts("include");
    request_.exclude = args_.texts("exclude");
    request_.options = args_.texts("extra_opts");
    request_.keep_newer = args_.flag("keep_newer");
    out_.data.set("src", told_.empty() ? request_.path : told_);
    out_.data.set("dest", dest_);
    out_.data.set("handler", handler_name(*kind));
    return {};
  }

  /// Where the archive lies, after it was loaded or decrypted.
  result<std::string> find_archive() {
    auto text = args_.text("src");
    auto remote = args_.flag("remote_src") || !args_.flag("copy");
    if (text.find("://") != std::string::npos && remote)
      return web_.load(text, args_.flag("validate_certs"));
    auto path = path_argument(args_, "src", ctx_);
    if (remote) {
      auto there = files().status(path, true);
      if (!there)
        return there.why();
      if (!*there)
        return error{errc::not_found,
                     fmt::format("Source '{}' does not exist", path)};
      return ctx_.predicted && ctx_.predicted->differs(path) ? shown(path)
                                                             : path;
    }
    auto source = find_source(path, "files", ctx_);
    if (!source)
      return source;
    auto plain = open_source(*source, args_.flag("decrypt"), ctx_);
    if (!plain)
      return plain.why();
    if (!*plain)
      return source;
    made_ = files().unused_beside(joined(ctx_.temporary_directory, "archive"));
    if (auto put = files().replace(made_, **plain, {.mode = 0600}); !put)
      return put.why();
    return made_;
  }

  /// What is only predicted, where programs see it.
  result<std::string> shown(const std::string& path) {
    told_ = path;
    made_ = files().unused_beside(joined(ctx_.temporary_directory, "archive"));
    auto put = files().replace_from(made_, path, {.mode = 0600}, {});
    return put ? result<std::string>{made_} : result<std::string>{put.why()};
  }

  /// Finds what of the archive is not in the folder.
  result<void> compare() {
    auto tool = archive_tool::find(request_, ctx_);
    if (!tool)
      return tool.why();
    auto all = tool->list(ctx_);
    if (!all)
      return all.why();
    auto packed = files().status(request_.path, true);
    if (!packed)
      return packed.why();
    if (auto fine = check_entries(*all, *packed ? (*packed)->size : 0); !fine)
      return fine;
    entries_ = *std::move(all);
    words_ = tool->words_to_extract(dest_);
    for (auto& each : entries_) {
      auto differs = is_different(each);
      if (!differs)
        return differs.why();
      if (*differs)
        missing_.push_back(&each);
    }
    if (args_.flag("list_files")) {
      list names;
      for (auto& each : entries_)
        names.push_back(value::from_host(each.name));
      out_.data.set("files", std::move(names));
    }
    out_.changed = !missing_.empty();
    if (ctx_.diff_mode && out_.changed)
      show();
    return {};
  }

  std::string place_of(const archive_entry& entry) const {
    return place_of_entry(entry, dest_);
  }

  result<bool> is_different(const archive_entry& entry) const {
    auto path = place_of(entry);
    auto there = files().status(path, false);
    if (!there)
      return there.why();
    if (!*there)
      return true;
    auto& now = **there;
    switch (entry.kind) {
    case 'd':
      return now.kind != file_kind::directory || has_other_mode(entry, now);
    case 'l': {
      if (now.kind != file_kind::symlink)
        return true;
      auto target = files().read_link(path);
      return !target || *target != entry.target;
    }
    case 'h': {
      auto other = files().status(joined(dest_, entry.target), false);
      return !other || !*other || !is_same_file(now, **other);
    }
    case '-':
      return is_other_file(entry, now);
    default:
      return false;
    }
  }

  bool is_other_file(const archive_entry& entry, const file_status& now) const {
    auto modified = now.modified_at.seconds;
    if (now.kind == file_kind::regular && request_.keep_newer
        && modified >= entry.modified)
      return false;
    return now.kind != file_kind::regular || now.size != entry.size
           || modified != entry.modified || has_other_mode(entry, now);
  }

  /// As the program would set it, unless the task wants a mode of its own.
  bool has_other_mode(const archive_entry& entry,
                      const file_status& now) const {
    if (!wanted_.mode.is_null())
      return false;
    auto mask = kept_modes();
    return (entry.mode & mask) != (now.mode & mask);
  }

  /// What the program takes over of the modes of entries.
  uint32_t kept_modes() const {
    return is_exact() ? 07777U : 0777U & ~files().umask();
  }

  bool is_exact() const {
    return request_.kind != archive_kind::zip
           && ctx_.machine.accounts().effective_uid() == 0;
  }

  void show() {
    std::string text;
    size_t count = 0;
    for (auto* each : missing_) {
      if (++count > most_shown) {
        text += fmt::format("and {} more\n", missing_.size() - most_shown);
        break;
      }
      text.append(each->name).append("\n");
    }
    dict diff;
    diff.set("prepared", value::from_host(std::move(text)));
    out_.diff = std::move(diff);
  }

  result<void> foretell() {
    foresee(ctx_, effect::changed, dest_);
    predict_entries(missing_, {dest_, kept_modes(), is_exact()}, ctx_);
    return {};
  }

  result<void> extract() {
    ctx_.changing(fmt::format("files below {}", dest_));
    list shown;
    for (auto& each : words_)
      shown.push_back(each);
    auto ended = run_tool(words_, ctx_);
    if (!ended)
      return ended.why();
    dict results;
    results.set("cmd", std::move(shown));
    results.set("rc", ended->rc);
    results.set("out", value::from_host(ended->out.bytes));
    results.set("err", value::from_host(ended->err.bytes));
    out_.data.set("extract_results", std::move(results));
    if (ended->rc == 0)
      return {};
    return error{errc::command_failed,
                 fmt::format("failed to unpack {} to {}: {}", request_.path,
                             dest_, tool_words(*ended))};
  }

  /// Mode, owner and group that the task wants, for all that is unpacked and
  /// the folders above it.
  result<void> adjust() {
    if (wanted_.empty())
      return {};
    std::set<std::string> paths;
    for (auto& each : entries_) {
      paths.insert(place_of(each));
      if (auto slash = each.name.find('/'); slash != std::string::npos)
        paths.insert(joined(dest_, each.name.substr(0, slash)));
    }
    for (auto& path : paths) {
      auto status = files().status(path, false);
      if (!status)
        return status.why();
      if (!*status || (*status)->kind == file_kind::symlink)
        continue;
      module_result ignored;
      auto changed
        = apply_attributes(path, **status, wanted_, false, ctx_, ignored);
      if (!changed)
        return changed.why();
      out_.changed = out_.changed || *changed;
    }
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string dest_;
  wanted_attributes wanted_;
  archive_request request_;
  web_file web_;
  // What was decrypted or shown, which goes away with this.
  std::string made_;
  // What the source is called; empty: by its path.
  std::string told_;
  std::vector<archive_entry> entries_;
  std::vector<const archive_entry*> missing_;
  std::vector<std::string> words_;
  module_result out_;
};

} // namespace

module_result run_unarchive(const arguments& args, const module_context& ctx) {
  return unarchive_work{args, ctx}.run();
}

} // namespace troupe
