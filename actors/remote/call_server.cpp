#include "actors/remote/call_server.hpp"

#include "actors/remote/connections.hpp"
#include "actors/remote/line_frames.hpp"
#include "actors/remote/source_store.hpp"
#include "actors/run/job.hpp"
#include "actors/state/run_folder.hpp"
#include "modules/support/commands/external.hpp"
#include "platform/crypto.hpp"
#include "platform/output.hpp"
#include "platform/signals.hpp"
#include "platform/standard_line.hpp"
#include "platform/threads.hpp"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// The other end is told that this one is there.
constexpr std::chrono::seconds pulse_after{5};
// Nothing has come from the other end: it is gone.
constexpr std::chrono::seconds peer_silence_most{60};
// For what goes on when the line ends, beyond the grace of its programs.
constexpr std::chrono::seconds last_calls_most{20};
constexpr size_t calls_most = 256;

/// Shows what programs print, ten times a second and only the end of it.
class shown_output {
public:
  using teller = std::function<void(std::string)>;

  explicit shown_output(teller tell) : tell_{std::move(tell)} {
  }

  void add(std::string_view piece) {
    constexpr size_t kept = 8192;
    constexpr std::chrono::milliseconds pause{100};
    held_ += piece.substr(piece.size() - std::min(piece.size(), kept));
    if (held_.size() > kept)
      held_.erase(0, held_.size() - kept);
    auto now = steady::now();
    if (now < next_)
      return;
    next_ = now + pause;
    tell_(std::exchange(held_, {}));
  }

private:
  teller tell_;
  std::string held_;
  steady::time_point next_;
};

class call_server {
public:
  call_server(std::shared_ptr<host> machine, standard_line line,
              std::string folder)
      : line_{std::move(line)}, store_{*machine, folder} {
    environment_.machine = std::move(machine);
    environment_.temporary_directory = std::move(folder);
    environment_.lines = std::make_shared<connections>(environment_.machine);
    // Only playbooks are run from elsewhere.
    environment_.each_alone = true;
  }

  int run() {
    introduce();
    auto heard = steady::now();
    auto take = [this](std::string_view bytes) {
      bool readable = reader_.take(bytes, [this](line_message message) {
        std::visit([this](auto& x) { on(x); }, message);
      });
      // Beside what a message that can be read has made of it.
      sound_ = sound_ && readable;
    };
    while (sound_) {
      auto came
        = line_.read({steady::now() + pulse_after, broken_.get_token()});
      if (!came || (*came && (*came)->empty()))
        break;
      auto now = steady::now();
      if (*came) {
        heard = now;
        take(**came);
      }
      if (now >= heard + peer_silence_most || broken_.stop_requested())
        break;
      if (now >= next_pulse())
        send(line_pulse{});
      reap();
    }
    end_calls();
    return sound_ ? 0 : 70;
  }

private:
  struct running_call {
    std::thread thread;
    std::stop_source stop;
    std::atomic<bool> ended = false;
  };

  void introduce() {
    auto& accounts = environment_.machine->accounts();
    auto uid = accounts.effective_uid();
    auto me = accounts.user(uid);
    {
      std::lock_guard lock{writing_};
      if (!line_.write(line_opening, {steady::now() + peer_silence_most}))
        broken_.request_stop();
    }
    send(line_hello{TROUPE_VERSION, uid, me ? me->name : std::string{},
                    environment_.temporary_directory});
  }

  void send(const line_message& message) {
    auto bytes = frames_of(message);
    std::lock_guard lock{writing_};
    next_pulse_ = steady::now() + pulse_after;
    if (!line_.write(bytes,
                     {steady::now() + peer_silence_most, broken_.get_token()}))
      broken_.request_stop();
  }

  steady::time_point next_pulse() {
    std::lock_guard lock{writing_};
    return next_pulse_;
  }

  void on(line_call& call) {
    if (calls_.size() >= calls_most)
      return answer(
        call.number,
        module_result::failure(
          errc::exhausted,
          fmt::format("more than {} calls at once on one host", calls_most)));
    auto [at, is_new] = calls_.try_emplace(call.number);
    if (!is_new) {
      sound_ = false;
      return;
    }
    auto& entry = at->second;
    auto what = std::make_shared<line_call>(std::move(call));
    try {
      entry.thread = std::thread{[this, &entry, what] {
        do_call(*what, entry.stop.get_token());
        entry.ended = true;
      }};
    } catch (const std::system_error&) {
      auto number = what->number;
      calls_.erase(at);
      answer(number, module_result::failure(
                       errc::exhausted, "the host has no thread for a call"));
    }
  }

  void on(line_stop& stop) {
    if (auto at = calls_.find(stop.number); at != calls_.end())
      at->second.stop.request_stop();
  }

  void on(source_piece& piece) {
    store_.add(piece);
  }

  void on(line_pulse&) {
  }

