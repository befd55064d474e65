#include "modules/support/plan/named_sources.hpp"

#include "modules/support/arguments/convert.hpp"
#include "modules/support/arguments/source_arguments.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// A switch that says where the source is: on the host when it is `on_host`.
source_side side_of(const value* given, source_side usual, bool on_host) {
  if (!given || given->is_null())
    return usual;
  auto said = bool_of(*given);
  if (has_template(*given) || !said)
    return source_side::open;
  return *said == on_host ? source_side::host : source_side::plan;
}

source_side side_of(const source_argument& what, const dict& args) {
  auto out = side_of(args.find("remote_src"),
                     what.remote ? source_side::host : source_side::plan, true);
  if (what.module == "unarchive" && out == source_side::plan)
    out = side_of(args.find("copy"), out, false);
  return out;
}

/// The files of a form's parts.
void add_form(const dict& args, std::vector<named_source>& out) {
  auto* body = args.find("body");
  auto* format = args.find("body_format");
  bool form = format && format->text_or("") == "form-multipart";
  if (!form || !body || !body->is_dict())
    return;
  for (auto& [key, part] : body->as_dict()) {
    auto* name = part.is_dict() ? part.find("filename") : nullptr;
    if (name && !part.find("content"))
      out.push_back({.given = name, .kind = "files"});
  }
}

/// The side that is sent to the other.
void add_pushed(const dict& args, std::vector<named_source>& out) {
  auto* mode = args.find("mode");
  auto side = source_side::plan;
  if (mode && has_template(*mode))
    side = source_side::open;
  else if (mode && mode->text_or("") == "pull")
    side = source_side::host;
  if (auto* source = args.find("src"))
    out.push_back({.given = source, .kind = "files", .side = side});
}

} // namespace

bool has_own_marks(const dict& args) {
  return std::any_of(args.begin(), args.end(), [](auto& each) {
    return each.first.text_or("").ends_with("_string");
  });
}

std::vector<named_source> sources_named_by(std::string_view module,
                                           const dict& args) {
  std::vector<named_source> out;
  for (auto& each : source_arguments)
    if (each.module == module)
      if (auto* given = args.find(each.argument))
        out.push_back({.given = given,
                       .kind = each.kind,
                       .side = side_of(each, args),
                       .first_word = each.first_word,
                       .own_marks = has_own_marks(args)});
  if (module == "uri")
    add_form(args, out);
  if (module == "synchronize")
    add_pushed(args, out);
  std::erase_if(out, [](auto& each) {
    return !each.given->is_text() || each.given->as_string().empty()
           || each.side == source_side::host;
  });
  return out;
}

} // namespace troupe
