#include "modules/module.hpp"
#include "modules/support/accounts/account_tables.hpp"
#include "modules/support/accounts/predicted_rows.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// A line of a database, cut at `mark`, or at blanks when that is empty.
std::vector<std::string> entry_fields(const std::string& line,
                                      const std::string& mark) {
  std::vector<std::string> out;
  if (mark.empty()) {
    constexpr std::string_view blanks = " \t\v\f\r\n";
    for (size_t at = 0;;) {
      at = line.find_first_not_of(blanks, at);
      if (at == std::string::npos)
        return out;
      auto end = std::min(line.find_first_of(blanks, at), line.size());
      out.push_back(line.substr(at, end - at));
      at = end;
    }
  }
  for (size_t at = 0;;) {
    auto end = line.find(mark, at);
    out.push_back(line.substr(at, end - at));
    if (end == std::string::npos)
      return out;
    at = end + mark.size();
  }
}

/// What the database says of each key; a key with several lines has a list of
/// them.
result<dict> entries_of(const std::string& text, const std::string& mark,
                        const module_context& ctx) {
  dict out;
  size_t number = 0;
  dict several;
  auto lines = lines_of(text);
  for (auto& line : lines.as_list()) {
    if (auto on = may_go_on(ctx, number++); !on)
      return on.why();
    auto fields = entry_fields(line.as_string(), mark);
    if (fields.empty())
      continue;
    list rest;
    for (size_t i = 1; i < fields.size(); ++i)
      rest.push_back(value::from_host(fields[i]));
    auto key = value::from_host(fields[0]);
    auto* known = out.find(key);
    if (!known) {
      out.set(key, std::move(rest));
      continue;
    }
    if (!several.find(key)) {
      several.set(key, true);
      list all;
      all.push_back(std::move(*known));
      *known = std::move(all);
    }
    known->as_list().push_back(std::move(rest));
  }
  return out;
}

/// What the tasks before would have made of the accounts that a call of the
/// program finds.
class foreseen_accounts {
public:
  foreseen_accounts(const arguments& args, const module_context& ctx)
      : ctx_{ctx}, database_{args.text("database")}, key_{args.text("key")},
        path_{"/etc/" + database_}, all_{!args.has("key")} {
    auto named = database_ == "passwd" || database_ == "shadow"
                 || database_ == "group" || database_ == "gshadow";
    counts_ = ctx.predicted && named
              && (ctx.predicted->predicts(path_) || is_noted(key_));
  }

  /// Nothing is predicted that the program does not know.
  bool empty() const {
    return !counts_;
  }

  /// Changes what it says of one account, or of all. False when what it was
  /// asked for is not there.
  bool apply(dict& entries) {
    dict found;
    for (auto& [key, x] : entries)
      if (!is_gone(key.as_string()))
        found.set(key, x);
    if (auto rows = account_table(path_, ctx_))
      for (auto& row : *rows)
        if (all_ || row[0] == key_ || (row.size() > 2 && row[2] == key_))
          add(row, found);
    // Who predicts need not be one who may write such a file.
    if (!all_ && found.empty())
      add_noted(found);
    entries = std::move(found);
    return all_ || !entries.empty();
  }

  /// A number in it was made up, as nobody knows it yet.
  bool has_invented() const {
    return invented_;
  }

private:
  bool is_group() const {
    return database_ == "group" || database_ == "gshadow";
  }

  bool is_noted(const std::string& name) const {
    auto* what = &ctx_.predicted->what();
    for (; what; what = what->below())
      if (what->names.number(name, is_group())
          || what->names.is_removed(name, is_group()))
        return true;
    return false;
  }

  void add_noted(dict& to) {
    auto& accounts = ctx_.machine.accounts();
    if (database_ == "passwd") {
      if (auto user = accounts.user(key_))
        add({user->name, "x", std::to_string(user->uid),
             std::to_string(user->gid), user->gecos, user->home, user->shell},
            to);
    } else if (database_ == "group") {
      if (auto group = accounts.group(key_))
        add({group->name, "x", std::to_string(group->gid), ""}, to);
    }
  }

