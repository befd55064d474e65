#include "actors/cli/vault_files.hpp"

#include "config/plan/plan_text.hpp"
#include "modules/support/commands/key_values.hpp"
#include "platform/crypto.hpp"
#include "platform/input.hpp"
#include "platform/new_file.hpp"
#include "platform/signals.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

constexpr const char* usual_label = "default";
constexpr uint32_t private_mode = 0600;

result<vault_key> key_of(const vault_source& from, host& machine) {
  auto password = read_vault_password(from, machine);
  if (!password)
    return password.why();
  vault_key out;
  out.label = from.label;
  out.password = std::move(*password);
  return out;
}

/// A file that is only for an editor, overwritten and removed at its end.
class scratch_copy {
public:
  static result<scratch_copy> make(const std::string& text,
                                   const std::string& name, host& machine) {
    auto number = random_bytes(8);
    if (!number)
      return number.why();
    auto below = machine.files().access("/dev/shm", "w")
                   ? std::string{"/dev/shm"}
                   : machine.variable("TMPDIR").value_or("/tmp");
    scratch_copy out;
    out.folder_ = fmt::format("{}/troupe-vault-{}", below, to_hex(*number));
    if (auto made = make_private_folder(out.folder_); !made)
      return made.why();
    // From here on it is removed, whatever happens.
    out.machine_ = &machine;
    // The editor goes by the ending.
    out.path_ = out.folder_ + "/" + name.substr(name.rfind('/') + 1);
    auto file = new_file::create(out.path_, private_mode);
    if (!file)
      return file.why();
    if (auto done = file->write(text); !done)
      return done.why();
    if (auto done = file->close(private_mode); !done)
      return done.why();
    return out;
  }

  scratch_copy(scratch_copy&& other) noexcept
      : machine_{std::exchange(other.machine_, nullptr)},
        folder_{std::exchange(other.folder_, {})}, path_{std::exchange(
                                                     other.path_, {})} {
  }

  ~scratch_copy() {
    wipe();
  }

  /// Also when this process is about to end.
  void wipe() const {
    if (!path_.empty())
      if (auto size = size_of_file(path_))
        static_cast<void>(overwrite_part(path_, 0, std::string(*size, '\0')));
    if (machine_)
      static_cast<void>(machine_->files().remove_all(folder_));
  }

  const std::string& path() const {
    return path_;
  }

private:
  scratch_copy() = default;

  host* machine_ = nullptr;
  std::string folder_;
  std::string path_;
};

} // namespace

vault_key::~vault_key() {
  wipe(password);
}

result<vault_key> encrypting_key(const vault_command& given, host& machine) {
  auto sources = sources_of(given.secrets, machine);
  if (sources.empty())
    return key_of({given.encrypt_id.empty() ? usual_label : given.encrypt_id,
                   "prompt", true},
                  machine);
  std::vector<std::string> labels;
  for (auto& each : sources) {
    if (each.label == given.encrypt_id
        || (given.encrypt_id.empty() && sources.size() == 1)) {
      each.fresh = true;
      return key_of(each, machine);
    }
    labels.push_back(each.label);
  }
  return error{errc::invalid_argument,
               given.encrypt_id.empty()
                 ? fmt::format("there are several passwords ({}): say which "
                               "encrypts with --encrypt-vault-id",
                               fmt::join(labels, ", "))
                 : fmt::format("--encrypt-vault-id: no password has the label "
                               "'{}'; there are {}",
                               given.encrypt_id, fmt::join(labels, ", "))};
}

result<vault_key> new_key(const vault_command& given, host& machine) {
  vault_source from{usual_label, "prompt", true};
  if (!given.new_id.empty())
    from = parse_vault_id(given.new_id);
  else if (!given.new_password_file.empty())
    from.source = given.new_password_file;
  from.fresh = true;
  return key_of(from, machine);
}

result<std::shared_ptr<vault>> opening_vault(const vault_command& given,
                                             host& machine) {
  auto options = given.secrets;
  options.ask = options.ask || sources_of(options, machine).empty();
  return read_vault(options, machine);
}

result<std::string> encrypt_for(const vault_key& key, std::string_view plain) {
  if (key.label.find_first_of(";\r\n") != std::string::npos)
    return error{
      errc::invalid_argument,
      fmt::format("the label '{}' has a semicolon in it", key.label)};
  return encrypt_vault(plain, key.password,
                       key.label == usual_label ? std::string_view{}
                                                : key.label);
}

result<std::string> read_vault_file(const std::string& path, host& machine) {
  return path == "-" ? read_standard_input(longest_source)
                     : machine.files().read_stream(path, longest_source);
}

result<void> write_vault_file(const std::string& path, std::string_view text,
                              host& machine) {
  auto there = machine.files().status(path, true);
  if (!there)
    return there.why();
  if (!*there)
    return machine.files().replace(path, text, {.mode = private_mode});
  if ((*there)->kind != file_kind::regular)
    return machine.files().write_output(path, text);
  auto real = machine.files().real_path(path);
  return real ? machine.files().replace(*real, text, {})
              : result<void>{real.why()};
}

result<std::string> edit_text(const std::string& text, const std::string& name,
                              host& machine) {
  auto copy = scratch_copy::make(text, name, machine);
  if (!copy)
    return copy.why();
  auto words = split_command(machine.variable("EDITOR").value_or("vi"));
  if (!words)
    return error{errc::invalid_argument, "EDITOR: " + words.why().message};
  if (words->empty())
    words->emplace_back("vi");
  words->push_back(copy->path());
  // A closed window must not leave the text behind; Ctrl-C is the editor's.
  signal_watch watch{[&copy](signal_request what) {
    if (what != signal_request::terminate)
      return;
    copy->wipe();
    end_at_once(143);
  }};
  auto ended = run_on_terminal(*words);
  if (!ended)
    return ended.why();
  if (*ended != 0)
    return error{
      errc::command_failed,
      fmt::format("the editor {} failed with {}: nothing was changed",
                  words->front(), *ended)};
  return machine.files().read(copy->path(), longest_source);
}

} // namespace troupe
