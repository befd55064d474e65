#include "actors/state/undo_torn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace troupe {

namespace {

constexpr std::string_view note_ending = ".in-place";

/// Longer than any note.
constexpr size_t longest_note = 256;

std::string note_of(const std::string& kept) {
  return kept + std::string{note_ending};
}

const char* word_for(in_place_writer who) {
  return who == in_place_writer::run ? "run" : "undo";
}

/// What a note says: a word and four numbers, with a space in front of each.
struct torn_note {
  uint64_t inode = 0;
  uint64_t device = 0;
  /// How long the file was, and how long its new content is.
  uint64_t size = 0;
  uint64_t length = 0;
};

std::optional<torn_note> parse_note(std::string_view text,
                                    in_place_writer who) {
  std::string_view word = word_for(who);
  if (!text.starts_with(word))
    return std::nullopt;
  text.remove_prefix(word.size());
  torn_note out;
  for (auto* number : {&out.inode, &out.device, &out.size, &out.length}) {
    if (!text.starts_with(' '))
      return std::nullopt;
    text.remove_prefix(1);
    auto [at, failed]
      = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (failed != std::errc{})
      return std::nullopt;
    text.remove_prefix(static_cast<size_t>(at - text.data()));
  }
  return text == "\n" ? std::optional{out} : std::nullopt;
}

} // namespace

result<void> note_in_place(file_system& files, const std::string& kept,
                           in_place_writer who, const file_status& now,
                           uint64_t length) {
  return files.replace(note_of(kept),
                       fmt::format("{} {} {} {} {}\n", word_for(who), now.inode,
                                   now.device, now.size, length),
                       {.mode = 0600});
}

void forget_in_place(file_system& files, const std::string& kept) {
  // Mostly there is none; one that stays is of a file that is as it was.
  static_cast<void>(files.remove(note_of(kept)));
}

bool is_torn(file_system& files, const std::string& kept, in_place_writer who,
             const file_status& now) {
  auto text = files.read(note_of(kept), longest_note);
  auto noted = text ? parse_note(*text, who) : std::nullopt;
  // The content is written from the start, over what is there, and the file is
  // cut last.
  return noted && now.kind == file_kind::regular && now.inode == noted->inode
         && now.device == noted->device && now.size >= noted->size
         && now.size <= std::max(noted->size, noted->length);
}

std::string kept_name_of(const std::string& name) {
  return name.ends_with(note_ending)
           ? name.substr(0, name.size() - note_ending.size())
           : name;
}

} // namespace troupe
