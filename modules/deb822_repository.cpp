#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* sources_folder = "/etc/apt/sources.list.d";
constexpr const char* keyrings_folder = "/etc/apt/keyrings";

/// Arguments that are fields of their own, in the order in which they are
/// written.
constexpr std::string_view source_fields[] = {"allow_downgrade_to_insecure",
                                              "allow_insecure",
                                              "allow_weak",
                                              "architectures",
                                              "by_hash",
                                              "check_date",
                                              "check_valid_until",
                                              "components",
                                              "date_max_future",
                                              "enabled",
                                              "inrelease_path",
                                              "languages",
                                              "name",
                                              "pdiffs",
                                              "signed_by",
                                              "suites",
                                              "targets",
                                              "trusted",
                                              "types",
                                              "uris"};

/// "check_valid_until" is written "Check-Valid-Until".
std::string field_name(std::string_view argument) {
  if (argument == "name")
    return "X-Repolib-Name";
  if (argument == "uris")
    return "URIs";
  if (argument == "inrelease_path")
    return "InRelease-Path";
  if (argument == "pdiffs")
    return "PDiffs";
  std::string out;
  auto begin = true;
  for (char each : argument) {
    out += each == '_' ? '-'
           : begin && each >= 'a' && each <= 'z'
             ? static_cast<char>(each - 'a' + 'A')
             : each;
    begin = each == '_';
  }
  return out;
}

/// What a file is called after a name: letters, digits, `-` and `.`.
std::string file_name(const std::string& name) {
  std::string out;
  for (char each : name) {
    if (each >= 'A' && each <= 'Z')
      out += static_cast<char>(each - 'A' + 'a');
    else if ((each >= 'a' && each <= 'z') || (each >= '0' && each <= '9')
             || each == '-' || each == '.')
      out += each;
    else if (!out.ends_with("-"))
      out += '-';
  }
  return out;
}

/// One task of `deb822_repository`.
class deb822_work {
public:
  deb822_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, files_{ctx.machine.files()},
        slug_{file_name(args.text("name"))}, path_{fmt::format("{}/{}.sources",
                                                               sources_folder,
                                                               slug_)},
        key_path_{fmt::format("{}/{}.asc", keyrings_folder, slug_)} {
  }

  module_result run() {
    auto done = check();
    if (done)
      done = args_.text("state") == "absent" ? remove() : write();
    if (!done)
      return module_result::failure(done.why());
    out_.data.set("dest", path_);
    add_path_info(out_, path_, ctx_);
    return std::move(out_);
  }

private:
  result<void> check() const {
    if (slug_.find_first_not_of("-.") == std::string::npos)
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be the name of a repository",
                               args_.text("name"))};
    for (auto name : source_fields)
      for (auto& text : args_.texts(name))
        if (name != "signed_by" && !is_one_line(text))
          return error{errc::invalid_argument,
                       fmt::format("'{}' cannot hold a line end", name)};
    auto key = args_.text("signed_by");
    if (key.starts_with("http://") || key.starts_with("https://"))
      return error{errc::unsupported,
                   "a key at an address is not fetched: fetch it into "
                   "/etc/apt/keyrings and give its path"};
    if (args_.text("state") == "present"
        && (!args_.has("uris") || !args_.has("suites")))
      return error{errc::missing_argument,
                   "state 'present' needs uris and suites"};
    return {};
  }

  result<void> remove() {
    for (auto& each : {path_, key_path_}) {
      auto there = files_.status(each, false);
      if (!there)
        return there.why();
      if (!*there)
        continue;
      out_.changed = true;
      if (auto gone = files_.remove(each); !gone)
        return gone;
    }
    return {};
  }

  /// A key in the plan becomes a file of its own.
  result<std::string> key_place() {
    auto key = args_.text("signed_by");
    if (key.find("-----BEGIN PGP") == std::string::npos)
      return key;
    auto made = make_folders(keyrings_folder, 0755, ctx_);
    if (!made)
      return made.why();
    auto edit = begin_edit(key_path_, ctx_);
    if (!edit)
      return edit.why();
    auto done
      = end_edit(*edit, trimmed_text(key) + "\n", ctx_, out_, {.mode = 0644});
    out_.data.set("key_filename", key_path_);
    return done ? result<std::string>{key_path_} : done.why();
  }

  result<std::string> content() {
    std::string out;
    for (auto name : source_fields) {
      if (!args_.has(name))
        continue;
      auto* given = args_.find(name);
      auto text = given->is_bool()
                    ? std::string{given->as_bool() ? "yes" : "no"}
                    : fmt::format("{}", fmt::join(args_.texts(name), " "));
      if (name == "signed_by") {
        auto place = key_place();
        if (!place)
          return place;
        text = *place;
        if (!is_one_line(text))
          return error{errc::invalid_argument,
                       "signed_by is neither a key nor a path"};
      }
      out += fmt::format("{}: {}\n", field_name(name), text);
    }
    return out;
  }

  result<void> write() {
    auto text = content();
    if (!text)
      return text.why();
    auto edit = begin_edit(path_, ctx_);
    if (!edit)
      return edit.why();
    auto mode = uint32_t{0644};
    if (auto* given = args_.find("mode")) {
      auto wanted = resolve_mode(*given, mode, false, files_.umask());
      if (!wanted)
        return wanted.why();
      mode = *wanted;
    }
    out_.data.set("repo", value::from_host(*text));
    if (auto done = end_edit(*edit, *text, ctx_, out_, {.mode = mode}); !done)
      return done;
    auto status = files_.status(edit->path, false);
    if (!status || !*status || (*status)->mode == mode)
      return {};
    out_.changed = true;
    return files_.set_mode(edit->path, mode);
  }

  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  std::string slug_;
  std::string path_;
  std::string key_path_;
  module_result out_;
};

