#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/git/git_checkout.hpp"
#include "modules/support/git/git_extras.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// One task of `git`.
class git_work {
public:
  git_work(const arguments& args, const module_context& ctx,
           const git_tool& git)
      : args_{args}, ctx_{ctx}, files_{ctx.machine.files()}, git_{git},
        wish_{wish_of(args, ctx)}, checkout_{git_, wish_} {
  }

  module_result run() {
    auto done = check();
    if (done)
      done = act();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    failed.warnings = std::move(out_.warnings);
    return failed;
  }

private:
  static git_wish wish_of(const arguments& args, const module_context& ctx) {
    git_wish out;
    out.repo = args.text("repo");
    // A path is an address here: else a clone would not be a shallow one.
    if (out.repo.starts_with("/") || out.repo.starts_with("~"))
      out.repo = "file://" + expand_path(out.repo, ctx);
    out.dest = path_argument(args, "dest", ctx);
    out.version = args.text("version");
    out.remote = args.text("remote");
    out.refspec = args.text("refspec");
    out.reference = args.text("reference");
    out.git_folder = path_argument(args, "separate_git_dir", ctx);
    out.depth = args.has("depth") ? args.text("depth") : std::string{};
    out.bare = args.flag("bare");
    out.force = args.flag("force");
    out.single_branch = args.flag("single_branch");
    out.follow_submodules = args.flag("track_submodules");
    return out;
  }

  result<void> check() const {
    for (auto name : {"repo", "dest", "version", "remote", "refspec",
                      "reference", "archive", "archive_prefix"})
      if (auto text = args_.text(name);
          text.starts_with("-") || !is_one_line(text))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot be '{}' of a repository", text, name)};
    if (args_.has("archive_prefix") && !args_.has("archive"))
      return error{errc::missing_argument, "archive_prefix needs archive"};
    if (wish_.dest.empty() && args_.flag("clone"))
      return error{errc::missing_argument,
                   "the destination directory must be specified unless "
                   "clone=no"};
    if (!wish_.depth.empty() && args_.integer("depth") < 1)
      return error{errc::invalid_argument, "depth must be 1 or more"};
    return {};
  }

  bool is_there(const std::string& path) const {
    auto found = files_.status(path, true);
    return found && *found;
  }

  result<void> act() {
    auto folder = wish_.dest.empty() ? result<std::string>{std::string{}}
                                     : folder_of_git(wish_, ctx_);
    if (!folder)
      return folder.why();
    auto moved = move_git_folder(wish_, *folder, ctx_, out_);
    if (!moved)
      return moved;
    auto there = !folder->empty() && is_there(joined(*folder, "config"));
    if (!there)
      return ctx_.check_mode || !args_.flag("clone") ? look_only() : make();
    return args_.flag("update") ? update() : keep();
  }

  void note(const char* name, const std::string& commit) {
    out_.data.set(name, commit.empty() ? value{} : value::from_host(commit));
  }

  result<std::string> remote_commit(const std::string& remote,
                                    const std::string& folder) const {
    return commit_of_remote(git_, remote, folder, wish_.version);
  }

  /// In check mode: why git would not clone into what is there.
  result<void> may_clone() const {
    if (!ctx_.predicted || !args_.flag("clone") || wish_.dest.empty()
        || ctx_.predicted->is_vague(wish_.dest))
      return {};
    auto there = files_.status(wish_.dest, false);
    auto names = files_.list(wish_.dest);
    if (!there || !*there || (names && names->empty()))
      return {};
    return error{errc::command_failed,
                 fmt::format("'git clone' would not take '{}': it is there "
                             "already and is not an empty directory",
                             wish_.dest)};
  }

  result<void> look_only() {
    if (auto fine = may_clone(); !fine)
      return fine;
    auto commit = remote_commit(wish_.repo, {});
    if (!commit)
      return commit.why();
    out_.changed = true;
    note("before", {});
    note("after", *commit);
    // The clone may be there that the task before would have made.
    if (ctx_.predicted && ctx_.predicted->is_vague(wish_.dest))
      ctx_.predicted->miss();
    if (ctx_.check_mode)
      predict_clone();
    return show_difference({}, *commit);
  }

  void claim_folder(const std::string& path) const {
    ctx_.predicted->claim(path);
    ctx_.predicted->expect_folder(path);
  }

  void predict_clone() const {
    ctx_.doubt();
    if (ctx_.predicted && !wish_.dest.empty())
      claim_folder(wish_.dest);
    foresee(ctx_, effect::made, wish_.dest);
  }

  result<void> make() {
    note("before", {});
    auto folders
      = make_folders(parent_of(wish_.dest), 0777 & ~files_.umask(), ctx_);
    if (!folders)
      return folders.why();
    ctx_.changing("repository " + wish_.dest);
    if (auto done = checkout_.clone(out_); !done)
      return done;
    if (args_.flag("verify_commit"))
      if (auto done = verify(); !done)
        return done;
    return finish({}, false);
  }

