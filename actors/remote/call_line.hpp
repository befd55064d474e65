#pragma once

#include "actors/remote/carrier.hpp"
#include "actors/remote/line_frames.hpp"
#include "actors/remote/line_preamble.hpp"
#include "platform/host.hpp"
#include "platform/process_feed.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace troupe {

/// What a line could not do.
struct line_failure {
  error why;
  /// The machine at the other end is of this architecture, not of the one that
  /// the engine is for.
  std::string architecture = {};
};

/// What is sent to the other end.
struct source_bytes {
  /// SHA-256 in hex.
  std::string digest;
  uint64_t size = 0;
  std::function<result<std::string>(uint64_t offset, size_t length)> read;
};

/// An engine at the other end of a program's standard streams, which does calls
/// of modules. From any thread; whoever calls waits.
class call_line {
public:
  /// @param of the program, for messages
  call_line(std::shared_ptr<host> machine, connection_setting of,
            process_spec program);
  /// Ends the program, at once or some seconds later, and with it what goes on
  /// at the other end.
  ~call_line();
  call_line(const call_line&) = delete;
  call_line& operator=(const call_line&) = delete;

  /// Starts the program and waits until the engine has introduced itself; what
  /// it asks for is sent from `engine`.
  std::optional<line_failure> open(const sent_engine& engine,
                                   const wait_limit& limit);

  bool is_open();

  /// Who the engine is; once it is open, and always the same.
  const line_hello& peer() const {
    return hello_;
  }

  uint64_t next_number();

  /// Sends a source, once for all calls, and answers with its name.
  result<std::string> send_source(const source_bytes& of, uint32_t mode,
                                  const wait_limit& limit);

  /// Does a call. An error when nobody knows what became of it (`network`: the
  /// line was lost or is silent), or when it was not begun.
  result<module_result>
  call(line_call what, const wait_limit& limit,
       const std::function<void(std::string_view)>& on_output);

  /// Tells the other end that this one is there, unless it is busy anyway.
  void pulse();

  /// The other end is told to end; what it is in the middle of may end first.
  void begin_end();

  /// Whether it has ended, waiting as long as that.
  bool has_ended(std::chrono::steady_clock::time_point until);

  /// Ends the program now.
  void cut();

private:
  static constexpr const char* silent_words
    = "nothing was heard of it any more";

  enum class phase : uint8_t { closed, starting, asked, open, gone };

  struct waiting {
    std::optional<module_result> answer;
    const std::function<void(std::string_view)>* on_output = nullptr;
  };

  /// The program that leads there.
  struct carrying {
    std::shared_ptr<host> machine;
    connection_setting of;
    process_spec program;
    std::shared_ptr<process_feed> feed = std::make_shared<process_feed>();
    std::stop_source stop;
    std::thread thread;
  };

  /// What was sent for all calls.
  struct sent_sources {
    std::timed_mutex mutex;
    std::set<std::string> names;
  };

  void run();
  void on_piece(bool is_error, std::string_view piece);
  bool on_word(line_preamble::word word, std::string_view rest);
  bool take(std::string_view bytes);
  void lose(std::string why);
  error gone_error() const;
  error too_late(const wait_limit& limit) const;
  line_failure failure(error why) const;
  void answer(line_preamble::word wanted, const sent_engine& engine,
              const wait_limit& limit);
  bool send(std::string_view bytes, const wait_limit& limit);
  result<void> send_pieces(const source_bytes& of, const std::string& name,
                           uint32_t mode, const wait_limit& limit);
  bool is_silent() const;
  void await(std::unique_lock<std::mutex>& lock, uint64_t number,
             const wait_limit& limit);

  // What the other end says.
  bool on(line_hello& hello);
  bool on(line_answer& answer);
  bool on(line_output& shown);
  bool on(line_pulse& pulse);
  bool on(source_piece&);
  bool on(line_call&);
  bool on(line_stop&);

  carrying carrier_;
  sent_sources sent_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  phase phase_ = phase::closed;
  line_preamble preamble_;
  // What sudo or the login wants, in phase `asked`.
  line_preamble::word wanted_ = line_preamble::word::none;
  std::string why_gone_;
  line_hello hello_;
  line_reader reader_;
  std::map<uint64_t, waiting> calls_;
  uint64_t last_number_ = 0;
  std::chrono::steady_clock::time_point heard_;
};

} // namespace troupe
