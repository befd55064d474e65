#pragma once

#include "config/plan/problems.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How long something takes: drawn between the two.
struct time_range {
  std::chrono::nanoseconds least{};
  std::chrono::nanoseconds most{};
};

/// "20ms", "1s..30s". Neither is longer than a day.
result<time_range> parse_time_range(std::string_view text);

/// "2%", "0.5%", from 0 to 100; as a part of one.
result<double> parse_share(std::string_view text);

/// What simulated hosts do that they do not know of themselves.
struct behaviours {
  /// The most of each kind, and bytes of a file that describes them.
  static constexpr size_t most_rows = 10'000;
  static constexpr size_t longest_file = size_t{4} << 20;

  /// Which hosts a row is for.
  struct scope {
    /// Names of profiles; empty: all.
    std::vector<std::string> profiles;

    bool holds(std::string_view profile) const;
  };

  struct program : scope {
    /// A shell pattern over the words of a command line, the program without
    /// its folder; of what a shell is given with -c, over that text.
    std::string line;
    /// What it comes to; absent: what the host itself knows, and only the rest
    /// of the row counts.
    std::optional<int> rc;
    std::string out;
    std::string err;
    std::optional<time_range> takes;
    /// The part of calls that fail, with status 1.
    double fails = 0;
    /// One of `usual_behaviours`: it says how long something takes that hosts
    /// may know, and not that they know it.
    bool usual = false;
  };

  struct module : scope {
    std::string name;
    dict answer;
    std::optional<time_range> takes;
    double fails = 0;
  };

  struct file : scope {
    std::string path;
    std::string content;
    uint32_t mode = 0644;
    /// There is no such file.
    bool absent = false;
  };

  struct service : scope {
    std::string name;
    bool running = true;
  };

  struct package : scope {
    std::string name;
    /// No repository has it.
    bool absent = false;
    std::string version = "1.0-1";
    bool installed = false;
    std::string service;
    std::vector<std::string> files;
  };

  std::vector<program> programs;
  std::vector<module> modules;
  std::vector<file> files;
  std::vector<service> services;
  std::vector<package> packages;
};

/// Adds what stands in a text; what is wrong is added to `found`, each with its
/// place. Of rows that fit the same the last one counts.
void read_behaviours(std::string_view text, const std::string& source,
                     behaviours& to, problems& found);

/// What is there when nobody says anything: how long package managers take.
behaviours usual_behaviours();

} // namespace troupe
