#include "config/payload/manifest.hpp"

#include "config/payload/member_name.hpp"
#include "config/plan/fields.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace troupe {

namespace {

constexpr int64_t format_number = 1;
constexpr json_limits manifest_limits{
  .bytes = size_t{1} << 30, .depth = 64, .first = {1, 1}};

payload_member read_member_entry(const value& from, input_file& file) {
  fields in{from, file};
  payload_member member;
  member.name = in.text("name").value_or("");
  member.size = static_cast<uint64_t>(
    in.integer("size", 0, std::numeric_limits<int64_t>::max()).value_or(0));
  auto mode = in.text("mode").value_or("");
  auto [at, code]
    = std::from_chars(mode.data(), mode.data() + mode.size(), member.mode, 8);
  if (code != std::errc{} || at != mode.data() + mode.size()
      || member.mode > 0777)
    in.fail("mode", "expected octal digits up to 0777");
  member.sha256 = in.text("sha256").value_or("");
  in.refuse_unknown("a member");
  if (auto good = check_member_name(member.name); !good)
    in.fail("name", good.why().message);
  return member;
}

void read_members(fields& in, payload_manifest& to) {
  auto* x = in.find("members");
  if (!x || !x->is_list()) {
    in.fail("members", "expected a list of members");
    return;
  }
  std::set<std::string_view> names;
  to.members.reserve(x->as_list().size());
  for (auto& each : x->as_list())
    to.members.push_back(read_member_entry(each, in.file()));
  for (auto& each : to.members)
    if (each.name == manifest_member || !names.insert(each.name).second)
      in.fail("members", shown_name(each.name) + " is there twice");
  for (auto* wanted : {&to.plan, &to.sealed_vars})
    if (!wanted->empty() && !names.contains(*wanted))
      in.fail("members", shown_name(*wanted) + " is missing");
}

} // namespace

value to_value(const payload_manifest& from) {
  dict out{{"format", format_number},     {"name", from.name},
           {"packed_by", from.packed_by}, {"plan", from.plan},
           {"host", from.host},           {"settings", from.settings},
           {"vars", from.vars},           {"sealed_vars", from.sealed_vars}};
  dict secrets;
  for (auto& [name, source] : from.secrets)
    secrets.set(name, source);
  out.set("secrets", std::move(secrets));
  list folders;
  for (auto& each : from.empty_folders)
    folders.push_back(each);
  out.set("empty_folders", std::move(folders));
  list members;
  for (auto& each : from.members)
    members.push_back(dict{{"name", each.name},
                           {"size", each.size},
                           {"mode", fmt::format("{:04o}", each.mode)},
                           {"sha256", each.sha256}});
  out.set("members", std::move(members));
  return out;
}

result<payload_manifest> parse_manifest(std::string_view json) {
  auto document = parse_json(json, manifest_limits);
  if (!document)
    return error{errc::invalid_argument,
                 "its manifest is damaged: " + document.why().message};
  problems found;
  input_file file{nullptr, found};
  fields in{*document, file};
  payload_manifest out;
  if (in.integer("format", 0, std::numeric_limits<int64_t>::max())
      != format_number)
    return error{errc::unsupported,
                 "its manifest is of a format that this version does not know"};
  out.name = in.text("name").value_or("");
  out.packed_by = in.text("packed_by").value_or("");
  out.plan = in.text("plan").value_or("");
  out.host = in.text("host").value_or("");
  out.sealed_vars = in.text("sealed_vars").value_or("");
  if (auto* x = in.table("settings"))
    out.settings = *x;
  if (auto* x = in.table("vars"))
    out.vars = *x;
  if (auto* x = in.table("secrets"))
    for (auto& [name, source] : *x)
      out.secrets.emplace_back(name.text_or(""), source.text_or(""));
  out.empty_folders = in.texts("empty_folders");
  for (auto& each : out.empty_folders)
    if (auto good = check_member_name(each); !good)
      in.fail("empty_folders", good.why().message);
  read_members(in, out);
  in.refuse_unknown("a manifest");
  if (found.empty())
    return out;
  auto& [place, message, part] = found.front();
  return error{errc::invalid_argument,
               fmt::format("its manifest is wrong at {}:{}: {}", place.at.line,
                           place.at.column, message)};
}

} // namespace troupe
