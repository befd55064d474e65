#pragma once

#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What `ssh-keygen` says of a private key.
struct secret_key {
  int64_t bits = 0;
  /// In small letters: `rsa`, `ed25519`.
  std::string type;
  std::string fingerprint;
};

/// A public key: its kind and its content, and what stands behind them.
struct open_key {
  std::string key;
  std::string comment;
};

/// The two files of a pair of keys, which `ssh-keygen` makes and reads. It only
/// ever writes where nobody else can; what it has made is put in place through
/// the files of the host.
class key_files {
public:
  key_files(std::string path, std::string passphrase,
            const module_context& ctx);

  /// To be called first; an error when there is no `ssh-keygen`.
  result<void> open();

  /// Absent when there is no key, or none that can be read.
  result<std::optional<secret_key>> secret() const;

  /// Absent when there is none, or what is there is none.
  std::optional<open_key> open_half() const;

  /// The public key that belongs to the private one.
  result<open_key> matching_half() const;

  /// Whether the passphrase opens the private key; without one, whether it
  /// needs none.
  result<bool> is_readable() const;

  /// `ssh`, `pkcs1`, `pkcs8`; empty: another one.
  std::string format() const;

  /// Makes both anew.
  result<void> make(const std::string& type, int64_t bits,
                    const std::string& format, const std::string& comment);

  /// Makes the public one anew, and has both say the comment.
  result<void> put_open_half(const open_key& half, const std::string& comment);

private:
  result<process_result> keygen(std::vector<std::string> words,
                                bool with_phrase) const;
  result<void> put_in_place(const std::string& from);
  std::string scratch() const;

  std::string path_;
  std::string passphrase_;
  const module_context& ctx_;
  file_system& files_;
  std::string tool_;
};

} // namespace troupe
