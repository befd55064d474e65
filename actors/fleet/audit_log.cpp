#include "actors/fleet/audit_log.hpp"

#include "actors/run/task_result.hpp"

#include <iterator>
#include <utility>

namespace troupe {

namespace {

constexpr unsigned refusals_a_second = 50;

/// By people who may have no right to.
bool is_of_strangers(const audit_entry& entry) {
  return entry.what == "refused" || entry.what == "violation";
}

} // namespace

result<std::shared_ptr<audit_log>> audit_log::open(file_system& files,
                                                   clock_source& clock,
                                                   const std::string& path,
                                                   audit_terms terms) {
  auto file = audit_file::open(files, path, terms.files);
  if (!file)
    return file.why();
  std::shared_ptr<audit_log> out{
    new audit_log{std::move(*file), clock, std::move(terms)}};
  out->thread_ = std::thread{[raw = out.get()] { raw->serve(); }};
  return out;
}

audit_log::~audit_log() {
  {
    std::lock_guard held{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

bool audit_log::has_room(const audit_entry& entry) {
  auto most = is_of_strangers(entry) ? terms_.waiting / 2 : terms_.waiting;
  if (waiting_.size() + writing_ >= most)
    return false;
  if (entry.what != "refused")
    return true;
  auto now = clock_.steady_now();
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    in_second_ = 0;
  }
  return ++in_second_ <= refusals_a_second;
}

void audit_log::note(audit_entry entry) {
  {
    std::lock_guard held{mutex_};
    if (!has_room(entry)) {
      ++left_out_;
      return;
    }
    waiting_.push_back(
      {std::move(entry), clock_.now(), std::exchange(left_out_, 0)});
  }
  changed_.notify_all();
}

result<void> audit_log::flush() {
  std::unique_lock held{mutex_};
  auto before = attempts_;
  auto over = [&] { return waiting_.empty() && writing_ == 0; };
  changed_.wait(held,
                [&] { return over() || (!failed_ && attempts_ > before + 1); });
  return over() ? result<void>{} : failed_;
}

void audit_log::serve() {
  std::unique_lock held{mutex_};
  for (;;) {
    changed_.wait(held, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty())
      return;
    std::vector<waiting> batch{std::make_move_iterator(waiting_.begin()),
                               std::make_move_iterator(waiting_.end())};
    waiting_.clear();
    writing_ = batch.size();
    held.unlock();
    auto done = write(batch);
    tell_trouble(done);
    held.lock();
    ++attempts_;
    writing_ = 0;
    failed_ = done;
    if (!done)
      waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()),
                      std::make_move_iterator(batch.end()));
    changed_.notify_all();
    if (!done && ending_)
      return;
    if (!done)
      changed_.wait_for(held, terms_.pause, [this] { return ending_; });
  }
}

result<void> audit_log::write(const std::vector<waiting>& batch) {
  std::vector<dict> entries;
  for (auto& each : batch) {
    auto& out = entries.emplace_back(
      dict{{"time", format_time(each.time)}, {"what", each.what.what}});
    for (auto& [key, text] : {std::pair{"who", each.what.who},
                              {"address", each.what.address},
                              {"text", each.what.text}})
      if (!text.empty())
        out.set(key, text);
    if (each.left_out > 0)
      out.set("left_out", static_cast<int64_t>(each.left_out));
  }
  return file_.write(std::move(entries));
}

void audit_log::tell_trouble(const result<void>& how) {
  auto what = how ? std::string{} : how.why().message;
  auto before = std::exchange(trouble_, what);
  if (terms_.tell && before != what)
    terms_.tell(what.empty() ? "the audit log is written again"
                             : "the audit log cannot be written: " + what);
}

} // namespace troupe
