#include "config/value/base64.hpp"
#include "modules/module.hpp"
#include "modules/support/files/paths.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// The bytes of a value between its quotes, if it has any: `\\` and `\"` stand
/// for the second of them, `\` and up to three octal digits for a byte.
std::string attribute_text(std::string_view text) {
  if (text.size() > 1 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    auto next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] != '\\' || (next != '\\' && next != '"' && !is_octal(next))) {
      out += text[i++];
    } else if (!is_octal(next)) {
      out += next;
      i += 2;
    } else {
      unsigned code = 0;
      auto end = std::min(++i + 3, text.size());
      while (i < end && is_octal(text[i]))
        code = code * 8 + static_cast<unsigned>(text[i++] - '0');
      out += static_cast<char>(code);
    }
  }
  return out;
}

/// The bytes that a value stands for, as `setfattr` reads it: hex behind `0x`,
/// base64 behind `0s`, else text.
result<std::string> attribute_bytes(const std::string& value) {
  auto mark = value.size() > 1 && value[0] == '0' ? value[1] | 0x20 : 0;
  if (mark != 'x' && mark != 's')
    return attribute_text(value);
  auto rest = value.substr(2);
  std::erase_if(rest,
                [](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  error bad{errc::invalid_argument,
            fmt::format("'{}' is no value: behind '{}' stands {}", value,
                        value.substr(0, 2), mark == 'x' ? "hex" : "base64")};
  if (mark == 'x') {
    std::transform(rest.begin(), rest.end(), rest.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    auto bytes = from_hex(rest);
    return bytes ? bytes : result<std::string>{std::move(bad)};
  }
  auto bytes = decode_base64(rest);
  if (!bytes || encode_base64(*bytes) != rest)
    return bad;
  return bytes;
}

/// The same in the other direction, as `getfattr` shows it, without quotes:
/// base64 when an eighth or more are no characters.
std::string shown_attribute(std::string_view bytes) {
  auto text = bytes;
  if (text.ends_with('\0'))
    text.remove_suffix(1);
  auto odd = static_cast<size_t>(std::count_if(
    text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }));
  if (text.size() < odd * 8)
    return "0s" + encode_base64(bytes);
  std::string out;
  for (auto c : text) {
    if (c == '\0' || c == '\n' || c == '\r') {
      out += fmt::format("\\{:03o}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '\\' || c == '"')
      out += '\\';
    out += c;
  }
  return out;
}

/// One task of `xattr`.
class xattr_work {
public:
  xattr_work(const arguments& args, const module_context& ctx)
      : args_{args}, files_{ctx.machine.files()},
        strict_{files_.without_links()}, path_{path_argument(args, "path",
                                                             ctx)},
        state_{args.has("value") ? "present" : args.text("state")},
        key_{name()}, shown_key_{args.has("key") ? key_ : "None"} {
  }

  module_result run() {
    auto done = act();
    return done ? std::move(out_) : module_result::failure(done.why());
  }

private:
  /// The key with its namespace.
  std::string name() const {
    auto key = args_.text("key");
    auto space = args_.text("namespace");
    if (!args_.has("key") || space.empty()
        || (space == "user" && key.starts_with("user.")))
      return key;
    return fmt::format("{}.{}", space, key);
  }

  result<void> act() {
    for (auto each : {"path", "key", "namespace"})
      if (auto fine = check_whole(args_, each); !fine)
        return fine;
    auto there = files_.status(path_, true);
    if (!there || !*there)
      return error{errc::not_found, "path not found or not accessible!"};
    auto changes = state_ == "present" || state_ == "absent";
    if (changes && !args_.has("key"))
      return error{errc::missing_argument,
                   fmt::format("{} needs a key parameter", state_)};
    if (state_ == "present" && !args_.has("value"))
      return error{errc::missing_argument, "present needs a value parameter"};
    if (auto found = find(); !found)
      return found;
    auto all = strict_.extended_attributes(real_);
    if (!all)
      return all.why();
    now_ = *std::move(all);
    report();
    return changes ? change() : result<void>{};
  }

  /// Where it is without links on the way, and what is there.
  result<void> find() {
    auto follow = args_.flag("follow") || path_.ends_with("/");
    auto real = files_.real_path(follow ? path_ : parent_of(path_));
    if (!real)
      return real.why();
    real_ = follow ? *real : joined(*real, base_name(path_));
    auto status = strict_.status(real_, false);
    if (!status)
      return status.why();
    if (!*status)
      return error{errc::not_found, "path not found or not accessible!"};
    status_ = **status;
    return {};
  }

  /// What there is before the change.
  void report() {
    dict shown;
    auto one = state_ != "keys" && state_ != "all" && args_.has("key");
    for (auto& each : now_) {
      if (one ? each.name != key_ : !each.name.starts_with("user."))
        continue;
      shown.set(each.name, state_ == "keys"
                             ? value{""}
                             : value::from_host(shown_attribute(each.content)));
    }
    out_.data.set("xattr", std::move(shown));
    out_.msg = state_ == "keys"  ? "returning all keys"
               : state_ == "all" ? "dumping all"
                                 : "returning " + shown_key_;
  }

  result<void> change() {
    auto wanted = now_;
    std::erase_if(wanted, [&](auto& each) { return each.name == key_; });
    if (state_ == "present") {
      auto bytes = attribute_bytes(args_.text("value"));
      if (!bytes)
        return bytes.why();
      extended_attribute set{key_, *std::move(bytes)};
      out_.changed = std::find(now_.begin(), now_.end(), set) == now_.end();
      wanted.push_back(std::move(set));
      out_.msg = fmt::format("{} set to {}", key_, args_.text("value"));
    } else {
      out_.changed = wanted.size() != now_.size();
      out_.msg = fmt::format("{} removed", key_);
    }
    if (!out_.changed)
      return {};
    return strict_.dress(real_, status_,
                         {.mode = status_.mode,
                          .uid = status_.uid,
                          .gid = status_.gid,
                          .attributes = std::move(wanted)});
  }

  const arguments& args_;
  file_system& files_;
  file_system& strict_;
  std::string path_;
  std::string state_;
  std::string key_;
  std::string shown_key_;
  std::string real_;
  file_status status_;
  std::vector<extended_attribute> now_;
  module_result out_;
};

class xattr final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "xattr",
      .summary = "Sets, removes and shows extended attributes of files.",
      .arguments
      = {{.name = "path",
          .type = arg_type::path,
          .summary = "The file or folder.",
          .required = true,
          .aliases = {"name"}},
         {.name = "namespace",
          .summary = "What stands before the key; nothing: the key says it.",
          .fallback = "user"},
         {.name = "key", .summary = "The name of the attribute."},
         {.name = "value",
          .summary = "What it shall be: text with `\\` and octal digits, hex "
                     "behind `0x`, base64 behind `0s`. With it the state is "
                     "`present`."},
         {.name = "state",
          .summary = "`read`: shows the attribute, or all; `all`, `keys`: all "
                     "of the user's, or their names.",
          .fallback = "read",
          .choices = {"absent", "all", "keys", "present", "read"}},
         {.name = "follow",
          .type = arg_type::boolean,
          .summary = "Of what a link leads to.",
          .fallback = true}},
      .aliases = {"community.general.xattr"},
      .resource = {"file", {"path"}},
      .example
      = R"({"xattr": {"path": "/srv/app.conf", "key": "origin", "value": "backup"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return xattr_work{args, ctx}.run();
  }
};

const register_module xattr_registration{std::make_shared<xattr>()};

} // namespace

} // namespace troupe
