#pragma once

#include "actors/remote/carrier.hpp"
#include "actors/remote/line_frames.hpp"
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
  /// Ends the program, and with it what goes on at the other end.
  ~call_line();
  call_line(const call_line&) = delete;
  call_line& operator=(const call_line&) = delete;

  /// Starts the program and waits until the engine has introduced itself; what
  /// it asks for is sent from `engine`.
  std::optional<line_failure> open(const sent_engine& engine,
                                   const wait_limit& limit);

  bool is_open();

  /// Who the engine is; once it is open.
  const line_hello& peer() const {
    return hello_;
  }

  uint64_t next_number();

  /// Sends a source, once for all calls, and answers with its name.
  result<std::string> send_source(const source_bytes& of, uint32_t mode,
                                  const wait_limit& limit);

  /// Does a call. An error when nobody knows what became of it: the line was
  /// lost, or is silent.
  result<module_result>
  call(line_call what, const wait_limit& limit,
       const std::function<void(std::string_view)>& on_output);

  /// Tells the other end that this one is there, unless it is busy anyway.
  void pulse();

  /// The end of `~call_line` begins; does not wait.
  void begin_end();

private:
  enum class phase : uint8_t {
    closed,
    starting,
    asked,
    begun,
    open,
    gone,
  };

  struct waiting {
    std::optional<module_result> answer;
    const std::function<void(std::string_view)>* on_output = nullptr;
  };

  void run();
  void on_piece(bool is_error, std::string_view piece);
  bool on_words(std::string_view piece);
  void on_word(std::string_view line);
  void on(line_message message);
  void lose(std::string why);
  error gone_error();
  error too_late(const wait_limit& limit) const;
  void send_engine(const sent_engine& engine, const wait_limit& limit);
  bool send(const line_message& message, const wait_limit& limit);
  bool is_silent();

  std::shared_ptr<host> machine_;
  connection_setting of_;
  process_spec program_;
  std::shared_ptr<process_feed> feed_ = std::make_shared<process_feed>();
  std::stop_source stop_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  phase phase_ = phase::closed;
  // What is said before the first message, and what ssh complains of.
  std::string words_;
  std::string complaints_;
  std::string other_machine_;
  std::string why_gone_;
  bool cannot_keep_ = false;
  line_hello hello_;
  line_reader reader_;
  std::map<uint64_t, waiting> calls_;
  uint64_t last_number_ = 0;
  std::chrono::steady_clock::time_point heard_;

  std::mutex shipping_;
  std::set<std::string> shipped_;
};

} // namespace troupe
