#include "modules/module.hpp"
#include "modules/support/accounts/key_files.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// How many bits a key gets; 0: none of that kind has so many.
int64_t key_bits(std::string_view type, int64_t wanted) {
  if (type == "ed25519")
    return 256;
  if (type == "dsa")
    return wanted == 0 || wanted == 1024 ? 1024 : 0;
  if (type == "ecdsa")
    return wanted == 0                                       ? 256
           : wanted == 256 || wanted == 384 || wanted == 521 ? wanted
                                                             : 0;
  return wanted == 0 ? 4096 : wanted >= 1024 ? wanted : 0;
}

const char* why_not_so_many(std::string_view type) {
  return type == "dsa" ? "DSA keys must be exactly 1024 bits as specified by "
                         "FIPS 186-2."
         : type == "ecdsa"
           ? "For ECDSA keys, the size is one of 256, 384 and 521 bits."
           : "For RSA keys, the minimum size is 1024 bits and the default is "
             "4096 bits.";
}

/// One task of `openssh_keypair`.
class keypair_work {
public:
  keypair_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, files_{ctx.machine.files()},
        path_{path_argument(args, "path", ctx)}, open_path_{path_ + ".pub"},
        type_{args.text("type")}, format_{args.text("private_key_format")},
        regenerate_{args.flag("force") ? "always" : args.text("regenerate")},
        keys_{path_, args.text("passphrase"), ctx} {
  }

  module_result run() {
    auto done = act();
    if (!done) {
      auto failed = module_result::failure(done.why());
      failed.data = std::move(out_.data);
      return failed;
    }
    report();
    return std::move(out_);
  }

private:
  result<void> act() {
    if (auto fine = check(); !fine)
      return fine;
    if (auto ready = keys_.open(); !ready)
      return ready;
    auto old = keys_.secret();
    if (!old)
      return old.why();
    old_ = *old;
    old_open_ = keys_.open_half();
    if (args_.text("state") == "absent")
      return remove();
    auto wish = read_file_arguments(args_, ctx_);
    if (!wish)
      return wish.why();
    if (auto done = ensure(); !done)
      return done;
    // What a real run would have made is not there in check mode.
    if (!ctx_.check_mode) {
      auto now = keys_.secret();
      if (!now)
        return now.why();
      old_now_ = *now;
      now_open_ = keys_.open_half();
    } else {
      old_now_ = old_;
      now_open_ = old_open_;
    }
    return dress(*wish);
  }

  result<void> check() {
    for (auto each : {"path", "comment", "passphrase"})
      if (auto fine = check_whole(args_, each); !fine)
        return fine;
    bits_ = key_bits(type_, args_.integer("size"));
    if (bits_ == 0)
      return error{errc::invalid_argument, why_not_so_many(type_)};
    auto folder = parent_of(path_);
    auto there = files_.status(folder, true);
    if (!there || !*there || (*there)->kind != file_kind::directory) {
      out_.data.set("name", folder);
      return error{errc::not_found,
                   fmt::format("The directory {} does not exist or the file is "
                               "not a directory",
                               folder)};
    }
    auto found = files_.status(path_, true);
    if (found && *found && (*found)->kind == file_kind::directory)
      return error{errc::invalid_argument,
                   fmt::format("{} is a directory. Please specify a path to a "
                               "file.",
                               path_)};
    if (args_.text("comment").find_first_of("\r\n") != std::string::npos)
      return error{errc::invalid_argument, "'comment' cannot hold a line end"};
    return check_format();
  }

  result<void> check_format() const {
    if (format_ == "auto")
      return {};
    auto backend = args_.text("backend");
    if (backend == "opensshbin"
        || (backend == "auto" && args_.text("passphrase").empty()))
      return error{errc::invalid_argument,
                   "'auto' is the only valid option for 'private_key_format' "
                   "when 'backend' is not 'cryptography'"};
    if (type_ == "ed25519" && format_ != "ssh")
      return error{
        errc::unsupported,
        fmt::format("ssh-keygen writes no ed25519 keys as {}", format_)};
    return {};
  }

  bool exists(const std::string& path) const {
    auto found = files_.status(path, true);
    return found && *found;
  }

  result<void> remove() {
    for (auto* each : {&path_, &open_path_}) {
      if (!exists(*each))
        continue;
      out_.changed = true;
      if (auto done = files_.remove(*each); !done)
        return done;
    }
    return {};
  }

  bool fits() const {
    return old_ && old_->bits == bits_ && old_->type == type_
           && (format_ == "auto" || keys_.format() == format_);
  }

  result<void> ensure() {
    auto there = exists(path_);
    auto readable = there ? keys_.is_readable() : result<bool>{false};
    if (!readable)
      return readable.why();
    auto careful = regenerate_ != "always" && regenerate_ != "full_idempotence";
    if (there && careful && (!old_ || !*readable))
      return error{errc::invalid_argument,
                   "Unable to read the key. The key is protected with a "
                   "passphrase or broken. Will not proceed: 'force', or "
                   "'regenerate' with 'full_idempotence' or 'always', makes a "
                   "new one."};
    if (there && regenerate_ == "fail" && !fits())
      return error{errc::invalid_argument,
                   "Key has wrong type and/or size. Will not proceed: 'force', "
                   "or 'regenerate' with 'partial_idempotence', "
                   "'full_idempotence' or 'always', makes a new one."};
    auto kept = there && regenerate_ != "always"
                && (regenerate_ == "never" || (fits() && *readable));
    return kept ? keep() : make();
  }

