#include "modules/support/accounts/user_work.hpp"

#include "modules/support/accounts/account_tables.hpp"
#include "modules/support/accounts/predicted_rows.hpp"
#include "modules/support/accounts/user_changes.hpp"
#include "modules/support/accounts/user_parts.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

/// One task of `user`.
class user_work {
public:
  user_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{args.text("name")}, tools_{name_, ctx},
        changes_{args, ctx, tools_} {
  }

  module_result run() {
    if (auto fine = changes_.read(); !fine)
      return module_result::failure(fine.why());
    warn();
    auto there = exists();
    if (!there)
      return module_result::failure(there.why());
    out_.data.set("name", name_);
    out_.data.set("state", args_.text("state"));
    auto done = args_.text("state") == "absent"
                  ? remove(*there)
                  : (*there ? modify() : create()) && complete();
    if (!done)
      return fail();
    tools_.report(out_);
    return std::move(out_);
  }

private:
  module_result fail() {
    auto failed = why_ ? module_result::failure(*why_) : tools_.failure();
    failed.data.set("name", name_);
    failed.changed = out_.changed;
    failed.warnings = std::move(out_.warnings);
    return failed;
  }

  bool must(const result<void>& done) {
    if (!done)
      why_ = done.why();
    return static_cast<bool>(done);
  }

  std::optional<user_account> account() const {
    return ctx_.machine.accounts().user(name_);
  }

  void warn() {
    if (!looks_hashed(args_.text("password")))
      out_.warnings.push_back(
        "The input password appears not to have been hashed. The 'password' "
        "argument must be encrypted for this module to work properly.");
    if (args_.flag("append") && !args_.has("groups"))
      out_.warnings.push_back("'append' is set, but no 'groups' are specified. "
                              "Use 'groups' to say what is appended.");
  }

  result<bool> exists() {
    if (!args_.flag("local"))
      return account().has_value();
    auto there = is_local_account(user_file, name_, ctx_);
    if (there && !*there)
      out_.warnings.push_back(
        fmt::format("'local: true': the user '{}' is not in {}. The local user "
                    "account may already exist in a database somewhere else.",
                    name_, user_file));
    return there;
  }

  void note(effect what) const {
    if (!ctx_.predicted)
      return;
    foresee(ctx_, what, name_);
    auto& names = ctx_.predicted->what().names;
    auto& accounts = ctx_.machine.accounts();
    if (what == effect::removed)
      return forget();
    std::optional<uint32_t> uid;
    if (args_.has("uid"))
      uid = static_cast<uint32_t>(args_.integer("uid"));
    auto made = what == effect::made;
    // A new user gets a group of the same name, unless another one is wanted.
    if (made && !args_.has("group") && !accounts.group(name_)) {
      names.add(name_, true, accounts, uid);
      if (auto group = accounts.group(name_))
        predict_row(group_file, name_,
                    {{name_, "x", std::to_string(group->gid), ""}}, ctx_);
    }
    if (made || uid)
      names.add(name_, false, accounts, uid);
    describe(made);
  }

  void forget() const {
    ctx_.predicted->what().names.remove(name_, false);
    predict_row(user_file, name_, {}, ctx_);
    predict_row(shadow_file, name_, {}, ctx_);
    auto naming = groups_naming(name_, ctx_);
    predict_members(name_, {}, {naming.begin(), naming.end()}, ctx_);
  }

  /// What later tasks ask of a user who would be `made`, or changed.
  void describe(bool made) const {
    auto user = account();
    if (!user)
      return;
    auto group = args_.has("group") ? group_meant(args_.text("group"), ctx_)
                 : made             ? group_meant(name_, ctx_)
                                    : std::nullopt;
    user->gid = group ? group->gid : user->gid;
    if (args_.has("home"))
      user->home = path_argument(args_, "home", ctx_);
    if (args_.has("shell"))
      user->shell = args_.text("shell");
    if (args_.has("comment"))
      user->gecos = args_.text("comment");
    predict_row(
      user_file, name_,
      {{name_, "x", std::to_string(user->uid), std::to_string(user->gid),
        user->gecos, user->home, user->shell}},
      ctx_);
    ctx_.predicted->what().names.describe(*std::move(user));
  }

