#include "actors/remote/call_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds farewell_most{5};
// For a login, beyond the time in which the host has to take the connection:
// both machines may be busy with many at once.
constexpr std::chrono::seconds login_most{60};
// For each quarter of a megabyte of an engine.
constexpr std::chrono::seconds piece_most{30};

} // namespace

call_line::call_line(std::shared_ptr<host> machine, connection_setting of,
                     process_spec program)
    : carrier_{std::move(machine), std::move(of), std::move(program)} {
  auto& spec = carrier_.program;
  spec.feed = carrier_.feed;
  spec.stop = carrier_.stop.get_token();
  spec.keep_head = 0;
  spec.keep_tail = 0;
  spec.on_output = [this](bool is_error, std::string_view piece) {
    on_piece(is_error, piece);
  };
}

call_line::~call_line() {
  begin_end();
  if (!carrier_.thread.joinable())
    return;
  if (!has_ended(steady::now() + farewell_most))
    cut();
  carrier_.thread.join();
}

void call_line::begin_end() {
  carrier_.feed->close();
}

bool call_line::has_ended(steady::time_point until) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, until,
                             [&] { return phase_ == phase::gone; });
}

void call_line::cut() {
  carrier_.stop.request_stop();
}

// -- the program --------------------------------------------------------------

void call_line::run() {
  std::string why;
  try {
    auto ended = carrier_.machine->processes().run(carrier_.program);
    if (!ended)
      why = ended.why().message;
    else if (!ended->cancelled)
      why = fmt::format("{} ended with {}", carrier_.program.argv.front(),
                        ended->rc);
  } catch (const std::exception& problem) {
    why = problem.what();
  }
  carrier_.feed->shut();
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
  bool sound = true;
  if (is_error) {
    sound = on_word(preamble_.complain(piece), {});
  } else {
    heard_ = steady::now();
    if (phase_ == phase::open) {
      sound = take(piece);
    } else {
      std::string rest;
      auto word = preamble_.take(piece, rest);
      sound = on_word(word, rest);
    }
  }
  if (sound)
    return;
  if (why_gone_.empty())
    why_gone_ = "what came is not what an engine says";
  lock.unlock();
  cut();
}

bool call_line::on_word(line_preamble::word word, std::string_view rest) {
  using words = line_preamble::word;
  switch (word) {
  case words::none:
    return true;
  case words::noise:
    return false;
  case words::refusal:
    why_gone_ = "Incorrect sudo password";
    return false;
  case words::opened:
    phase_ = phase::open;
    return take(rest);
  default:
    // A password is for sudo alone, before it has begun.
    if (phase_ == phase::open)
      return true;
    wanted_ = word;
    phase_ = phase::asked;
    changed_.notify_all();
    return true;
  }
}

// -- messages -----------------------------------------------------------------

bool call_line::take(std::string_view bytes) {
  bool known = true;
  bool sound = reader_.take(bytes, [&](line_message message) {
    known = known && std::visit([this](auto& x) { return on(x); }, message);
  });
  changed_.notify_all();
  return sound && known;
}

bool call_line::on(line_hello& hello) {
  constexpr size_t longest = 256;
  bool fits = hello_.version.empty() && !hello.version.empty()
              && hello.folder.starts_with('/')
              && hello.folder.size() <= longest;
  // Others read it without a lock: it never changes.
  if (fits)
    hello_ = std::move(hello);
  return fits;
}

bool call_line::on(line_answer& answer) {
  auto at = calls_.find(answer.number);
  if (at != calls_.end() && !at->second.answer)
    at->second.answer = std::move(answer.result);
  return true;
}

bool call_line::on(line_output& shown) {
  auto at = calls_.find(shown.number);
  if (at != calls_.end() && at->second.on_output && *at->second.on_output)
    (*at->second.on_output)(shown.piece);
  return true;
}

bool call_line::on(line_pulse&) {
  return true;
}