  result<void> make() {
    out_.changed = true;
    if (ctx_.check_mode) {
      if (ctx_.predicted) {
        ctx_.predicted->expect_file(path_, {.mode = 0600}, 0, {});
        ctx_.predicted->expect_file(open_path_, {.mode = 0644}, 0, {});
      }
      return {};
    }
    return keys_.make(type_, bits_, format_, args_.text("comment"));
  }

  /// The other half is made from the key when it is another one's.
  result<void> keep() {
    auto right = keys_.matching_half();
    if (!right)
      return right.why();
    auto same = old_open_ && old_open_->key == right->key
                && (!args_.has("comment")
                    || old_open_->comment == args_.text("comment"));
    if (same)
      return {};
    out_.changed = true;
    if (ctx_.check_mode) {
      if (ctx_.predicted)
        ctx_.predicted->expect_file(open_path_, {}, 0, {});
      return {};
    }
    return keys_.put_open_half(*right, args_.text("comment"));
  }

  result<void> dress(const wanted_attributes& wish) {
    for (auto* each : {&path_, &open_path_}) {
      auto status = files_.status(*each, false);
      if (!status)
        return status.why();
      if (!*status) {
        out_.changed = true;
        continue;
      }
      module_result unseen;
      auto done = apply_attributes(*each, **status, wish, false, ctx_, unseen);
      if (!done)
        return done.why();
      out_.changed = out_.changed || *done;
    }
    return {};
  }

  static dict side(const std::optional<secret_key>& key,
                   const std::optional<open_key>& half) {
    dict out;
    if (key)
      for (auto& [name, x] : dict{{"size", key->bits},
                                  {"type", key->type},
                                  {"fingerprint", key->fingerprint},
                                  {"format", ""}})
        out.set(name, x);
    if (half) {
      out.set("comment", value::from_host(half->comment));
      out.set("public_key", half->key.substr(half->key.find(' ') + 1));
    }
    return out;
  }

  void report() {
    auto& key = old_now_ ? old_now_ : old_;
    auto& half = now_open_ ? now_open_ : old_open_;
    out_.data.set("size", bits_);
    out_.data.set("type", type_);
    out_.data.set("filename", path_);
    out_.data.set("fingerprint", key ? key->fingerprint : "");
    out_.data.set("public_key", value::from_host(half ? half->key : ""));
    out_.data.set("comment", value::from_host(half ? half->comment : ""));
    if (ctx_.diff_mode)
      out_.diff = dict{{"before", side(old_, old_open_)},
                       {"after", side(old_now_, now_open_)}};
  }

  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  std::string path_;
  std::string open_path_;
  std::string type_;
  std::string format_;
  std::string regenerate_;
  key_files keys_;
  int64_t bits_ = 0;
  /// Before the change and after it.
  std::optional<secret_key> old_;
  std::optional<secret_key> old_now_;
  std::optional<open_key> old_open_;
  std::optional<open_key> now_open_;
  module_result out_;
};

std::vector<argument> keypair_arguments() {
  return with_file_arguments({
    {.name = "path",
     .type = arg_type::path,
     .summary = "The file of the private key; that of the public one has "
                "`.pub` behind it.",
     .required = true},
    {.name = "state",
     .summary = "Whether the keys shall be there.",
     .fallback = "present",
     .choices = {"present", "absent"}},
    {.name = "size",
     .type = arg_type::integer,
     .summary = "Bits: 4096 of `rsa`, 1024 of `dsa`, 256 (384, 521) of `ecdsa` "
                "when silent; of `ed25519` there are 256."},
    {.name = "type",
     .summary = "What kind of key.",
     .fallback = "rsa",
     .choices = {"rsa", "dsa", "rsa1", "ecdsa", "ed25519"}},
    {.name = "force",
     .type = arg_type::boolean,
     .summary = "Make new ones in any case.",
     .fallback = false},
    {.name = "comment", .summary = "What the public key ends with."},
    {.name = "passphrase",
     .summary = "What the private key is encrypted with.",
     .secret = true},
    {.name = "private_key_format",
     .summary = "How a new one is written; only with a passphrase or "
                "`cryptography`.",
     .fallback = "auto",
     .choices = {"auto", "pkcs1", "pkcs8", "ssh"}},
    {.name = "backend",
     .summary = "Whichever it is, `ssh-keygen` does it.",
     .fallback = "auto",
     .choices = {"auto", "cryptography", "opensshbin"}},
    {.name = "regenerate",
     .summary = "When new ones are made: `never`; `fail`: never, and others "
                "than are asked for are a failure; `partial_idempotence`: for "
                "others; `full_idempotence`: for those that cannot be read "
                "too; `always`.",
     .fallback = "partial_idempotence",
     .choices
     = {"never", "fail", "partial_idempotence", "full_idempotence", "always"}},
  });
}

class openssh_keypair final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "openssh_keypair",
      .summary = "Makes pairs of keys for ssh.",
      .arguments = keypair_arguments(),
      .aliases = {"community.crypto.openssh_keypair"},
      .resource = {"ssh key", {"path"}},
      .example
      = R"({"openssh_keypair": {"path": "/home/deploy/.ssh/id_ed25519", "type": "ed25519", "owner": "deploy"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return keypair_work{args, ctx}.run();
  }
};

const register_module openssh_keypair_registration{
  std::make_shared<openssh_keypair>()};

} // namespace

} // namespace troupe
