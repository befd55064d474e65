#pragma once

#include "config/value/source_place.hpp"
#include "modules/support/plan/plan_sources.hpp"
#include "modules/support/plan/source_finder.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace troupe {

/// A file or folder that something names.
struct wanted_source {
  std::string name;
  /// The folder beside the plan where such files are.
  std::string_view kind;
  /// It may refer to others.
  bool is_template = false;
  /// It need not be there.
  bool optional = false;
  /// A template has made the name.
  bool computed = false;
  /// Whoever fills the template says what its marks are.
  bool own_marks = false;
};

/// Gathers the files that a plan takes from beside it, each once.
class source_basket {
public:
  /// Called for each file that goes in by its name.
  using listener = std::function<void(const plan_source&, const wanted_source&,
                                      const source_place&, const std::string&)>;

  /// `given`: the plan's folder as people call it.
  source_basket(const source_search& search, std::string given, listener taken);

  /// What looks for names; tell it of which role and file they are.
  source_finder& finder() {
    return finder_;
  }

  problems& missing() {
    return out_.missing;
  }

  std::vector<std::string>& warnings() {
    return out_.warnings;
  }

  /// All that is in it.
  plan_sources take();

  /// Looks for a name; what must be there and is not is a problem at `place`.
  void add(const wanted_source& what, const source_place& place,
           const std::string& who);

  /// A file or folder where it is.
  void add_once(const std::string& path, const std::string& who);

  /// The files that match a pattern, which may be absolute if it is inside.
  void add_matching(const std::string& pattern, const std::string& who);

  /// `text`, with its quotes, is known only when the plan runs: the folders go
  /// in where such files are.
  void unknown(std::string_view text, std::string_view kind,
               const std::string& who);

  void warn(std::string message);

  void miss(const source_place& place, std::string message);

  /// A template that is in it cannot be filled.
  void add_broken_template(problem what);

  /// It is looked for at one place alone.
  static bool is_absolute(const std::string& name);

  /// In the folder of the plan or of the role.
  bool is_inside(const std::string& path) const;

private:
  std::optional<plan_source> own(const std::string& path) const;
  std::string place_of_own(const std::string& path) const;

  const source_search& search_;
  std::string given_;
  listener taken_;
  source_finder finder_;
  plan_sources out_;
  // Places of what lies elsewhere now.
  std::map<std::string, std::string> moved_;
  std::set<std::string> warned_;
  // What was looked for already.
  std::set<std::string> done_;
};

} // namespace troupe