  result<void> keep() {
    auto now = git_.commit(wish_.dest);
    if (!now)
      return now.why();
    note("before", *now);
    note("after", *now);
    return archive();
  }

  result<void> update() {
    auto before = git_.commit(wish_.dest);
    if (!before)
      return before.why();
    note("before", *before);
    auto dirty = is_dirty();
    if (!dirty)
      return dirty.why();
    if (*dirty) {
      auto words
        = "Local modifications exist in the destination: " + wish_.dest;
      if (!wish_.force)
        return error{errc::invalid_argument, words + " (force=no)."};
      out_.msg = words;
    }
    auto url = git_.need({"ls-remote", "--get-url", wish_.remote}, wish_.dest);
    if (!url)
      return url.why();
    auto moved = trimmed_text(*url) != wish_.repo;
    out_.data.set("remote_url_changed", moved);
    if (ctx_.check_mode)
      return predict_update(*before, *dirty || moved);
    ctx_.changing("repository " + wish_.dest);
    if (*dirty)
      if (auto done = git_.need({"reset", "--hard", "HEAD"}, wish_.dest); !done)
        return done.why();
    if (moved)
      if (auto done = git_.need(
            {"remote", "set-url", "--", wish_.remote, wish_.repo}, wish_.dest);
          !done)
        return done.why();
    if (auto done = checkout_.fetch(); !done)
      return done;
    return finish(*before, *dirty || moved);
  }

  result<void> predict_update(const std::string& before, bool changed) {
    auto commit = remote_commit(wish_.remote, wish_.dest);
    if (!commit)
      return commit.why();
    note("after", *commit);
    // A short name of a commit that is there already.
    auto meant = git_.commit(wish_.dest, *commit + "^{commit}");
    out_.changed = out_.changed || changed
                   || (before != *commit && !(meant && *meant == before));
    if (out_.changed)
      ctx_.doubt();
    auto shown = show_difference(before, *commit);
    return shown ? archive() : shown;
  }

  result<bool> is_dirty() const {
    if (wish_.bare)
      return false;
    auto text = git_.need({"status", "--porcelain"}, wish_.dest);
    if (!text)
      return text.why();
    auto lines = split_text(*text, '\n');
    return std::any_of(lines.begin(), lines.end(), [](auto& line) {
      return !line.empty() && !line.starts_with("??");
    });
  }

  /// From what was fetched to the wanted version.
  result<void> finish(const std::string& before, bool changed) {
    if (!wish_.bare)
      if (auto done = checkout_.switch_version(); !done)
        return done;
    if (args_.flag("verify_commit") && !before.empty())
      if (auto done = verify(); !done)
        return done;
    auto modules = update_submodules();
    if (!modules)
      return modules.why();
    auto after = git_.commit(wish_.dest);
    if (!after)
      return after.why();
    note("after", *after);
    out_.changed = out_.changed || before != *after || changed || *modules;
    if (out_.changed) {
      foresee(ctx_, before.empty() ? effect::made : effect::changed,
              wish_.dest);
      if (auto shown = show_difference(before, *after); !shown)
        return shown;
    }
    return archive();
  }

  result<bool> update_submodules() {
    if (wish_.bare || !args_.flag("recursive")
        || !is_there(joined(wish_.dest, ".gitmodules")))
      return false;
    auto differ = checkout_.submodules_differ();
    if (!differ || !*differ)
      return differ;
    out_.data.set("submodules_changed", true);
    auto done = checkout_.update_submodules();
    return done ? result<bool>{true} : done.why();
  }

  result<void> show_difference(const std::string& before,
                               const std::string& after) {
    if (!ctx_.diff_mode || before == after)
      return {};
    auto text = fmt::format(">> Newly checked out {}", after);
    if (!before.empty()) {
      auto said = git_.run({"diff", before, after, "--"}, wish_.dest);
      if (!said)
        return said.why();
      text = said->rc == 0 && !said->out.bytes.empty()
               ? said->out.bytes
               : fmt::format(">> No visual differences between {} and {}",
                             before, after);
    }
    out_.diff = dict{{"prepared", value::from_host(text)}};
    return {};
  }

  result<void> verify() const {
    return verify_signature(git_, wish_.dest, wish_.version,
                            args_.texts("gpg_whitelist"));
  }

  result<void> archive() {
    auto path = path_argument(args_, "archive", ctx_);
    if (path.empty())
      return {};
    auto changed
      = pack_version(git_, wish_, path, args_.text("archive_prefix"), ctx_);
    if (!changed)
      return changed.why();
    out_.changed = out_.changed || *changed;
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  const git_tool& git_;
  git_wish wish_;
  git_checkout checkout_;
  module_result out_;
};

} // namespace

module_result run_git(const arguments& args, const module_context& ctx) {
  auto git = git_tool::find(args, ctx);
  if (!git)
    return module_result::failure(git.why());
  return git_work{args, ctx, *git}.run();
}

} // namespace troupe
