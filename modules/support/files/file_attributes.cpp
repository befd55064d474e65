#include "modules/support/files/file_attributes.hpp"

#include "modules/support/arguments/convert.hpp"
#include "modules/support/files/file_mode.hpp"
#include "platform/set_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

template <class Account>
std::optional<uint32_t> id_of(const std::optional<Account>& found) {
  if (!found)
    return std::nullopt;
  if constexpr (requires { found->uid; })
    return found->uid;
  else
    return found->gid;
}

/// A name, or a number that need not belong to an account.
result<std::optional<uint32_t>> read_id(const arguments& args,
                                        std::string_view name,
                                        const module_context& ctx) {
  if (!args.has(name))
    return std::optional<uint32_t>{};
  auto text = args.text(name);
  auto& accounts = ctx.machine.accounts();
  auto found = name == "owner" ? id_of(accounts.user(std::string_view{text}))
                               : id_of(accounts.group(std::string_view{text}));
  if (found)
    return found;
  uint32_t number = 0;
  auto end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc{} && at == end && !text.empty())
    return std::optional{number};
  auto group = name == "group";
  error missing{errc::not_found,
                fmt::format("cannot set the {} to '{}': there is no such {}",
                            name, text, group ? "group" : "user")};
  // Whatever makes it gives it a number that nobody knows yet.
  if (!ctx.unsure() || !ctx.predicted->what().names.add(text, group, accounts))
    return missing;
  ctx.predicted->assume(missing.message);
  return group ? id_of(accounts.group(std::string_view{text}))
               : id_of(accounts.user(std::string_view{text}));
}

constexpr const char* label_arguments[]
  = {"seuser", "serole", "setype", "selevel"};

result<std::vector<std::optional<std::string>>>
read_label(const arguments& args, const module_context& ctx) {
  std::vector<std::optional<std::string>> out;
  for (auto name : label_arguments) {
    if (!args.has(name))
      continue;
    // Without labels there is nothing to set, and Ansible passes over it too.
    if (!ctx.machine.files().labels_files())
      return out;
    auto text = args.text(name);
    if (text == "_default")
      return error{errc::unsupported,
                   fmt::format("{} '_default' needs the policy library of "
                               "SELinux, which is not part of this program; "
                               "name the value itself",
                               name)};
    out.resize(std::size(label_arguments));
    auto at
      = std::find(std::begin(label_arguments), std::end(label_arguments), name);
    out[static_cast<size_t>(at - std::begin(label_arguments))] = text;
  }
  return out;
}

/// `current` with the wanted parts put in.
std::string joined_label(const std::string& current,
                         const std::vector<std::optional<std::string>>& parts) {
  std::vector<std::string> have;
  size_t begin = 0;
  // The level may hold colons itself, so only three are separators.
  for (auto i = 0; i < 3; ++i) {
    auto at = current.find(':', begin);
    have.push_back(current.substr(
      begin, at == std::string::npos ? std::string::npos : at - begin));
    begin = at == std::string::npos ? current.size() : at + 1;
  }
  have.push_back(current.substr(begin));
  for (size_t i = 0; i < parts.size(); ++i)
    if (parts[i])
      have[i] = *parts[i];
  return have[3].empty()
           ? fmt::format("{}:{}:{}", have[0], have[1], have[2])
           : fmt::format("{}:{}:{}:{}", have[0], have[1], have[2], have[3]);
}

/// The flags that `wanted` makes of `current`.
std::string resolve_flags(const std::string& current, std::string wanted) {
  auto action = '=';
  if (!wanted.empty()
      && (wanted[0] == '+' || wanted[0] == '-' || wanted[0] == '=')) {
    action = wanted[0];
    wanted.erase(0, 1);
  }
  auto out = action == '=' ? std::string{} : current;
  for (auto c : wanted) {
    std::erase(out, c);
    if (action != '-')
      out += c;
  }
  return out;
}

bool same_letters(std::string x, std::string y) {
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return x == y;
}

/// One call of `apply_attributes`.
struct application {
  const std::string& path;
  const file_status& status;
  const wanted_attributes& wanted;
  bool follow;
  // The path is free of links and has to stay so.
  bool below;
  const module_context& ctx;
  module_result& out;

