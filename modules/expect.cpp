#include "modules/module.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/dialogue.hpp"
#include "modules/support/files/paths.hpp"
#include "platform/process_feed.hpp"

#include <fmt/format.h>

#include <functional>

namespace troupe {

namespace {

// Many programs ask first and make the terminal ready for the answer then; what
// was typed before is lost.
constexpr std::chrono::milliseconds time_to_listen{50};

constexpr int64_t usual_timeout = 30;

/// A terminal has one stream.
void forget_errors(module_result& out) {
  out.data.erase("stderr");
  out.data.erase("stderr_lines");
}

/// Runs a program and answers what it asks.
class conversation {
public:
  conversation(dialogue answers, const arguments& args,
               const module_context& ctx)
      : answers_{std::move(answers)}, ctx_{ctx}, timeout_{timeout_of(args)},
        feed_{std::make_shared<process_feed>(
          program_terminal{.echo = args.flag("echo")})},
        passed_on_{ctx.stop, [this] { ended_.request_stop(); }} {
  }

  module_result hold(command_request request) {
    request.process.feed = feed_;
    request.process.stop = ended_.get_token();
    request.process.on_output
      = [this](bool, std::string_view piece) { hear(piece); };
    wait_anew();
    auto out = run_command(std::move(request), ctx_);
    forget_errors(out);
    judge(out);
    if (out.failed)
      out.data.set("msg", out.msg);
    else
      out.data.erase("msg");
    return out;
  }

private:
  /// Nothing: it waits for each question as long as it takes.
  static std::optional<std::chrono::seconds> timeout_of(const arguments& args) {
    auto* given = args.all().find("timeout");
    if (given && given->is_null())
      return std::nullopt;
    return std::chrono::seconds{args.integer("timeout", usual_timeout)};
  }

  void wait_anew() {
    if (timeout_)
      feed_->end_at(later(ctx_.machine.clock().steady_now(), *timeout_));
  }

  void hear(std::string_view piece) {
    if (trouble_)
      return;
    auto heard = answers_.hear(
      piece, [this](const std::string& line) { return say(line); });
    if (heard)
      return;
    trouble_ = heard.why();
    ended_.request_stop();
  }

  result<void> say(const std::string& line) {
    if (!ctx_.wait(time_to_listen))
      return ctx_.must_end();
    // Nobody to wait for: this is the thread that hands on what is written. A
    // program that reads nothing of so much is at its timeout.
    if (feed_->write(line, {ctx_.machine.clock().steady_now()}))
      wait_anew();
    return {};
  }

  void judge(module_result& out) {
    auto is_late = out.timed_out
                   && (!ctx_.deadline
                       || ctx_.machine.clock().steady_now() < *ctx_.deadline);
    if (is_late)
      out.msg = "command exceeded timeout";
    if (trouble_ && !ctx_.stop.stop_requested() && !out.timed_out) {
      out.failed = true;
      out.cancelled = false;
      out.why = trouble_->code;
      out.msg = trouble_->message;
    }
    if (out.timed_out || out.cancelled || trouble_)
      out.data.set("rc", value{});
  }

  dialogue answers_;
  const module_context& ctx_;
  std::optional<std::chrono::seconds> timeout_;
  std::shared_ptr<process_feed> feed_;
  // Requested by the run, or when there is nothing more to say.
  std::stop_source ended_;
  std::stop_callback<std::function<void()>> passed_on_;
  std::optional<error> trouble_;
};

class expect final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "expect",
      .summary = "Runs a program at a terminal and answers what it asks.",
      .arguments
      = {{.name = "command",
          .summary = "Program and arguments; no shell reads them.",
          .required = true},
         {.name = "responses",
          .type = arg_type::dict,
          .summary = "Regular expressions of questions, each with its response "
                     "or a list of responses, one for each time.",
          .required = true,
          .secret = true},
         {.name = "timeout",
          .type = arg_type::integer,
          .summary = "The longest wait for the next question or the end, in "
                     "seconds; null: no limit.",
          .fallback = usual_timeout},
         {.name = "echo",
          .type = arg_type::boolean,
          .summary = "Show the responses in the output.",
          .fallback = false},
         {.name = "chdir",
          .type = arg_type::path,
          .summary = "Folder in which it runs."},
         {.name = "creates",
          .type = arg_type::path,
          .summary = "Path; when it exists, nothing is run."},
         {.name = "removes",
          .type = arg_type::path,
          .summary = "Path; when it is missing, nothing is run."}},
      .idempotent = false,
      .resource = {"command", {"command"}},
      .example = R"({"expect": {"command": "passwd app", )"
                 R"("responses": {"(?i)password:": "{{ new_password }}"}}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto answers = dialogue::read(args.find("responses")->as_dict());
    if (!answers)
      return module_result::failure(answers.why());
    if (args.integer("timeout") < 0)
      return module_result::failure(errc::invalid_argument,
                                    "timeout: 0 seconds or more, or null");
    command_request request;
    request.shown = args.text("command");
    request.process.argv = words_of_terminal_line(args.text("command"));
    if (request.process.argv.empty()) {
      auto out
        = module_result::failure(errc::invalid_argument, "no command given");
      out.data.set("rc", 256);
      return out;
    }
    prepare_command(request, args, ctx);
    // That of this module is about each question.
    request.timeout.reset();
    request.process.deadline = ctx.deadline;
    module_result out;
    if (!should_run(args, request, ctx, out)) {
      forget_errors(out);
      if (!out.failed)
        out.msg.clear();
      return out;
    }
    return conversation{*std::move(answers), args, ctx}.hold(
      std::move(request));
  }
};

const register_module expect_registration{std::make_shared<expect>()};

} // namespace

} // namespace troupe
