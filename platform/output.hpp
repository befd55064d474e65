#pragma once

#include <cstdint>
#include <string>
#include <string>
#include <string_view>

namespace troupe {

/// A stream of this process: standard output or error.
class output {
public:
  enum class stream : uint8_t { out = 1, err = 2 };

  explicit output(stream which) : fd_{static_cast<int>(which)} {
  }

  virtual ~output() = default;

  /// Writes everything. A reader that has gone away is no failure of the run:
  /// from then on nothing is written. False when the bytes could not be
  /// written for another reason.
  virtual bool write(std::string_view bytes);

  /// Why bytes could not be written, in the words of the system; empty as long
  /// as all could. A reader that has gone away is none.
  const std::string& trouble() const {
    return trouble_;
  }

  virtual bool is_terminal() const;

  /// Columns and lines of the terminal; 80 and 24 when unknown.
  struct size {
    unsigned columns = 80;
    unsigned lines = 24;
  };

  virtual size terminal_size() const;

private:
  int fd_;
  bool closed_ = false;
  std::string trouble_;
};

} // namespace troupe
