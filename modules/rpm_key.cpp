#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/web/web_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

struct rpm_public_key {
  /// 16 hexadecimal digits, large.
  std::string id;
  std::string fingerprint;
};

/// The keys in what gpg has listed with colons.
std::vector<rpm_public_key> keys_listed(std::string_view text) {
  std::vector<rpm_public_key> out;
  for (auto& line : split_text(text, '\n')) {
    auto fields = split_text(line, ':');
    if (fields[0] == "pub" && fields.size() > 4)
      out.push_back({fields[4], {}});
    // That of a key comes before those of what belongs to it.
    if (fields[0] == "fpr" && fields.size() > 9 && !out.empty()
        && out.back().fingerprint.empty())
      out.back().fingerprint = fields[9];
  }
  return out;
}

std::string large_digits(std::string_view text) {
  std::string out;
  for (auto c : text)
    if (c != ' ')
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

/// One task of `rpm_key`.
class rpm_key_work {
public:
  rpm_key_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, web_{ctx} {
  }

  module_result run() {
    auto done = identify();
    if (done)
      done = act();
    return done ? std::move(out_) : module_result::failure(done.why());
  }

private:
  /// Which key is meant: the one in a file, or the one of a number.
  result<void> identify() {
    auto key = args_.text("key");
    if (key.find("://") != std::string::npos) {
      auto path = web_.load(key, args_.flag("validate_certs"));
      if (!path)
        return path.why();
      file_ = *std::move(path);
    } else if (key.starts_with("/")) {
      file_ = key;
    } else {
      key_.id = large_digits(key.starts_with("0x") ? key.substr(2) : key);
      auto fits = key_.id.size() == 8 || key_.id.size() >= 16;
      if (!fits
          || key_.id.find_first_not_of("0123456789ABCDEF") != std::string::npos)
        return error{errc::invalid_argument,
                     fmt::format("'{}' is no key: expected an address, a path "
                                 "or 8, 16 or more hexadecimal digits",
                                 key)};
      if (args_.text("state") == "present")
        return error{errc::missing_argument,
                     "a key that shall be there needs an address or a path"};
      return {};
    }
    return read_file();
  }

  result<std::vector<rpm_public_key>> list_keys(std::vector<std::string> last,
                                                tool_terms terms = {}) const {
    auto tool = find_tool("gpg2", ctx_);
    if (!tool)
      tool = find_tool("gpg", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> words{*tool,         "--no-tty",
                                   "--batch",     "--with-colons",
                                   "--show-keys", "--fixed-list-mode"};
    words.insert(words.end(), last.begin(), last.end());
    auto text = tool_output(std::move(words), ctx_, std::move(terms));
    if (!text)
      return text.why();
    return keys_listed(*text);
  }

  result<void> read_file() {
    auto keys = list_keys({"--", file_});
    if (!keys)
      return keys.why();
    if (keys->empty())
      return error{errc::invalid_argument,
                   fmt::format("Not a public key: {}", args_.text("key"))};
    key_ = keys->front();
    auto wanted = large_digits(args_.text("fingerprint"));
    if (wanted.empty() || wanted == key_.fingerprint)
      return {};
    return error{errc::invalid_argument,
                 fmt::format("The specified fingerprint, '{}', does not match "
                             "the key fingerprint '{}'",
                             wanted, key_.fingerprint)};
  }

  /// The end of a number that rpm knows a key by.
  static std::string tail(std::string_view id, size_t digits) {
    return std::string{id.size() > digits ? id.substr(id.size() - digits) : id};
  }

  result<bool> is_there(const std::string& rpm) const {
    auto names = run_tool({rpm, "-q", "gpg-pubkey"}, ctx_);
    if (!names)
      return names.why();
    // It has none.
    if (names->rc != 0)
      return false;
    auto texts = tool_output(
      {rpm, "-q", "gpg-pubkey", "--qf", "%{description}\n"}, ctx_);
    if (!texts)
      return texts.why();
    auto keys = list_keys({}, {.input = *std::move(texts)});
    if (!keys)
      return keys.why();
    auto digits = key_.id.size() == 8 ? 8U : 16U;
    return std::any_of(keys->begin(), keys->end(), [&](auto& each) {
      return tail(each.id, digits) == tail(key_.id, digits);
    });
  }

  result<void> act() {
    auto rpm = find_tool("rpm", ctx_);
    if (!rpm)
      return rpm.why();
    auto there = is_there(*rpm);
    if (!there)
      return there.why();
    auto wanted = args_.text("state") == "present";
    if (*there == wanted)
      return {};
    out_.changed = true;
    if (ctx_.check_mode)
      return {};
    ctx_.changing("key of rpm " + key_.id);
    auto small = tail(key_.id, 8);
    for (auto& c : small)
      if (c >= 'A' && c <= 'F')
        c = static_cast<char>(c - 'A' + 'a');
    auto done = wanted ? tool_output({*rpm, "--import", file_}, ctx_)
                       : tool_output({*rpm, "--erase", "--allmatches",
                                      "gpg-pubkey-" + small},
                                     ctx_);
    return done ? result<void>{} : result<void>{done.why()};
  }

  const arguments& args_;
  const module_context& ctx_;
  rpm_public_key key_;
  std::string file_;
  web_file web_;
  module_result out_;
};

class rpm_key final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "rpm_key",
      .summary = "Adds and removes keys that rpm trusts.",
      .arguments
      = {{.name = "key",
          .summary = "The key: an address, a path, or, to remove it, 8, 16 or "
                     "more hexadecimal digits.",
          .required = true},
         {.name = "state",
          .summary = "Whether it shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "fingerprint", .summary = "What its fingerprint must be."},
         {.name = "validate_certs",
          .type = arg_type::boolean,
          .summary = "A server has to show a right certificate.",
          .fallback = true}},
      .lock = "dpkg",
      .resource = {"key of rpm", {"key"}},
      .example
      = R"({"rpm_key": {"key": "https://rpm.example.com/RPM-GPG-KEY-example"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return rpm_key_work{args, ctx}.run();
  }
};

const register_module rpm_key_registration{std::make_shared<rpm_key>()};

} // namespace

} // namespace troupe
