#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/packages/apt_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

constexpr const char* main_list = "/etc/apt/sources.list";
constexpr const char* list_folder = "/etc/apt/sources.list.d";

/// A source in a list of apt: its words with one blank between them.
struct apt_source {
  std::string text;
  bool enabled = true;
  std::string comment;
};

/// Absent when the line is none, or only a remark.
std::optional<apt_source> parse_source(std::string_view line) {
  auto text = trimmed_text(line);
  apt_source out;
  if (text.starts_with("#")) {
    out.enabled = false;
    text.erase(0, 1);
  }
  if (auto at = text.find('#'); at != std::string::npos && at > 0) {
    out.comment = trimmed_text(text.substr(at + 1));
    text.erase(at);
  }
  auto words = words_in(text);
  if (words.empty() || (words[0] != "deb" && words[0] != "deb-src"))
    return std::nullopt;
  out.text = fmt::format("{}", fmt::join(words, " "));
  return out;
}

std::string source_line(const apt_source& source) {
  return fmt::format("{}{}{}{}\n", source.enabled ? "" : "# ", source.text,
                     source.comment.empty() ? "" : " # ", source.comment);
}

/// The name of a file for a source: its address without what is special.
std::string list_name(const std::string& source) {
  std::string address;
  auto option = false;
  for (auto& word : words_in(source)) {
    option = option || word.starts_with("[");
    if (!option && word != "deb" && word != "deb-src") {
      address = word;
      break;
    }
    option = option && !word.ends_with("]");
  }
  if (auto at = address.find("://"); at != std::string::npos)
    address.erase(0, at + 3);
  if (auto at = address.find('@'); at != std::string::npos)
    address.erase(0, at + 1);
  std::string out;
  for (char each : address) {
    auto letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z')
                  || (each >= '0' && each <= '9');
    if (letter)
      out += each;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (out.ends_with("_"))
    out.pop_back();
  return out + ".list";
}

/// One task of `apt_repository`.
class repository_work {
public:
  repository_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, repo_{args.text("repo")}, present_{
                                                            args.text("state")
                                                            == "present"} {
  }

  module_result run() {
    if (auto fine = read(); !fine)
      return module_result::failure(fine.why());
    if (auto done = present_ ? add() : remove(); !done)
      return fail(done.why());
    out_.data.set("repo", repo_);
    out_.data.set("state", args_.text("state"));
    if (out_.changed && args_.flag("update_cache") && !ctx_.check_mode) {
      module_result lists;
      auto fetched = refresh_lists(args_, apt_tool(args_, ctx_), lists, ctx_);
      if (!fetched)
        return fail(fetched.why());
    }
    auto gone = remove_empty();
    return gone ? std::move(out_) : fail(gone.why());
  }

private:
  /// What was written is taken back, since apt could not use it.
  module_result fail(const error& why) {
    auto& files = ctx_.machine.files();
    for (auto& each : written_)
      static_cast<void>(each.is_there
                          ? files.replace(each.path, each.before, {})
                          : files.remove(each.path));
    return module_result::failure(why);
  }

  result<void> read() {
    if (repo_.starts_with("ppa:"))
      return error{errc::unsupported,
                   "an archive of Launchpad is not looked up: write its line "
                   "and put its key into /etc/apt/keyrings"};
    auto parsed = is_one_line(repo_) ? parse_source(repo_) : std::nullopt;
    if (!parsed || !parsed->enabled)
      return error{errc::invalid_argument,
                   fmt::format("Invalid repository string: {}", repo_)};
    wanted_ = *parsed;
    for (auto& path : lists()) {
      auto edit = begin_edit(path, ctx_);
      if (!edit)
        return edit.why();
      lists_.push_back(*std::move(edit));
    }
    return {};
  }

  std::vector<std::string> lists() const {
    auto out = ctx_.machine.files().glob(std::string{list_folder} + "/*.list");
    if (ctx_.machine.files().access(main_list, ""))
      out.insert(out.begin(), main_list);
    return out;
  }

  bool is_wanted(const std::string& line, bool enabled_only) const {
    auto parsed = parse_source(line);
    return parsed && parsed->text == wanted_.text
           && (parsed->enabled || !enabled_only);
  }

  result<void> write(const text_edit& edit, const std::string& after,
                     const file_attributes& fresh = {}) {
    if (after == edit.before)
      return {};
    written_.push_back(edit);
    return end_edit(edit, after, ctx_, out_, fresh);
  }

  /// What is there as a remark counts again.
  result<void> add() {
    auto found = false;
    for (auto& list : lists_) {
      std::string after;
      for (auto& line : whole_lines(list.before)) {
        auto meant = is_wanted(line, false);
        found = found || meant;
        auto source = meant ? *parse_source(line) : apt_source{};
        auto was_enabled = source.enabled;
        source.enabled = true;
        after += meant && !was_enabled ? source_line(source) : line;
      }
      if (auto done = write(list, after); !done)
        return done;
    }
    return found ? result<void>{} : append();
  }

  result<void> append() {
    auto name = args_.has("filename") ? args_.text("filename") + ".list"
                                      : list_name(wanted_.text);
    auto path
      = name.find('/') == std::string::npos ? joined(list_folder, name) : name;
    auto made = make_folders(parent_of(path), 0755, ctx_);
    if (!made)
      return made.why();
    auto edit = begin_edit(path, ctx_);
    if (!edit)
      return edit.why();
    auto mode = uint32_t{0644};
    if (auto* given = args_.find("mode")) {
      auto wanted
        = resolve_mode(*given, mode, false, ctx_.machine.files().umask());
      if (!wanted)
        return wanted.why();
      mode = *wanted;
    }
    auto after = edit->before;
    if (!after.empty() && !after.ends_with("\n"))
      after += '\n';
    auto done = write(*edit, after + source_line(wanted_), {.mode = mode});
    return done && args_.has("mode")
             ? ctx_.machine.files().set_mode(edit->path, mode)
             : done;
  }

  result<void> remove() {
    for (auto& list : lists_) {
      std::string after;
      for (auto& line : whole_lines(list.before))
        if (!is_wanted(line, true))
          after += line;
      if (auto done = write(list, after); !done)
        return done;
      if (after.empty() && !list.before.empty())
        empty_.push_back(list.path);
    }
    return {};
  }

  /// Only when nothing can fail any more: what is written again into a list
  /// that is there leaves it its owner and mode, and it may hold passwords.
  result<void> remove_empty() {
    for (auto& path : empty_)
      if (auto gone = ctx_.machine.files().remove(path); !gone)
        return gone;
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string repo_;
  bool present_;
  apt_source wanted_;
  std::vector<text_edit> lists_;
  std::vector<text_edit> written_;
  std::vector<std::string> empty_;
  module_result out_;
};

class apt_repository final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "apt_repository",
      .summary = "Adds and removes places that apt takes packages of.",
      .arguments
      = {{.name = "repo",
          .summary = "The line: `deb [options] address suite components`.",
          .required = true},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "filename",
          .summary = "The file in sources.list.d, without `.list`; silent: "
                     "named after the address."},
         {.name = "mode",
          .type = arg_type::mode,
          .summary = "Mode of a file that gets the line."},
         {.name = "update_cache",
          .type = arg_type::boolean,
          .summary = "Fetch the lists of packages after a change.",
          .fallback = true,
          .aliases = {"update-cache"}},
         {.name = "update_cache_retries",
          .type = arg_type::integer,
          .summary = "How often fetching is tried.",
          .fallback = 5},
         {.name = "update_cache_retry_max_delay",
          .type = arg_type::integer,
          .summary = "The longest pause between tries, in seconds.",
          .fallback = 12},
         {.name = "codename",
          .summary = "Without effect: only for archives of Launchpad."},
         {.name = "validate_certs",
          .type = arg_type::boolean,
          .summary = "Without effect: only for archives of Launchpad.",
          .fallback = true},
         {.name = "install_python_apt",
          .type = arg_type::boolean,
          .summary = "Without effect: no Python is needed.",
          .fallback = true}},
      .lock = "dpkg",
      .resource = {"repository", {"repo"}},
      .example
      = R"({"apt_repository": {"repo": "deb https://deb.example.com stable main", "filename": "example"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return repository_work{args, ctx}.run();
  }
};

const register_module apt_repository_registration{
  std::make_shared<apt_repository>()};

} // namespace

} // namespace troupe
