#include "actors/simulate/behaviours.hpp"

#include "actors/simulate/host_profiles.hpp"
#include "config/plan/fields.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/duration.hpp"
#include "config/value/nearest.hpp"
#include "modules/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr std::chrono::hours longest{24};

/// Reads the rows of one kind.
class rows_reader {
public:
  rows_reader(fields& from, const char* kind) : from_{from}, kind_{kind} {
  }

  template <class Row, class Read>
  void read(std::vector<Row>& to, Read&& one) {
    auto* all = from_.find(kind_);
    if (!all)
      return;
    if (!all->is_list())
      return from_.fail(kind_, fmt::format("'{}': expected a list", kind_));
    for (auto& each : all->as_list()) {
      if (to.size() >= behaviours::most_rows)
        return from_.fail(
          kind_, fmt::format("'{}': more than {} rows in all files together",
                             kind_, behaviours::most_rows));
      fields row{each, from_.file()};
      Row made;
      read_scope(row, made);
      one(row, made);
      row.refuse_unknown("a row of '" + std::string{kind_} + "'");
      to.push_back(std::move(made));
    }
  }

private:
  static void read_scope(fields& row, behaviours::scope& to) {
    to.profiles = row.texts("profiles", true);
    for (auto& each : to.profiles)
      if (!find_profile(each))
        row.fail("profiles",
                 fmt::format("'profiles': there is no profile '{}'{}", each,
                             did_you_mean(each, profile_names())));
  }

  fields& from_;
  const char* kind_;
};

void need(fields& row, const char* name, std::string& to) {
  to = row.text(name).value_or("");
  if (to.empty() && !row.has(name))
    row.fail(name, fmt::format("'{}' is missing", name));
  else if (to.empty())
    row.fail(name, fmt::format("'{}' is empty", name));
}

void read_fate(fields& row, std::optional<time_range>& takes, double& fails) {
  if (auto text = row.text("takes")) {
    auto range = parse_time_range(*text);
    if (range)
      takes = *range;
    else
      row.fail("takes", "'takes': " + range.why().message);
  }
  if (auto text = row.text("fails")) {
    auto part = parse_share(*text);
    if (part)
      fails = *part;
    else
      row.fail("fails", "'fails': " + part.why().message);
  }
}

void read_program(fields& row, behaviours::program& to) {
  need(row, "line", to.line);
  if (auto rc = row.integer("rc", 0, 255))
    to.rc = static_cast<int>(*rc);
  to.out = row.text("stdout").value_or("");
  to.err = row.text("stderr").value_or("");
  if (!to.rc && !(to.out.empty() && to.err.empty()))
    to.rc = 0;
  read_fate(row, to.takes, to.fails);
}

void read_module(fields& row, behaviours::module& to) {
  need(row, "name", to.name);
  if (builtin_modules().find(to.name))
    row.fail("name", fmt::format("'name': the module '{}' is built in and runs "
                                 "in a simulation as it is; what it asks the "
                                 "host is said by 'programs', 'files', "
                                 "'services' and 'packages'",
                                 to.name));
  if (auto* answer = row.table("answer"))
    to.answer = *answer;
  read_fate(row, to.takes, to.fails);
}

void read_file(fields& row, behaviours::file& to) {
  need(row, "path", to.path);
  if (!to.path.empty() && !to.path.starts_with('/'))
    row.fail("path", fmt::format("'path': expected an absolute path, found "
                                 "'{}'",
                                 to.path));
  to.content = row.text("content").value_or("");
  to.absent = row.flag("absent").value_or(false);
  auto mode = row.text("mode");
  if (!mode)
    return;
  auto* end = mode->data() + mode->size();
  auto got = std::from_chars(mode->data(), end, to.mode, 8);
  if (got.ec != std::errc{} || got.ptr != end || to.mode > 07777)
    row.fail("mode", fmt::format("'mode': expected an octal number in "
                                 "quotation marks, as '0644', found '{}'",
                                 *mode));
}