  file_system& files() const {
    auto& all = ctx.machine.files();
    return below ? all.without_links() : all;
  }

  result<bool> owner() const {
    auto uid = wanted.uid.value_or(status.uid);
    auto gid = wanted.gid.value_or(status.gid);
    if (uid == status.uid && gid == status.gid)
      return false;
    auto wanted_status = status;
    wanted_status.uid = uid;
    wanted_status.gid = gid;
    note_differences(out, status, wanted_status);
    std::optional<uint32_t> new_uid;
    std::optional<uint32_t> new_gid;
    if (uid != status.uid)
      new_uid = uid;
    if (gid != status.gid)
      new_gid = gid;
    if (auto done = files().set_owner(path, new_uid, new_gid, follow); !done)
      return done.why();
    return true;
  }

  result<bool> mode(bool owner_changed) const {
    // The mode of a link counts nowhere on Linux and cannot be set.
    if (wanted.mode.is_null() || status.kind == file_kind::symlink)
      return false;
    auto mode
      = resolve_mode(wanted.mode, status.mode,
                     status.kind == file_kind::directory, files().umask());
    if (!mode)
      return mode.why();
    auto current = status.mode;
    if (owner_changed) {
      // Giving a file away clears its set-id bits.
      auto now = files().status(path, follow);
      if (now && *now)
        current = (*now)->mode;
    }
    if (*mode == status.mode && *mode == current)
      return false;
    if (*mode != status.mode)
      note_difference(out, "mode", octal(status.mode), octal(*mode));
    if (auto done = files().set_mode(path, *mode); !done)
      return done.why();
    return *mode != status.mode;
  }

  result<bool> flags() const {
    if (wanted.flags.empty())
      return false;
    auto current = files().flags(path);
    if (!current)
      return current.why();
    auto next = resolve_flags(*current, wanted.flags);
    if (same_letters(*current, next))
      return false;
    note_difference(out, "attributes", *current, next);
    if (auto done = files().set_flags(path, next); !done)
      return done.why();
    return true;
  }

  result<bool> label() const {
    if (wanted.label.empty())
      return false;
    auto current = files().label(path);
    if (!current)
      return current.why();
    auto next = joined_label(*current, wanted.label);
    if (next == *current)
      return false;
    note_difference(out, "secontext", *current, next);
    if (auto done = files().set_label(path, next); !done)
      return done.why();
    return true;
  }
};

} // namespace

std::vector<argument> with_file_arguments(std::vector<argument> own) {
  const std::vector<argument> shared{
    {.name = "mode",
     .type = arg_type::mode,
     .summary = "Permissions: octal text, or symbolic."},
    {.name = "owner", .summary = "Name or number of the user who owns it."},
    {.name = "group", .summary = "Name or number of the group that owns it."},
    {.name = "attributes",
     .summary = "Flags of chattr(1), with +, - or = before them.",
     .aliases = {"attr"}},
    {.name = "seuser", .summary = "User part of the SELinux label."},
    {.name = "serole", .summary = "Role part of the SELinux label."},
    {.name = "setype", .summary = "Type part of the SELinux label."},
    {.name = "selevel", .summary = "Level part of the SELinux label."},
    {.name = "unsafe_writes",
     .type = arg_type::boolean,
     .summary = "Write into the file where it cannot be replaced.",
     .fallback = false},
  };
  own.insert(own.end(), shared.begin(), shared.end());
  return own;
}

result<wanted_attributes> read_file_arguments(const arguments& args,
                                              const module_context& ctx) {
  wanted_attributes out;
  if (auto* mode = args.find("mode")) {
    // Refused before anything is touched.
    if (mode->text_or("") != "preserve")
      if (auto valid = resolve_mode(*mode, 0, false, 0); !valid)
        return valid.why();
    out.mode = *mode;
  }
  auto uid = read_id(args, "owner", ctx);
  if (!uid)
    return uid.why();
  auto gid = read_id(args, "group", ctx);
  if (!gid)
    return gid.why();
  auto label = read_label(args, ctx);
  if (!label)
    return label.why();
  out.uid = *uid;
  out.gid = *gid;
  out.label = *std::move(label);
  out.flags = args.text("attributes");
  out.in_place_if_needed = args.flag("unsafe_writes");
  return out;
}

