#pragma once

#include "actors/report/event_writer.hpp"
#include "config/value/source_files.hpp"
#include "platform/host.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A view that leaves one file when the run has ended.
class file_writer : public event_writer {
public:
  file_writer(std::shared_ptr<host> machine, std::string path)
      : machine_{std::move(machine)}, path_{std::move(path)} {
  }

  bool gathers() const override {
    return true;
  }

  /// What the run is made from is not to be replaced.
  void spare(std::shared_ptr<source_files> sources) {
    spared_ = std::move(sources);
  }

  /// Why the file could not be written; empty when it was.
  const std::string& trouble() const {
    return trouble_;
  }

  /// What there is to say of a file that was written; empty: nothing.
  const std::string& remark() const {
    return remark_;
  }

protected:
  const std::string& path() const {
    return path_;
  }

  void write(std::string_view content) {
    if (spared_ && spared_->has(path_))
      trouble_ = "'" + path_
                 + "' was read by the run itself and would be lost: nothing "
                   "was written";
    else if (auto done = machine_->files().write_output(path_, content); !done)
      trouble_ = done.why().message;
  }

  void say(std::string remark) {
    remark_ = std::move(remark);
  }

private:
  std::shared_ptr<host> machine_;
  std::string path_;
  std::shared_ptr<source_files> spared_;
  std::string trouble_;
  std::string remark_;
};

} // namespace troupe