void read_service(fields& row, behaviours::service& to) {
  need(row, "name", to.name);
  to.running = row.flag("running").value_or(true);
}

void read_package(fields& row, behaviours::package& to) {
  need(row, "name", to.name);
  to.absent = row.flag("absent").value_or(false);
  to.version = row.text("version").value_or(to.version);
  to.installed = row.flag("installed").value_or(false);
  to.service = row.text("service").value_or("");
  to.files = row.texts("files");
  if (to.absent && to.installed)
    row.fail("installed", "'installed' and 'absent' exclude each other");
}

/// Whether there are only comments.
bool says_nothing(std::string_view text) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#')
      return false;
  }
  return true;
}

} // namespace

bool behaviours::scope::holds(std::string_view profile) const {
  return profiles.empty()
         || std::find(profiles.begin(), profiles.end(), profile)
              != profiles.end();
}

result<time_range> parse_time_range(std::string_view text) {
  auto dots = text.find("..");
  auto first = parse_duration(value{std::string{text.substr(0, dots)}});
  auto last = dots == std::string_view::npos
                ? first
                : parse_duration(value{std::string{text.substr(dots + 2)}});
  if (!first || !last || *first > *last || *last > longest)
    return error{errc::invalid_argument,
                 fmt::format("expected a duration or a range of two, as "
                             "\"20ms..2s\", of at most a day, found \"{}\"",
                             text)};
  return time_range{*first, *last};
}

result<double> parse_share(std::string_view text) {
  double out = -1;
  auto number = text.ends_with('%') ? text.substr(0, text.size() - 1) : "";
  auto* end = number.data() + number.size();
  auto got = std::from_chars(number.data(), end, out);
  if (number.empty() || got.ec != std::errc{} || got.ptr != end || !(out >= 0)
      || out > 100)
    return error{errc::invalid_argument,
                 fmt::format("expected a part of all, from \"0%\" to \"100%\", "
                             "found \"{}\"",
                             text)};
  return out / 100;
}

void read_behaviours(std::string_view text, const std::string& source,
                     behaviours& to, problems& found) {
  if (says_nothing(text))
    return;
  auto document = parse_plan(text, source);
  if (!document) {
    found.push_back({{}, document.why().message});
    return;
  }
  input_file file{std::make_shared<const std::string>(source), found};
  fields all{*document, file};
  rows_reader{all, "programs"}.read(to.programs, read_program);
  rows_reader{all, "modules"}.read(to.modules, read_module);
  rows_reader{all, "files"}.read(to.files, read_file);
  rows_reader{all, "services"}.read(to.services, read_service);
  rows_reader{all, "packages"}.read(to.packages, read_package);
  all.refuse_unknown("a file of behaviours");
}

behaviours usual_behaviours() {
  using std::chrono::milliseconds;
  const struct {
    const char* line;
    milliseconds least;
    milliseconds most;
  } rows[] = {
    {"apt-get *", milliseconds{2000}, milliseconds{40'000}},
    {"apt-cache *", milliseconds{50}, milliseconds{400}},
    {"dpkg* *", milliseconds{20}, milliseconds{100}},
    {"dnf *", milliseconds{4000}, milliseconds{60'000}},
    {"rpm *", milliseconds{50}, milliseconds{300}},
    {"apk *", milliseconds{300}, milliseconds{8000}},
    {"systemctl *", milliseconds{100}, milliseconds{3000}},
    {"systemctl show *", milliseconds{10}, milliseconds{60}},
    {"rc-service *", milliseconds{100}, milliseconds{2000}},
  };
  behaviours out;
  for (auto& each : rows) {
    behaviours::program made;
    made.line = each.line;
    made.takes = time_range{each.least, each.most};
    made.usual = true;
    out.programs.push_back(std::move(made));
  }
  return out;
}

} // namespace troupe
