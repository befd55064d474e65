// A journal may hold anything: it is read, or refused. What was written and
// then cut or altered gives the records before the damage, or an error, and
// never one that nobody wrote. What the codec reads it writes and reads again.

#include "actors/state/journal.hpp"
#include "actors/state/run_past.hpp"
#include "actors/state/undo_entry.hpp"
#include "config/value/record_codec.hpp"
#include "platform/record_log.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

using namespace troupe;
using fuzz::must;

using records = std::vector<std::pair<uint8_t, std::string>>;

/// Takes bytes from the front of an input, as far as there are any.
class input_bytes {
public:
  explicit input_bytes(std::string_view left) : left_{left} {
  }

  bool empty() const {
    return left_.empty();
  }

  std::string_view rest() const {
    return left_;
  }

  std::string_view take(size_t count) {
    auto out = left_.substr(0, count);
    left_.remove_prefix(out.size());
    return out;
  }

  uint64_t number(size_t bytes) {
    uint64_t out = 0;
    for (auto c : take(bytes))
      out = out << 8U | static_cast<uint8_t>(c);
    return out;
  }

private:
  std::string_view left_;
};

const fuzz::scratch_file& file() {
  static const fuzz::scratch_file out{"journal"};
  return out;
}

/// All that a run that goes on, and those who look at it, ask a journal.
void ask(const run_past& past) {
  auto reports = past.reports();
  must(reports.size() <= past.tasks_ended());
  for (auto& each : reports) {
    auto& id = each->result->id;
    // Nothing: one that failed and shall run again.
    auto last = past.ended(id);
    must(!last || last->result->id == id);
  }
  for (auto& each : past.unknown_tasks())
    must(past.begun(each) != nullptr);
}

/// Bytes that nobody has written as a journal.
void read_anything(std::string_view bytes) {
  file().hold(bytes);
  auto looked = run_past::look_at(file().path());
  if (looked)
    ask(**looked);
  auto opened = run_past::open(file().path());
  must(static_cast<bool>(looked) == static_cast<bool>(opened));
  if (!opened)
    return;
  must((*opened)->changes().size() == (*looked)->changes().size());
  // Its torn end is cut off now.
  auto again = run_past::open(file().path());
  must(again && (*again)->dropped() == 0);
}

/// Type, length in two bytes, payload; as often as there is something left.
records records_in(input_bytes& from) {
  records out;
  while (!from.empty() && out.size() < 64) {
    auto type = static_cast<uint8_t>(from.number(1));
    auto length = from.number(2);
    out.emplace_back(type, from.take(length));
  }
  return out;
}

void write_log(const records& what) {
  ::unlink(file().path().c_str());
  auto log = record_log::create(file().path());
  must(static_cast<bool>(log));
  for (auto& [type, payload] : what)
    must(static_cast<bool>((*log)->append(type, payload)));
}

/// Sound records with payloads of any kind.
void read_records(const records& what) {
  write_log(what);
  records seen;
  auto log = record_log::read(file().path(), [&](auto, auto type, auto bytes) {
    seen.emplace_back(type, bytes);
  });
  must(log && seen == what && log->records == what.size());
  must(log->dropped == 0);
  if (auto past = run_past::look_at(file().path()))
    ask(**past);
}

/// Whether `some` are the first of `all`.
bool is_start(const records& some, const records& all) {
  return some.size() <= all.size()
         && std::equal(some.begin(), some.end(), all.begin());
}

/// The same records, cut at a place or with one byte changed.
void read_damaged(const records& what, uint64_t place, uint8_t change) {
  write_log(what);
  std::string bytes;
  {
    auto fd = ::open(file().path().c_str(), O_RDONLY | O_CLOEXEC);
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;)
      bytes.append(buffer, static_cast<size_t>(n));
    ::close(fd);
  }
  auto at = place % bytes.size();
  if (change == 0)
    bytes.resize(at);
  else
    bytes[at] = static_cast<char>(bytes[at] ^ change);
  file().hold(bytes);
  records seen;
  auto keep
    = [&](auto, auto type, auto payload) { seen.emplace_back(type, payload); };
  auto log = record_log::open(file().path(), keep);
  must(is_start(seen, what));
  if (!log)
    return;
  // Going on: what was whole, and the new one behind it.
  must(static_cast<bool>(log->log->append(9, "new")));
  auto expected = std::exchange(seen, {});
  expected.emplace_back(9, "new");
  must(record_log::read(file().path(), keep) && seen == expected);
}

/// What `read` makes of these bytes is written, read and written the same.
template <class Read>
void read_and_write(std::string_view bytes, Read read) {
  record_reader from{bytes};
  auto once = read(from);
  if (!from.sound())
    return;
  record_writer first;
  write(first, once);
  record_reader back{first.bytes()};
  auto twice = read(back);
  must(back.sound());
  record_writer second;
  write(second, twice);
  must(first.bytes() == second.bytes());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1)
    return 0;
  input_bytes in{{reinterpret_cast<const char*>(data), size}};
  switch (in.number(1) % 7) {
  case 0:
    read_anything(in.rest());
    break;
  case 1:
    read_records(records_in(in));
    break;
  case 2: {
    auto place = in.number(2);
    auto change = static_cast<uint8_t>(in.number(1));
    read_damaged(records_in(in), place, change);
    break;
  }
  case 3:
    read_and_write(in.rest(), [](auto& from) { return read_report(from); });
    break;
  case 4:
    read_and_write(in.rest(), [](auto& from) { return read_judged(from); });
    break;
  case 5:
    read_and_write(in.rest(), [](auto& from) { return read_undo(from); });
    break;
  default:
    read_and_write(in.rest(), [](auto& from) { return read_header(from); });
    break;
  }
  return 0;
}
