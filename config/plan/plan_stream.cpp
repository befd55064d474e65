#include "config/plan/plan_stream.hpp"

#include "platform/crypto.hpp"

#include <limits>

namespace troupe {

namespace {

// All but the tasks is read as usual, and so may not be large.
constexpr size_t most_around = size_t{4} << 20;

/// Finds the elements of the list `tasks` of a JSON object, byte by byte.
/// Only brackets, texts and the commas of that list are looked at: what is
/// between is checked when it is parsed.
class task_scanner {
public:
  explicit task_scanner(task_source& to) : to_{to} {
  }

  /// False when this is not a plan that can be streamed.
  bool take(std::string_view bytes) {
    for (char c : bytes) {
      if (in_tasks_ && depth_ == 2 ? !between_tasks(c) : !inside(c))
        return false;
      ++offset_;
      if (c == '\n')
        place_ = {place_.line + 1, 1};
      else
        // Bytes that go on with a character count with its first.
        place_.column += (c & 0xc0) == 0x80 ? 0 : 1;
    }
    return around_.size() <= most_around;
  }

  /// The document without its tasks; empty when there was no list of tasks.
  const std::string& around() const {
    return around_;
  }

  bool complete() const {
    return seen_tasks_ && depth_ == 0 && !in_text_;
  }

private:
  /// A byte between two elements of the list.
  bool between_tasks(char c) {
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return true;
    case ',':
      return std::exchange(wants_comma_, false);
    case ']':
      // A comma before the end is an error that others explain.
      in_tasks_ = false;
      --depth_;
      around_ += c;
      return wants_comma_ || to_.size() == 0;
    case '{':
      if (wants_comma_)
        return false;
      begin_ = offset_;
      begin_place_ = place_;
      ++depth_;
      return true;
    default:
      return false;
    }
  }

  bool inside(char c) {
    if (!in_tasks_)
      around_ += c;
    if (in_text_) {
      in_text(c);
      return true;
    }
    switch (c) {
    case '"':
      in_text_ = true;
      text_.clear();
      return true;
    case '{':
    case '[':
      return open(c);
    case '}':
    case ']':
      return close();
    case ',':
      after_colon_ = depth_ == 1 ? false : after_colon_;
      return true;
    case ':':
      after_colon_ = depth_ == 1 || after_colon_;
      return true;
    default:
      return true;
    }
  }

  void in_text(char c) {
    if (escaped_) {
      escaped_ = false;
      text_ += '\\';
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_text_ = false;
      if (depth_ == 1 && !after_colon_)
        key_ = text_;
    } else if (depth_ == 1 && text_.size() < sizeof "tasks") {
      text_ += c;
    }
  }

  bool open(char c) {
    if (depth_ == 1 && after_colon_ && key_ == "tasks") {
      // A second list of this name, or no list.
      if (c != '[' || seen_tasks_)
        return false;
      seen_tasks_ = in_tasks_ = true;
    }
    ++depth_;
    return true;
  }

  bool close() {
    if (depth_ == 0)
      return false;
    --depth_;
    if (!in_tasks_ || depth_ != 2)
      return true;
    auto length = offset_ + 1 - begin_;
    if (length > std::numeric_limits<uint32_t>::max()
        || to_.size() >= std::numeric_limits<uint32_t>::max())
      return false;
    to_.add(begin_, static_cast<uint32_t>(length), begin_place_);
    wants_comma_ = true;
    return true;
  }

  task_source& to_;
  std::string around_;
  std::string text_;
  std::string key_;
  uint64_t offset_ = 0;
  uint64_t begin_ = 0;
  text_position place_{1, 1};
  text_position begin_place_;
  size_t depth_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
  bool after_colon_ = false;
  bool in_tasks_ = false;
  bool seen_tasks_ = false;
  bool wants_comma_ = false;
};

} // namespace

result<streamed_plan> stream_plan(const std::string& path,
                                  const plan_limits& limits) {
  auto file = source_file::open(path);
  if (!file)
    return file.why();
  error other{errc::unsupported, path + ": not a plan that can be streamed"};
  if (file->size() > limits.bytes || limits.depth < 3)
    return other;
  streamed_plan out;
  out.path = path;
  // The document and the list are two levels around each task.
  out.tasks = std::make_shared<task_source>(
    std::move(*file),
    json_limits{limits.bytes, limits.depth - 2, limits.text_bytes});
  task_scanner scanner{*out.tasks};
  sha256 digest;
  auto looked
    = out.tasks->file().read_all([&](std::string_view bytes) -> result<void> {
        digest.update(bytes);
        return scanner.take(bytes) ? result<void>{} : other;
      });
  if (!looked)
    return looked.why();
  if (!scanner.complete())
    return other;
  out.tasks->end();
  auto root = parse_json(scanner.around(),
                         {limits.bytes, limits.depth, limits.text_bytes});
  if (!root || !root->is_dict() || root->find("plays"))
    return other;
  out.root = std::move(*root);
  out.digest = to_hex(digest.finish());
  return out;
}

} // namespace troupe