  // What only this end says.
  void on(line_hello&) {
    sound_ = false;
  }

  void on(line_output&) {
    sound_ = false;
  }

  void on(line_answer&) {
    sound_ = false;
  }

  void answer(uint64_t number, module_result result) {
    line_answer out{number, std::move(result)};
    if (!frames_of(out).empty())
      return send(out);
    out.result.data = {};
    out.result.diff = {};
    out.result.facts = {};
    out.result.failed = true;
    out.result.why = errc::exhausted;
    out.result.msg
      = fmt::format("the result is longer than {} bytes", line_message_most);
    send(out);
  }

  void do_call(line_call& call, const std::stop_token& stop) {
    auto number = call.number;
    try {
      answer(number, done(call, stop));
    } catch (const std::exception& problem) {
      // Without an answer the other end would wait for ever: so does nobody
      // without a line.
      try {
        answer(number, module_result::failure(errc::exhausted, problem.what()));
      } catch (const std::exception&) {
        broken_.request_stop();
      }
    }
  }

  module_result done(line_call& call, const std::stop_token& stop) {
    auto begun = steady::now();
    job out;
    out.module = builtin_modules().find(call.module);
    auto owner = owner_of_sources(call);
    auto place
      = store_.place(call.number, call.sources, owner ? &*owner : nullptr);
    // Whatever becomes of the call.
    source_store::placed sources{store_, call};
    if (!place)
      return module_result::failure(place.why());
    if (!call.program.empty())
      out.module
        = make_external_module(call.module, *place + "/" + call.program);
    if (!out.module)
      return module_result::failure(
        errc::unsupported,
        fmt::format("the engine there has no module '{}'", call.module));
    out.args = arguments{std::move(call.args), &out.module->spec()};
    out.check_mode = call.check_mode;
    out.aside = call.aside;
    out.diff_mode = call.diff_mode;
    out.verbosity = static_cast<int>(call.verbosity);
    out.output_limit = call.output_limit;
    out.environment = std::move(call.environment);
    out.become_user = std::move(call.become_user);
    out.become_method = std::move(call.become_method);
    out.become_program = std::move(call.become_program);
    out.become_flags = std::move(call.become_flags);
    out.become_password = std::move(call.become_password);
    if (call.time)
      out.deadline = later(begun, *call.time);
    out.stop = stop;
    if (call.prepared)
      out.prepared
        = std::make_shared<const prepared_source>(std::move(*call.prepared));
    shown_output shown{[this, number = call.number](std::string piece) {
      send(line_output{number, std::move(piece)});
    }};
    if (call.watched)
      out.on_output = [&](std::string_view piece) { shown.add(piece); };
    return run_job(out, environment_).result;
  }

  /// Who acts for another user reads the sources as that one.
  std::optional<user_account> owner_of_sources(const line_call& call) {
    auto& accounts = environment_.machine->accounts();
    if (call.become_user.empty() || accounts.effective_uid() != 0)
      return std::nullopt;
    return accounts.user(call.become_user);
  }

  void reap() {
    for (auto at = calls_.begin(); at != calls_.end();) {
      auto here = at++;
      if (!here->second.ended)
        continue;
      here->second.thread.join();
      calls_.erase(here);
    }
  }

  void end_calls() {
    for (auto& [number, call] : calls_)
      call.stop.request_stop();
    auto until = steady::now() + last_calls_most;
    for (reap(); !calls_.empty() && steady::now() < until; reap())
      environment_.machine->clock().sleep_until(
        steady::now() + std::chrono::milliseconds{20}, {});
    // What does not end is ended with this process, and what it has started
    // by the watchdog.
    if (!calls_.empty())
      end_at_once(70);
  }

  standard_line line_;
  std::mutex writing_;
  steady::time_point next_pulse_;
  std::stop_source broken_;
  source_store store_;
  job_environment environment_;
  line_reader reader_;
  std::map<uint64_t, running_call> calls_;
  bool sound_ = true;
};

} // namespace

bool serves_calls(int argc, char** argv) {
  return argc == 2 && argv[1] == std::string_view{serve_calls_argument};
}

int serve_calls() {
  auto fail = [](const error& why) {
    output{output::stream::err}.write(why.message + "\n");
    return 70;
  };
  auto line = standard_line::take();
  if (!line)
    return fail(line.why());
  widen_thread_stacks();
  auto machine = make_real_host();
  clear_leftovers(*machine, users_base);
  auto folder = make_folder_in(*machine, users_base, "calls");
  if (!folder)
    return fail(folder.why());
  // Users for whom root acts come to their own sources in it, and see no other.
  if (machine->accounts().effective_uid() == 0)
    static_cast<void>(machine->files().set_mode(*folder, 0711));
  auto out = call_server{machine, *std::move(line), *folder}.run();
  remove_folder(*machine, *folder);
  return out;
}

} // namespace troupe
