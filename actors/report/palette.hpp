#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Colours of the terminal, or none at all.
class palette {
public:
  explicit palette(bool coloured) : on_{coloured} {
  }

  std::string green(std::string_view text) const {
    return paint("32", text);
  }

  std::string yellow(std::string_view text) const {
    return paint("33", text);
  }

  std::string red(std::string_view text) const {
    return paint("31", text);
  }

  std::string cyan(std::string_view text) const {
    return paint("36", text);
  }

  std::string magenta(std::string_view text) const {
    return paint("35", text);
  }

  std::string bold(std::string_view text) const {
    return paint("1", text);
  }

  std::string dim(std::string_view text) const {
    return paint("2", text);
  }

  bool coloured() const {
    return on_;
  }

private:
  std::string paint(std::string_view code, std::string_view text) const {
    if (!on_)
      return std::string{text};
    std::string out = "\x1b[";
    out += code;
    out += 'm';
    out += text;
    out += "\x1b[0m";
    return out;
  }

  bool on_;
};

} // namespace troupe
