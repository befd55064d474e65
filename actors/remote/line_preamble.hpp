#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// What a program says on its streams before the first message of a line. One
/// thread at a time.
class line_preamble {
public:
  enum class word : uint8_t {
    /// More has to come.
    none,
    /// The engine is not there: its bytes are to be sent.
    engine,
    /// sudo asks for a password.
    password,
    /// sudo asks again: the password was not right.
    refusal,
    /// From here on there are messages.
    opened,
    /// So much is nothing that leads to an engine.
    noise,
  };

  /// What has come on standard output: the next word that counts. When it is
  /// `opened`, what has come behind it is in `rest`.
  word take(std::string_view piece, std::string& rest);

  /// What has come on standard error.
  word complain(std::string_view piece);

  /// The last 4096 bytes of complaints, without blanks around them.
  std::string complaints() const;

  /// The machine is of this architecture and not of the engine's; empty: that
  /// was not said.
  const std::string& other_machine() const {
    return other_machine_;
  }

  bool cannot_keep_engine() const {
    return cannot_keep_;
  }

private:
  word read(std::string_view line);

  std::string words_;
  size_t passed_over_ = 0;
  std::string complaints_;
  std::string other_machine_;
  bool cannot_keep_ = false;
  bool asked_ = false;
};

} // namespace troupe
