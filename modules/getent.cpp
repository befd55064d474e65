#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/line_search.hpp"

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
    if (ended->rc == 0) {
      auto entries = entries_of(ended->out.bytes, mark, ctx);
      if (!entries)
        return module_result::failure(entries.why());
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
