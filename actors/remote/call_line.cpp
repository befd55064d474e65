#include "actors/remote/call_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// What a login may print before the engine begins.
constexpr size_t words_most = size_t{64} << 10U;
constexpr size_t complaints_most = 4096;
// The other end says something every five seconds.
constexpr std::chrono::seconds silence_most{30};
// For the end of a call beyond its time: what the other end needs to end the
// programs of the call, and to say so.
constexpr std::chrono::seconds end_most{20};
constexpr std::chrono::seconds farewell_most{5};
// For a login, beyond the time in which the host has to take the connection.
constexpr std::chrono::seconds login_most{20};
constexpr size_t piece_size = size_t{256} << 10U;

std::string trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  return std::string{
    text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin)};
}

} // namespace

call_line::call_line(std::shared_ptr<host> machine, connection_setting of,
                     process_spec program)
    : machine_{std::move(machine)}, of_{std::move(of)}, program_{
                                                          std::move(program)} {
  program_.feed = feed_;
  program_.stop = stop_.get_token();
  program_.keep_head = 0;
  program_.keep_tail = 0;
  program_.on_output = [this](bool is_error, std::string_view piece) {
    on_piece(is_error, piece);
  };
}

call_line::~call_line() {
  begin_end();
  {
    std::unique_lock lock{mutex_};
    auto ended = [&] { return phase_ == phase::gone; };
    if (!thread_.joinable()
        || !changed_.wait_until(lock, steady::now() + farewell_most, ended))
      stop_.request_stop();
  }
  if (thread_.joinable())
    thread_.join();
}

void call_line::begin_end() {
  feed_->close();
}

// -- the program --------------------------------------------------------------

void call_line::run() {
  std::string why;
  try {
    auto ended = machine_->processes().run(program_);
    if (!ended)
      why = ended.why().message;
    else if (!ended->cancelled)
      why = fmt::format("{} ended with {}", program_.argv.front(), ended->rc);
  } catch (const std::exception& problem) {
    why = problem.what();
  }
  feed_->shut();
  lose(std::move(why));
}

void call_line::lose(std::string why) {
  std::lock_guard lock{mutex_};
  if (why_gone_.empty())
    why_gone_ = std::move(why);
  phase_ = phase::gone;
  changed_.notify_all();
}

void call_line::on_piece(bool is_error, std::string_view piece) {
  std::unique_lock lock{mutex_};
  if (is_error) {
    complaints_ += piece;
    if (complaints_.size() > complaints_most)
      complaints_.erase(0, complaints_.size() - complaints_most);
    return;
  }
  heard_ = steady::now();
  bool sound
    = phase_ == phase::open
        ? reader_.take(piece, [this](line_message x) { on(std::move(x)); })
        : on_words(piece);
  if (sound)
    return;
  if (why_gone_.empty())
    why_gone_ = "what came is not what an engine says";
  lock.unlock();
  stop_.request_stop();
}

bool call_line::on_words(std::string_view piece) {
  words_ += piece;
  for (size_t begin = 0;;) {
    auto end = words_.find('\n', begin);
    if (end == std::string::npos) {
      words_.erase(0, begin);
      return words_.size() <= words_most;
    }
    auto line = std::string_view{words_}.substr(begin, end + 1 - begin);
    begin = end + 1;
    if (line != line_opening) {
      on_word(line.substr(0, line.size() - 1));
      continue;
    }
    phase_ = phase::open;
    auto rest = std::exchange(words_, {}).substr(begin);
    return reader_.take(rest, [this](line_message x) { on(std::move(x)); });
  }
}

void call_line::on_word(std::string_view line) {
  if (line == asks_for_engine)
    phase_ = phase::asked;
  else if (line == engine_begins)
    phase_ = phase::begun;
  else if (line == cannot_keep_engine)
    cannot_keep_ = true;
  else if (line.starts_with(is_other_machine))
    other_machine_ = line.substr(is_other_machine.size());
  else
    return;
  changed_.notify_all();
}

// -- messages -----------------------------------------------------------------

void call_line::on(line_message message) {
  if (auto* hello = std::get_if<line_hello>(&message)) {
    hello_ = std::move(*hello);
  } else if (auto* answer = std::get_if<line_answer>(&message)) {
    if (auto at = calls_.find(answer->number); at != calls_.end())
      at->second.answer = std::move(answer->result);
  } else if (auto* shown = std::get_if<line_output>(&message)) {
    auto at = calls_.find(shown->number);
    if (at != calls_.end() && at->second.on_output && *at->second.on_output)
      (*at->second.on_output)(shown->piece);
  }
  changed_.notify_all();
}

bool call_line::send(const line_message& message, const wait_limit& limit) {
  return feed_->write(frames_of(message), limit);
}

void call_line::pulse() {
  // Who is busy taking what there is knows that this end is there.
  if (is_open())
    send(line_pulse{}, {steady::now()});
}

bool call_line::is_open() {
  std::lock_guard lock{mutex_};
  return phase_ == phase::open;
}

uint64_t call_line::next_number() {
  std::lock_guard lock{mutex_};
  return ++last_number_;
}