  /// The home that goes with a user in check mode. Of one who does not own it
  /// its tool keeps it.
  void predict_removal(const std::optional<user_account>& user) const {
    if (!ctx_.predicted || !args_.flag("remove") || !user)
      return;
    auto home = ctx_.machine.files().status(user->home, false);
    if (!home || !*home || (*home)->kind != file_kind::directory
        || ((*home)->uid != user->uid && !args_.flag("force")))
      return;
    static_cast<void>(ctx_.machine.files().remove_all(user->home));
  }

  /// A home that goes to another place in check mode: what is in it then is
  /// not looked at.
  void predict_move(const std::string& from) const {
    auto to = path_argument(args_, "home", ctx_);
    if (!ctx_.predicted || !args_.flag("move_home") || to.empty() || to == from
        || is_there(to))
      return;
    auto& files = ctx_.machine.files();
    auto home = files.status(from, false);
    if (!home || !*home || (*home)->kind != file_kind::directory
        || !files.remove_all(from))
      return;
    ctx_.predicted->claim(to);
    ctx_.predicted->expect_folder(to);
  }

  bool remove(bool there) {
    if (!there)
      return true;
    out_.changed = true;
    predict_removal(account());
    note(effect::removed);
    if (!changes_.remove())
      return false;
    out_.data.set("force", args_.flag("force"));
    out_.data.set("remove", args_.flag("remove"));
    return true;
  }

  bool create() {
    out_.changed = true;
    created_ = true;
    note(effect::made);
    auto home = path_argument(args_, "home", ctx_);
    // Its tool makes no folders above a home: `complete` does.
    auto by_tool = args_.flag("create_home")
                   && (home.empty() || is_there(parent_of(home)));
    if (!changes_.create(by_tool))
      return false;
    out_.data.set("system", args_.flag("system"));
    out_.data.set("create_home", args_.flag("create_home"));
    note_password();
    return true;
  }

  bool is_there(const std::string& path) const {
    auto found = ctx_.machine.files().status(path, true);
    return found && *found;
  }

  bool modify() {
    auto now = account();
    if (!now) {
      why_ = error{errc::not_found,
                   fmt::format("failed to look up user name: {}", name_)};
      return false;
    }
    if (!changes_.modify(*now))
      return false;
    out_.changed = tools_.has_run();
    predict_move(now->home);
    if (out_.changed)
      note(effect::changed);
    out_.data.set("append", args_.flag("append"));
    out_.data.set("move_home", args_.flag("move_home"));
    note_password();
    return true;
  }

  void note_password() {
    if (args_.has("password"))
      out_.data.set("password", "NOT_LOGGING_PASSWORD");
  }

  /// What goes beyond the account itself: home, key, age of the password.
  bool complete() {
    auto user = account();
    // Of one that would be made nothing more is told. Whether the account that
    // predicts may make a home says nothing of the program that would.
    if (ctx_.check_mode && created_) {
      static_cast<void>(user && ensure_home(*user));
      return true;
    }
    if (!user) {
      why_ = error{errc::not_found,
                   fmt::format("failed to look up user name: {}", name_)};
      return false;
    }
    report(*user);
    if (!ensure_home(*user))
      return false;
    if (args_.flag("generate_ssh_key")
        && !must(ensure_user_key(*user, args_, ctx_, out_)))
      return false;
    account_tools ages{name_, ctx_};
    user_changes more{args_, ctx_, ages};
    auto done = more.set_ages();
    out_.changed = out_.changed || ages.has_run();
    if (!done)
      why_ = error{errc::command_failed, ages.failure().msg};
    return done;
  }

  void report(const user_account& user) {
    out_.data.set("uid", int64_t{user.uid});
    out_.data.set("group", int64_t{user.gid});
    out_.data.set("comment", value::from_host(user.gecos));
    out_.data.set("home", value::from_host(user.home));
    out_.data.set("shell", value::from_host(user.shell));
    if (args_.has("groups"))
      out_.data.set("groups",
                    fmt::format("{}", fmt::join(args_.texts("groups"), ",")));
  }

  bool ensure_home(const user_account& user) {
    auto home
      = args_.has("home") ? path_argument(args_, "home", ctx_) : user.home;
    if (!args_.flag("create_home") || is_there(home))
      return true;
    out_.changed = true;
    return must(
      make_home(home, args_.text("skeleton"), user.uid, user.gid, ctx_));
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  account_tools tools_;
  user_changes changes_;
  module_result out_;
  std::optional<error> why_;
  bool created_ = false;
};

} // namespace

module_result run_user(const arguments& args, const module_context& ctx) {
  return user_work{args, ctx}.run();
}

} // namespace troupe