// What only this end says.
bool call_line::on(source_piece&) {
  return false;
}

bool call_line::on(line_call&) {
  return false;
}

bool call_line::on(line_stop&) {
  return false;
}

bool call_line::send(std::string_view bytes, const wait_limit& limit) {
  // A host that takes nothing need not be one that is slow.
  for (;;) {
    auto now = steady::now();
    if (carrier_.feed->write(bytes,
                             limit.at_most(now + std::chrono::seconds{1})))
      return true;
    std::lock_guard lock{mutex_};
    if (phase_ == phase::gone || limit.stop.stop_requested()
        || now >= limit.until)
      return false;
    if (is_silent()) {
      if (why_gone_.empty())
        why_gone_ = silent_words;
      phase_ = phase::gone;
      cut();
      return false;
    }
  }
}

void call_line::pulse() {
  // Who is busy taking what there is knows that this end is there.
  if (is_open())
    carrier_.feed->write(frames_of(line_pulse{}), {steady::now()});
}

bool call_line::is_open() {
  std::lock_guard lock{mutex_};
  return phase_ == phase::open;
}

uint64_t call_line::next_number() {
  std::lock_guard lock{mutex_};
  return ++last_number_;
}

// -- beginning ----------------------------------------------------------------

error call_line::gone_error() const {
  auto said = preamble_.complaints();
  auto& why = why_gone_;
  return {errc::network, said.empty()  ? why
                         : why.empty() ? said
                                       : fmt::format("{} ({})", said, why)};
}

error call_line::too_late(const wait_limit& limit) const {
  auto said = preamble_.complaints();
  auto behind = said.empty() ? std::string{} : ": " + said;
  if (limit.stop.stop_requested())
    return {errc::cancelled, "the run has ended"};
  return {errc::timeout, "nothing answered in time" + behind};
}

line_failure call_line::failure(error why) const {
  if (preamble_.cannot_keep_engine())
    why.message = "the engine could not be kept there: " + why.message;
  return {std::move(why), preamble_.other_machine()};
}

std::optional<line_failure> call_line::open(const sent_engine& engine,
                                            const wait_limit& limit) {
  auto patience = login_most + std::chrono::seconds{carrier_.of.timeout};
  auto until = std::min(limit.until, steady::now() + patience);
  std::unique_lock lock{mutex_};
  phase_ = phase::starting;
  heard_ = steady::now();
  carrier_.thread = std::thread{[this] { run(); }};
  auto news = [&] {
    return phase_ == phase::open ? !hello_.version.empty()
                                 : phase_ != phase::starting;
  };
  while (changed_.wait_until(lock, limit.stop, until, news)) {
    if (phase_ == phase::gone)
      return failure(gone_error());
    if (phase_ == phase::open) {
      if (hello_.version == TROUPE_VERSION)
        return std::nullopt;
      return failure(
        {errc::network,
         fmt::format("the engine there is of version '{}', this one of {}",
                     hello_.version, TROUPE_VERSION)});
    }
    phase_ = phase::starting;
    auto wanted = wanted_;
    lock.unlock();
    answer(wanted, engine, limit);
    lock.lock();
    until = std::min(limit.until, steady::now() + patience);
  }
  return failure(too_late(limit));
}

void call_line::answer(line_preamble::word wanted, const sent_engine& engine,
                       const wait_limit& limit) {
  constexpr size_t piece_size = size_t{256} << 10U;
  auto& feed = *carrier_.feed;
  if (wanted == line_preamble::word::password) {
    feed.write(carrier_.of.password + "\n", limit);
    return;
  }
  // What goes wrong there is told when the program has ended.
  for (std::string_view rest{engine.bytes}; !rest.empty();) {
    auto piece = rest.substr(0, piece_size);
    if (!feed.write(piece, limit.at_most(steady::now() + piece_most)))
      return;
    rest.remove_prefix(piece.size());
  }
}

} // namespace troupe