result<file_attributes>
attributes_for(const wanted_attributes& wanted,
               const std::optional<file_status>& current,
               const module_context& ctx, bool is_directory) {
  file_attributes out;
  out.uid = wanted.uid;
  out.gid = wanted.gid;
  out.in_place_if_needed = wanted.in_place_if_needed;
  if (!wanted.mode.is_null()) {
    auto umask = ctx.machine.files().umask();
    auto fresh = (is_directory ? 0777U : 0666U) & ~umask;
    auto before = !current       ? fresh
                  : is_directory ? current->mode
                                 : without_set_id(current->mode);
    auto mode = resolve_mode(wanted.mode, before, is_directory, umask);
    if (!mode)
      return mode.why();
    out.mode = *mode;
  }
  return out;
}

namespace {

result<bool> apply_all_of(const application& one) {
  if (one.wanted.empty())
    return false;
  // Whether it has them already nobody knows.
  if (one.ctx.predicted && one.ctx.predicted->is_vague(one.path))
    one.ctx.predicted->miss();
  auto owner = one.owner();
  if (!owner)
    return owner;
  auto mode = one.mode(*owner);
  if (!mode)
    return mode;
  auto flags = one.flags();
  if (!flags)
    return flags;
  auto label = one.label();
  if (!label)
    return label;
  return *owner || *mode || *flags || *label;
}

} // namespace

result<bool> apply_attributes(const std::string& path,
                              const file_status& status,
                              const wanted_attributes& wanted, bool follow,
                              const module_context& ctx, module_result& out) {
  return apply_all_of({path, status, wanted, follow, false, ctx, out});
}

result<bool> apply_attributes_below(const std::string& path,
                                    const file_status& status,
                                    const wanted_attributes& wanted,
                                    const module_context& ctx,
                                    module_result& out) {
  return apply_all_of({path, status, wanted, false, true, ctx, out});
}

const char* state_name(const file_status& status) {
  switch (status.kind) {
  case file_kind::directory:
    return "directory";
  case file_kind::symlink:
    return "link";
  default:
    return status.links > 1 ? "hard" : "file";
  }
}

void add_path_info(module_result& out, const std::string& path,
                   const file_status& status, const module_context& ctx) {
  auto& accounts = ctx.machine.accounts();
  auto user = accounts.user(status.uid);
  auto group = accounts.group(status.gid);
  auto& data = out.data;
  data.set("uid", int64_t{status.uid});
  data.set("gid", int64_t{status.gid});
  data.set("owner",
           value::from_host(user ? user->name : std::to_string(status.uid)));
  data.set("group",
           value::from_host(group ? group->name : std::to_string(status.gid)));
  data.set("mode", octal(status.mode));
  data.set("state", state_name(status));
  data.set("size", status.size);
  if (ctx.machine.files().labels_files())
    if (auto label = ctx.machine.files().label(path))
      data.set("secontext", value::from_host(*std::move(label)));
}

void add_path_info(module_result& out, const std::string& path,
                   const module_context& ctx) {
  auto found = ctx.machine.files().status(path, false);
  if (!found)
    return;
  if (*found)
    add_path_info(out, path, **found, ctx);
  else
    out.data.set("state", "absent");
}

void note_differences(module_result& out, const file_status& before,
                      const file_status& after) {
  if (before.uid != after.uid)
    note_difference(out, "owner", int64_t{before.uid}, int64_t{after.uid});
  if (before.gid != after.gid)
    note_difference(out, "group", int64_t{before.gid}, int64_t{after.gid});
  if (before.mode != after.mode)
    note_difference(out, "mode", octal(before.mode), octal(after.mode));
}

void note_difference(module_result& out, std::string_view name, value before,
                     value after) {
  if (!out.diff.is_dict())
    out.diff = dict{{"before", dict{}}, {"after", dict{}}};
  auto& diff = out.diff.as_dict();
  auto* old_side = diff.find("before");
  auto* new_side = diff.find("after");
  if (old_side && old_side->is_dict())
    old_side->as_dict().set(name, std::move(before));
  if (new_side && new_side->is_dict())
    new_side->as_dict().set(name, std::move(after));
}

} // namespace troupe
