#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* locale_file = "/etc/locale.gen";

/// Letters in lower case and no dashes behind the point, where `locale -a`
/// writes another name than people do.
std::string plain_locale(const std::string& name) {
  auto at = name.find('.');
  if (at == std::string::npos)
    return name;
  auto end = std::min(name.find('@', at), name.size());
  auto out = name.substr(0, at);
  for (char each : name.substr(at, end - at))
    if (each != '-')
      out += each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a')
                                        : each;
  return out + name.substr(end);
}

/// A line of the file: which locale, and whether it is made.
struct locale_line {
  std::string name;
  std::string charset;
  bool enabled = true;
};

std::optional<locale_line> parse_locale(const std::string& line) {
  auto text = trimmed_text(line);
  locale_line out;
  if (text.starts_with("#")) {
    out.enabled = false;
    text.erase(0, 1);
  }
  auto words = words_in(text);
  if (words.size() != 2)
    return std::nullopt;
  out.name = words[0];
  out.charset = words[1];
  return out;
}

/// One task of `locale_gen`.
class locale_work {
public:
  locale_work(const arguments& args, const module_context& ctx)
      : ctx_{ctx}, name_{args.text("name")}, wanted_{args.text("state")
                                                     == "present"} {
  }

  module_result run() {
    if (name_.empty() || name_[0] == '-'
        || words_in(name_) != std::vector<std::string>{name_}
        || !is_one_line(name_))
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of a locale", name_));
    auto edit = begin_edit(locale_file, ctx_);
    if (!edit)
      return module_result::failure(edit.why());
    if (!edit->is_there)
      return module_result::failure(
        errc::unsupported, fmt::format("this host has no {}", locale_file));
    auto after = edited(edit->before);
    if (!known_)
      return module_result::failure(
        errc::not_found, "The locale you've entered is not available on your "
                         "system.");
    module_result out;
    out.data.set("name", name_);
    auto there = is_there();
    if (!there)
      return module_result::failure(there.why());
    if (*there == wanted_)
      return out;
    out.changed = true;
    if (auto done = end_edit(*edit, after, ctx_, out); !done)
      return module_result::failure(done.why());
    auto made = ctx_.check_mode ? result<std::string>{std::string{}}
                                : program({"locale-gen"});
    out.changed = true;
    return made ? out : module_result::failure(made.why());
  }

private:
  result<std::string> program(std::vector<std::string> argv) const {
    auto tool = find_tool(argv[0], ctx_);
    if (!tool)
      return tool;
    argv[0] = *tool;
    ctx_.changing("locale " + name_);
    return tool_output(std::move(argv), ctx_);
  }

  result<bool> is_there() const {
    auto tool = find_tool("locale", ctx_);
    auto text = tool ? tool_output({*tool, "-a"}, ctx_) : tool;
    if (!text)
      return text.why();
    auto lines = split_text(*text, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](auto& line) {
      return !line.empty() && plain_locale(line) == plain_locale(name_);
    });
  }

  std::string edited(const std::string& before) {
    std::string out;
    for (auto& line : whole_lines(before)) {
      auto parsed = parse_locale(line);
      auto meant = parsed && parsed->name == name_;
      known_ = known_ || meant;
      out += meant && parsed->enabled != wanted_ ? fmt::format(
               "{}{} {}\n", wanted_ ? "" : "# ", name_, parsed->charset)
                                                 : line;
    }
    return out;
  }

  const module_context& ctx_;
  std::string name_;
  bool wanted_;
  bool known_ = false;
};

class locale_gen final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "locale_gen",
      .summary = "Makes and removes locales of Debian.",
      .arguments = {{.name = "name",
                     .summary = "The locale: `de_DE.UTF-8`.",
                     .required = true},
                    {.name = "state",
                     .summary = "Whether it shall be there.",
                     .fallback = "present",
                     .choices = {"absent", "present"}}},
      .aliases = {"community.general.locale_gen"},
      .lock = "locale",
      .resource = {"locale", {"name"}},
      .example = R"({"locale_gen": {"name": "de_DE.UTF-8"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return locale_work{args, ctx}.run();
  }
};

const register_module locale_gen_registration{std::make_shared<locale_gen>()};

} // namespace

} // namespace troupe