  bool is_gone(const std::string& name) const {
    auto* what = &ctx_.predicted->what();
    for (; what; what = what->below())
      if (what->names.is_removed(name, is_group()))
        return true;
    return false;
  }

  void add(const std::vector<std::string>& row, dict& to) {
    list rest;
    for (size_t i = 1; i < row.size(); ++i)
      rest.push_back(value::from_host(row[i]));
    to.set(value::from_host(row[0]), std::move(rest));
    auto* what = &ctx_.predicted->what();
    for (; what; what = what->below())
      if (auto number = what->names.number(row[0], is_group()))
        invented_ = invented_ || *number >= predicted_names::first_invented;
  }

  const module_context& ctx_;
  std::string database_;
  std::string key_;
  std::string path_;
  bool all_;
  bool counts_ = false;
  bool invented_ = false;
};

class getent final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "getent",
      .summary = "Looks entries up in the databases of the host and makes "
                 "facts of them.",
      .arguments
      = {{.name = "database",
          .summary = "Which one: `passwd`, `group`, `hosts`, `services`, ...",
          .required = true},
         {.name = "key", .summary = "The entry; silent: all of them."},
         {.name = "service", .summary = "Where to look (`files`, `dns`)."},
         {.name = "split",
          .summary = "What lines are cut at; silent: `:` for passwd, shadow, "
                     "group and gshadow, else blanks."},
         {.name = "fail_key",
          .type = arg_type::boolean,
          .summary = "Fail when there is no such key; no: its entry is null.",
          .fallback = true}},
      .only_reads = true,
      .example = R"({"getent": {"database": "passwd", "key": "root"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto database = args.text("database");
    auto mark = args.text("split");
    if (args.has("split") && mark.empty())
      return module_result::failure(errc::invalid_argument,
                                    "split cannot be an empty text");
    if (mark.empty()
        && (database == "passwd" || database == "shadow" || database == "group"
            || database == "gshadow"))
      mark = ":";
    auto ended = ask(args, ctx);
    if (!ended)
      return module_result::failure(ended.why());
    module_result out;
    auto name = "getent_" + database;
    auto entries = ended->rc == 0 ? entries_of(ended->out.bytes, mark, ctx)
                                  : result<dict>{dict{}};
    if (!entries)
      return module_result::failure(entries.why());
    foreseen_accounts foreseen{args, ctx};
    if (!foreseen.empty() && (ended->rc == 0 || ended->rc == not_found))
      ended->rc = foreseen.apply(*entries) ? 0 : not_found;
    if (foreseen.has_invented())
      doubt_facts(out, ctx, "the number of an account that would be made");
    if (ended->rc == 0) {
      out.facts.set(name, *std::move(entries));
    } else if (ended->rc == not_found && !args.flag("fail_key")) {
      dict entry;
      if (args.has("key"))
        entry.set(args.text("key"), value{});
      out.facts.set(name, std::move(entry));
      out.msg = words_of(not_found);
    } else {
      return module_result::failure(
        ended->rc == not_found ? errc::not_found : errc::command_failed,
        words_of(ended->rc));
    }
    out.data.set("ansible_facts", out.facts);
    return out;
  }

private:
  // As getent(1) ends.
  static constexpr int bad_arguments = 1;
  static constexpr int not_found = 2;
  static constexpr int not_listed = 3;

  static std::string words_of(int rc) {
    switch (rc) {
    case bad_arguments:
      return "Missing arguments, or database unknown.";
    case not_found:
      return "One or more supplied key could not be found in the database.";
    case not_listed:
      return "Enumeration not supported on this database.";
    default:
      return "Unexpected failure!";
    }
  }

  static result<process_result> ask(const arguments& args,
                                    const module_context& ctx) {
    auto tool = find_tool("getent", ctx);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool};
    if (args.has("service"))
      argv.insert(argv.end(), {"-s", args.text("service")});
    argv.insert(argv.end(), {"--", args.text("database")});
    if (args.has("key"))
      argv.push_back(args.text("key"));
    return run_tool(std::move(argv), ctx);
  }
};

const register_module getent_registration{std::make_shared<getent>()};

} // namespace

} // namespace troupe
