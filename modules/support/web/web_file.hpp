#pragma once

#include "modules/module.hpp"

#include <string>

namespace troupe {

/// A file of a web server, loaded into a private place and kept there for as
/// long as this lives.
class web_file {
public:
  explicit web_file(const module_context& ctx) : ctx_{ctx} {
  }

  ~web_file();
  web_file(const web_file&) = delete;
  web_file& operator=(const web_file&) = delete;

  /// Where it is then; an error unless the server has it (status 200).
  /// `verify`: the server has to show a right certificate.
  result<std::string> load(const std::string& url, bool verify);

private:
  const module_context& ctx_;
  std::string path_;
};

} // namespace troupe
