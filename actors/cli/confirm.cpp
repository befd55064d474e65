#include "actors/cli/confirm.hpp"

#include "actors/cli/run_code.hpp"
#include "actors/report/change_keeper.hpp"
#include "platform/terminal.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <stop_token>

namespace troupe {

namespace {

/// A question that a signal ends, as it ends a run.
class open_question final : public run_handle {
public:
  void cancel(cancel_reason reason) override {
    reason_ = reason;
    stop_.request_stop();
  }

  void query(std::function<void(const run_snapshot&)> answer) override {
    answer({});
  }

  std::stop_token stop() const {
    return stop_.get_token();
  }

  /// How the program ends without a yes.
  exit_code code() const {
    if (!stop_.stop_requested())
      return exit_code::not_confirmed;
    return reason_ == cancel_reason::interrupted ? exit_code::interrupted
                                                 : exit_code::terminated;
  }

private:
  std::stop_source stop_;
  std::atomic<cancel_reason> reason_ = cancel_reason::interrupted;
};

bool is_yes(std::string answer) {
  std::transform(answer.begin(), answer.end(), answer.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return answer == "y" || answer == "yes";
}

bool ask(signal_relay& relay, command_line& line) {
  auto question = std::make_shared<open_question>();
  relay.attach(question);
  auto answer
    = ask_on_terminal("\nApply these changes? [y/N] ", question->stop());
  if (answer && is_yes(*answer))
    return true;
  line.code = question->code();
  line.tell("troupe: nothing was done\n");
  return false;
}

} // namespace

bool confirm(asked_run& asked, const run_options& given, signal_relay& relay,
             command_line& line) {
  auto request = asked.request;
  request.state = nullptr;
  request.given_settings.set("check_mode", true);
  request.given_settings.set("diff_mode", true);
  // What the answer is about is a real run, whatever settings say.
  asked.request.given_settings.set("check_mode", false);
  auto what = prepare_asked(asked.found, request, given, line);
  if (!what)
    return false;
  conduct_if_asked(*what, given);
  tell_before(*what, given, line);
  view_options shown;
  shown.output = given.view.output;
  shown.brief = given.view.brief;
  run_views views{shown, *what, line};
  relay.speak_through(views.aside());
  auto writers = views.writers();
  auto keeper = std::make_shared<change_keeper>();
  writers.push_back(keeper);
  relay.begin();
  auto outcome
    = execute(*what, writers, [&](auto run) { relay.attach(std::move(run)); });
  line.code = code_for(outcome);
  if (line.code != exit_code::ok) {
    line.tell("troupe: the check did not go well: nothing was done\n");
    return false;
  }
  if (keeper->found_none()) {
    line.tell("troupe: there is nothing to do\n");
    return false;
  }
  return ask(relay, line);
}

} // namespace troupe
