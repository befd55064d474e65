#pragma once

#include <string>
#include <string_view>

namespace troupe::test {

/// A fresh folder below the system's temporary one, removed with this object.
class temp_dir {
public:
  temp_dir();
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::string& path() const {
    return path_;
  }

  /// `path()/name`.
  std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string{name};
  }

private:
  std::string path_;
};

/// Reads a whole file; fails the test when it cannot.
std::string read_file(const std::string& path);

/// Writes a whole file, making its folder.
void write_file(const std::string& path, std::string_view content);

} // namespace troupe::test
