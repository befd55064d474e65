#pragma once

#include "modules/module.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The lines of a table of cron, and how Ansible marks those that are its own:
/// the line before a job says its name.
class crontab {
public:
  explicit crontab(const std::string& text);

  /// Without the lines at the top in which crontab(1) says when it was
  /// installed.
  static crontab of_user(const std::string& text);

  /// What it was made of, without such lines.
  const std::string& before() const {
    return before_;
  }

  /// The lines as they are now, the last one ended.
  std::string text() const;
  /// Whether nothing but blanks is left.
  bool is_empty() const;

  std::vector<std::string> jobs() const;
  std::vector<std::string> variables() const;

  /// Makes `line` the job of that name. Says whether that changes something;
  /// a line like it without a name becomes that job.
  bool set_job(const std::string& name, const std::string& line);
  bool remove_job(const std::string& name);

  /// The same for a variable. A new one goes to the top, or behind or before
  /// the variable `beside`: an error when there is none of that name.
  result<bool> set_variable(const std::string& name,
                            const std::string& declaration,
                            const std::string& beside, bool behind);
  bool remove_variable(const std::string& name);

private:
  enum class found { no, yes, renamed };

  /// `line`: what the job is now, if it is there.
  found find_job(const std::string& name, const std::string* wanted,
                 std::string& line);
  void replace_job(const std::string& name, const std::string* line);
  std::optional<size_t> find_variable(const std::string& name) const;

  std::string before_;
  std::vector<std::string> lines_;
};

/// Does one task of `cron`.
module_result run_cron(const arguments& args, const module_context& ctx);

} // namespace troupe