error call_line::gone_error() {
  auto said = trimmed(complaints_);
  return {errc::network, said.empty()        ? why_gone_
                         : why_gone_.empty() ? said
                                             : said + " (" + why_gone_ + ")"};
}

// -- beginning ----------------------------------------------------------------

std::optional<line_failure> call_line::open(const sent_engine& engine,
                                            const wait_limit& limit) {
  auto begun = steady::now();
  {
    std::lock_guard lock{mutex_};
    phase_ = phase::starting;
    heard_ = begun;
  }
  thread_ = std::thread{[this] { run(); }};
  for (auto seen = phase::starting; seen != phase::open;) {
    std::unique_lock lock{mutex_};
    auto news = [&] {
      return phase_ == phase::open ? !hello_.version.empty() : phase_ != seen;
    };
    auto until
      = seen == phase::starting ? std::min(
          limit.until, begun + login_most + std::chrono::seconds{of_.timeout})
                                : limit.until;
    bool in_time = changed_.wait_until(lock, limit.stop, until, news);
    if (!in_time)
      return line_failure{too_late(limit)};
    seen = phase_;
    if (seen == phase::gone) {
      auto why = gone_error();
      if (cannot_keep_)
        why.message = "the engine could not be kept there: " + why.message;
      return line_failure{std::move(why), other_machine_};
    }
    lock.unlock();
    if (seen == phase::asked)
      send_engine(engine, limit);
    // Of the password sudo takes as much as it asks for.
    if (seen == phase::begun)
      feed_->write(of_.password + "\n" + std::string{line_opening}, limit);
  }
  if (hello_.version != TROUPE_VERSION)
    return line_failure{
      {errc::unsupported,
       fmt::format("the engine there is of version '{}', this one of "
                   "{}",
                   hello_.version, TROUPE_VERSION)}};
  return std::nullopt;
}

error call_line::too_late(const wait_limit& limit) const {
  if (limit.stop.stop_requested())
    return {errc::cancelled, "the run has ended"};
  return {errc::timeout,
          fmt::format("nothing answered within {} seconds", of_.timeout)};
}

void call_line::send_engine(const sent_engine& engine,
                            const wait_limit& limit) {
  std::string_view rest{engine.bytes};
  while (!rest.empty()) {
    auto piece = rest.substr(0, piece_size);
    // What went wrong there is told when the program has ended.
    if (!feed_->write(std::string{piece}, limit))
      return;
    rest.remove_prefix(piece.size());
  }
}

// -- calls --------------------------------------------------------------------

result<std::string> call_line::send_source(const source_bytes& of,
                                           uint32_t mode,
                                           const wait_limit& limit) {
  auto name = fmt::format("{}-{:o}", of.digest, mode);
  std::lock_guard lock{shipping_};
  if (shipped_.contains(name))
    return name;
  uint64_t at = 0;
  do {
    auto length = std::min<uint64_t>(of.size - at, piece_size);
    auto piece = of.read(at, length);
    at += length;
    if (piece
        && send(source_piece{name, mode, std::move(*piece), at == of.size},
                limit))
      continue;
    std::lock_guard state{mutex_};
    if (piece && phase_ == phase::gone)
      return gone_error();
    // A part of it is on its way: nothing can follow.
    stop_.request_stop();
    return piece ? too_late(limit) : piece.why();
  } while (at < of.size);
  shipped_.insert(name);
  return name;
}

bool call_line::is_silent() {
  return steady::now() > heard_ + silence_most;
}

result<module_result>
call_line::call(line_call what, const wait_limit& limit,
                const std::function<void(std::string_view)>& on_output) {
  auto number = what.number;
  what.watched = static_cast<bool>(on_output);
  auto bytes = frames_of(what);
  if (bytes.empty())
    return module_result::failure(
      errc::exhausted,
      fmt::format("what the task needs there is longer than {} bytes",
                  line_message_most));
  std::unique_lock lock{mutex_};
  auto& entry = calls_[number];
  entry.on_output = &on_output;
  lock.unlock();
  bool sent = feed_->write(std::move(bytes), limit);
  lock.lock();
  if (!sent && phase_ != phase::gone) {
    // Nothing of it is on its way.
    calls_.erase(number);
    return too_late(limit);
  }
  auto done = [&] { return entry.answer || phase_ == phase::gone; };
  auto until = limit.until;
  bool stopped = false;
  while (sent && !done()) {
    auto next = std::min(until, steady::now() + std::chrono::seconds{1});
    std::stop_token none;
    changed_.wait_until(lock, stopped ? none : limit.stop, next, done);
    if (done())
      break;
    auto now = steady::now();
    if (!stopped && (limit.stop.stop_requested() || now >= until)) {
      // The other end has the same deadline, by its own clock.
      stopped = true;
      until = now + end_most;
      lock.unlock();
      send(line_stop{number}, {now + std::chrono::seconds{1}});
      lock.lock();
    } else if (is_silent() || (stopped && now >= until)) {
      why_gone_ = "nothing was heard of it any more";
      break;
    }
  }
  auto answer = std::move(entry.answer);
  calls_.erase(number);
  if (answer)
    return std::move(*answer);
  auto why = gone_error();
  lock.unlock();
  stop_.request_stop();
  return why;
}

} // namespace troupe
