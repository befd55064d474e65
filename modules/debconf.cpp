#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr const char* hidden_answer = "(password omitted)";

/// One task of `debconf`.
class debconf_work {
public:
  debconf_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, question_{args.text("question")},
        kind_{args.text("vtype")}, answer_{args.text("value")} {
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto known = answers();
    if (!known)
      return module_result::failure(known.why());
    module_result out;
    if (!differs(*known)) {
      out.data.set("current", *std::move(known));
      return out;
    }
    out.changed = true;
    if (auto done = set(); !done)
      return module_result::failure(done.why());
    auto* before = known->find(question_);
    dict previous = before ? dict{{question_, *before}} : *known;
    if (!before)
      previous.set(question_, "");
    dict current{{question_, kind_ == "password" ? hidden_answer : answer_}};
    if (ctx_.diff_mode) {
      auto after = previous;
      after.set(question_, *current.find(question_));
      out.diff = dict{{"before", previous}, {"after", std::move(after)}};
    }
    out.data.set("current", std::move(current));
    out.data.set("previous", std::move(previous));
    return out;
  }

private:
  result<void> check() {
    if (args_.has("question") != args_.has("vtype")
        || args_.has("question") != args_.has("value"))
      return error{errc::missing_argument,
                   "question, vtype and value belong together"};
    for (auto name : {"name", "question", "value"})
      if (!is_one_line(args_.text(name)))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot hold a line end or a NUL byte", name)};
    for (auto& word : {args_.text("name"), question_})
      if (word.starts_with("-") || word.find(' ') != std::string::npos)
        return error{errc::invalid_argument,
                     fmt::format("'{}' cannot be the name of a package or a "
                                 "question",
                                 word)};
    // As debconf writes them.
    if (kind_ == "boolean")
      answer_ = lowered(answer_);
    return {};
  }

  static std::string lowered(std::string text) {
    for (auto& each : text)
      if (each >= 'A' && each <= 'Z')
        each = static_cast<char>(each - 'A' + 'a');
    return text;
  }

  result<dict> answers() const {
    auto tool = find_tool("debconf-show", ctx_);
    if (!tool)
      return tool.why();
    auto text = tool_output({*tool, args_.text("name")}, ctx_);
    if (!text)
      return text.why();
    dict out;
    for (auto& line : split_text(*text, '\n')) {
      auto at = line.find(':');
      if (at == std::string::npos)
        continue;
      // A star stands before what was asked already.
      auto name = line.substr(0, at);
      name.erase(0, std::min(name.find_first_not_of("* "), name.size()));
      out.set(trimmed_text(name),
              value::from_host(trimmed_text(line.substr(at + 1))));
    }
    return out;
  }

  bool differs(const dict& known) const {
    if (!args_.has("question"))
      return false;
    auto* now = known.find(question_);
    if (!now)
      return true;
    auto text = std::string{now->text_or("")};
    return answer_ != (kind_ == "boolean" ? lowered(text) : text);
  }

  result<void> set() const {
    if (ctx_.check_mode)
      return {};
    auto tool = find_tool("debconf-set-selections", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool};
    if (args_.flag("unseen"))
      argv.push_back("-u");
    ctx_.changing("answer " + question_);
    auto said
      = tool_output(std::move(argv), ctx_,
                    {.input = fmt::format("{} {} {} {}\n", args_.text("name"),
                                          question_, kind_, answer_)});
    return said ? result<void>{} : result<void>{said.why()};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string question_;
  std::string kind_;
  std::string answer_;
};

class debconf final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "debconf",
      .summary = "Answers the questions that packages of Debian ask.",
      .arguments
      = {{.name = "name",
          .summary = "The package.",
          .required = true,
          .aliases = {"pkg"}},
         {.name = "question",
          .summary = "The question; silent: only return all answers.",
          .aliases = {"selection", "setting"}},
         {.name = "vtype",
          .summary = "The kind of its answer.",
          .choices = {"boolean", "error", "multiselect", "note", "password",
                      "seen", "select", "string", "text", "title"}},
         {.name = "value",
          .summary = "The answer.",
          .aliases = {"answer"},
          .secret = true},
         {.name = "unseen",
          .type = arg_type::boolean,
          .summary = "It may still be asked.",
          .fallback = false}},
      .lock = "debconf",
      .resource = {"answer", {"question"}},
      .example
      = R"({"debconf": {"name": "locales", "question": "locales/default_environment_locale", "vtype": "select", "value": "C.UTF-8"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return debconf_work{args, ctx}.run();
  }
};

const register_module debconf_registration{std::make_shared<debconf>()};

} // namespace

} // namespace troupe
