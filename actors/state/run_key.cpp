#include "actors/state/run_key.hpp"

#include "platform/crypto.hpp"
#include "platform/record_log.hpp"

namespace troupe {

namespace {

// What the file, a record log, has one record of.
constexpr uint8_t key_record = 1;
constexpr size_t key_size = 32;

} // namespace

std::string key_beside(const std::string& journal) {
  return journal.substr(0, journal.rfind('/') + 1) + "key";
}

run_key::~run_key() {
  wipe(bytes_);
}

result<void> run_key::read() {
  auto found = record_log::read(
    path_, [this](uint64_t, uint8_t type, std::string_view payload) {
      if (type == key_record && payload.size() == key_size)
        bytes_ = payload;
    });
  if (!found)
    return found.why();
  if (bytes_.empty())
    return error{errc::not_found, "'" + path_ + "' holds no key"};
  return {};
}

result<void> run_key::make() {
  auto fresh = random_bytes(key_size);
  if (!fresh)
    return fresh.why();
  // A file without a key may be there, of a process that died over it.
  if (auto kept = record_log::keep_one(path_, key_record, *fresh); !kept)
    return kept;
  bytes_ = std::move(*fresh);
  return {};
}

result<std::string> run_key::bytes(bool make_it) {
  std::lock_guard held{mutex_};
  if (bytes_.empty())
    if (auto known = read(); !known) {
      // One that only cannot be read now has sealed what is there.
      if (!make_it || known.why().code != errc::not_found)
        return known.why();
      if (auto made = make(); !made)
        return made.why();
    }
  return bytes_;
}

result<std::string> run_key::seal(std::string_view plain) {
  auto key = bytes(true);
  return key ? seal_under(*key, plain) : key;
}

result<std::string> run_key::unseal(std::string_view sealed) {
  auto key = bytes(false);
  return key ? unseal_under(*key, sealed) : key;
}

} // namespace troupe