argument field_flag(std::string_view name, std::string_view summary) {
  return {.name = name, .type = arg_type::boolean, .summary = summary};
}

argument field_words(std::string_view name, std::string_view summary,
                     value fallback = {}) {
  return {.name = name,
          .type = arg_type::list,
          .summary = summary,
          .fallback = std::move(fallback)};
}

class deb822_repository final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "deb822_repository",
      .summary = "Adds and removes places that apt takes packages of, as files "
                 "in the format deb822.",
      .arguments
      = {{.name = "name",
          .summary = "What it is called; its file is named after that.",
          .required = true},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         field_words("uris", "Addresses of the repository."),
         field_words("suites", "Suites: `bookworm`, `stable`."),
         field_words("components", "Components: `main`."),
         field_words("types", "`deb`, `deb-src`.", list{"deb"}),
         {.name = "signed_by",
          .summary = "The path of a key, its fingerprint, or the key itself."},
         field_words("architectures", "Only these architectures."),
         field_words("languages", "Only these languages."),
         field_words("targets", "Only these targets of download."),
         field_flag("enabled", "Whether apt uses it."),
         field_flag("trusted", "Whether no signature is needed."),
         field_flag("allow_downgrade_to_insecure",
                    "Whether a signed one may become one without."),
         field_flag("allow_insecure", "Whether it may be without signature."),
         field_flag("allow_weak", "Whether weak signatures are enough."),
         field_flag("by_hash", "Whether files are fetched by their hash."),
         field_flag("check_date", "Whether its dates count."),
         field_flag("check_valid_until", "Whether it can be too old."),
         field_flag("pdiffs", "Whether lists come as differences."),
         {.name = "date_max_future",
          .type = arg_type::integer,
          .summary = "Seconds that its date may be ahead."},
         {.name = "inrelease_path",
          .summary = "Path of its InRelease file, seen from the address."},
         {.name = "mode",
          .type = arg_type::mode,
          .summary = "Mode of the file; silent: 0644."}},
      .lock = "dpkg",
      .resource = {"repository", {"name"}},
      .example
      = R"({"deb822_repository": {"name": "example", "uris": "https://deb.example.com", "suites": "stable", "components": "main", "signed_by": "/etc/apt/keyrings/example.asc"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return deb822_work{args, ctx}.run();
  }
};

const register_module deb822_repository_registration{
  std::make_shared<deb822_repository>()};

} // namespace

} // namespace troupe
