#pragma once

#include "config/value/record_codec.hpp"
#include "modules/module.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

// What goes over a line of calls: between a run and an engine that does calls
// of modules for it, on another host or as another user.

/// The engine at the other end introduces itself, first of all.
struct line_hello {
  /// Of the program: both ends are of one version.
  std::string version;
  /// For whom it acts.
  uint64_t uid = 0;
  std::string user;
  /// Where it keeps the sources of calls; gone with it.
  std::string folder;
};

/// A part of what lies at the plan and is needed there. The parts of one source
/// come one after another.
struct source_piece {
  /// How later calls name it: a plain word.
  std::string name;
  uint32_t mode = 0;
  std::string bytes;
  bool first = true;
  bool last = true;
};

/// Something that a call finds below its own folder.
struct placed_source {
  enum class kinds : uint8_t { file, folder, link };

  kinds kind = kinds::file;
  /// Relative, without "..".
  std::string path;
  /// Of a file the name of its bytes, of a link what it points to.
  std::string what;
  /// Of a folder.
  uint32_t mode = 0;
};

/// One call of a module.
struct line_call {
  /// Unlike that of any other call of the line.
  uint64_t number = 0;
  std::string module;
  /// A module that is a program of its own: where it is, below the folder of
  /// this call; empty: it is built in.
  std::string program;
  dict args;
  bool check_mode = false;
  /// What it predicts no other call sees.
  bool aside = false;
  bool diff_mode = false;
  /// It is told what programs print while they run.
  bool watched = false;
  uint64_t verbosity = 0;
  uint64_t output_limit = 0;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string become_user;
  std::string become_method;
  /// Another sudo, and what it is given instead of -H; empty: as it is.
  std::string become_program;
  std::string become_flags;
  std::string become_password;
  /// From when it begins; absent: it may take for ever.
  std::optional<std::chrono::nanoseconds> time = {};
  std::vector<placed_source> sources;
  /// What was made of its source where the plan is.
  std::optional<prepared_source> prepared = {};
};

/// What a program of a call has printed.
struct line_output {
  uint64_t number = 0;
  std::string piece;
};

/// What came of a call.
struct line_answer {
  uint64_t number = 0;
  module_result result;
};

/// A call has to end.
struct line_stop {
  uint64_t number = 0;
};

/// The sender is there.
struct line_pulse {};

using line_message
  = std::variant<line_hello, source_piece, line_call, line_output, line_answer,
                 line_stop, line_pulse>;

/// Bytes of a message.
inline constexpr size_t line_message_most = size_t{32} << 20U;

/// Values in a message: each takes some 70 bytes of memory and may come in one.
inline constexpr uint64_t line_values_most = 2'000'000;

/// Its bytes, without what the line puts around it.
std::string write_line_message(const line_message& message);

/// Nothing when the bytes are not what a message of this type has.
std::optional<line_message> read_line_message(uint8_t type,
                                              std::string_view bytes);

} // namespace troupe
