#include "modules/module.hpp"
#include "modules/support/accounts/account_tables.hpp"
#include "modules/support/accounts/account_tools.hpp"
#include "modules/support/accounts/predicted_rows.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// One task of `group`.
class group_work {
public:
  group_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{args.text("name")}, tools_{name_, ctx} {
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto there = exists();
    if (!there)
      return module_result::failure(there.why());
    if (*there && local_only() && !group())
      return module_result::failure(
        errc::not_found, fmt::format("the group '{}' is in {} and yet not known"
                                     " to this host",
                                     name_, group_file));
    out_.data.set("name", name_);
    out_.data.set("state", args_.text("state"));
    if (!act(*there))
      return tools_.failure();
    out_.changed = tools_.has_run();
    tools_.report(out_);
    report();
    return std::move(out_);
  }

private:
  bool local_only() const {
    return args_.flag("local");
  }

  std::optional<group_account> group() const {
    return ctx_.machine.accounts().group(name_);
  }

  result<void> check() const {
    if (auto fine = check_account_name("group", name_); !fine)
      return fine;
    if (args_.flag("non_unique") && !args_.has("gid"))
      return error{errc::missing_argument,
                   "non_unique needs the gid that may be there twice"};
    auto gid = args_.integer("gid");
    if (gid < 0 || gid >= UINT32_MAX)
      return error{errc::invalid_argument,
                   fmt::format("{} cannot be the number of a group", gid)};
    if (local_only() && gid != 0)
      if (auto other
          = ctx_.machine.accounts().group(static_cast<uint32_t>(gid));
          other && other->name != name_)
        return error{errc::invalid_argument,
                     fmt::format("GID '{}' already exists with group '{}'", gid,
                                 other->name)};
    return {};
  }

  result<bool> exists() {
    if (!local_only())
      return group().has_value();
    auto there = is_local_account(group_file, name_, ctx_);
    if (there && !*there)
      out_.warnings.push_back(
        fmt::format("'local: true': the group '{}' is not in {}; it may still "
                    "be in a database somewhere else",
                    name_, group_file));
    return there;
  }

  bool act(bool there) {
    auto tool = [&](const char* name) {
      return std::string{local_only() ? "l" : ""} + name;
    };
    if (args_.text("state") == "absent") {
      if (!there)
        return true;
      note(effect::removed);
      return tools_.run({tool("groupdel"), "--", name_});
    }
    if (there && (!args_.has("gid") || group()->gid == args_.integer("gid")))
      return true;
    std::vector<std::string> argv{tool(there ? "groupmod" : "groupadd")};
    if (args_.has("gid")) {
      argv.insert(argv.end(), {"-g", args_.text("gid")});
      if (args_.flag("non_unique"))
        argv.push_back("-o");
    }
    if (!there && args_.flag("system"))
      argv.push_back("-r");
    argv.insert(argv.end(), {"--", name_});
    note(there ? effect::changed : effect::made);
    return tools_.run(std::move(argv));
  }

  void note(effect what) const {
    if (!ctx_.predicted)
      return;
    foresee(ctx_, what, name_);
    auto& names = ctx_.predicted->what().names;
    if (what == effect::removed) {
      names.remove(name_, true);
      return predict_row(group_file, name_, {}, ctx_);
    }
    std::optional<uint32_t> gid;
    if (args_.has("gid"))
      gid = static_cast<uint32_t>(args_.integer("gid"));
    names.add(name_, true, ctx_.machine.accounts(), gid);
    auto made = group();
    if (!made)
      return;
    predict_field(group_file, name_, 2, std::to_string(made->gid), ctx_);
    if (what == effect::made)
      predict_field(group_file, name_, 3, "", ctx_);
  }

  void report() {
    if (args_.text("state") == "absent")
      return;
    out_.data.set("system", args_.flag("system"));
    // Which number a new group would get is for its tool to choose.
    if (args_.has("gid"))
      out_.data.set("gid", args_.integer("gid"));
    else if (auto found = group(); found && !(ctx_.check_mode && out_.changed))
      out_.data.set("gid", int64_t{found->gid});
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  account_tools tools_;
  module_result out_;
};

class group_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "group",
      .summary = "Adds, changes and removes groups.",
      .arguments
      = {{.name = "name", .summary = "The group.", .required = true},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "gid", .type = arg_type::integer, .summary = "Its number."},
         {.name = "system",
          .type = arg_type::boolean,
          .summary = "A new one is a group of the system.",
          .fallback = false},
         {.name = "local",
          .type = arg_type::boolean,
          .summary = "Use the tools of libuser, which know only the files of "
                     "this host and no directory.",
          .fallback = false},
         {.name = "non_unique",
          .type = arg_type::boolean,
          .summary = "Another group may have the number.",
          .fallback = false}},
      .lock = "accounts",
      .resource = {"group", {"name"}},
      .example = R"({"group": {"name": "deploy", "system": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return group_work{args, ctx}.run();
  }
};

const register_module group_registration{std::make_shared<group_module>()};

} // namespace

} // namespace troupe
