#include "platform/posix/open_file.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/status.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/MD5Engine.h>
#include <Poco/SHA1Engine.h>
#include <Poco/SHA2Engine.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace troupe {

namespace {

std::unique_ptr<Poco::DigestEngine> engine_for(std::string_view algorithm) {
  using sha2 = Poco::SHA2Engine;
  if (algorithm == "md5")
    return std::make_unique<Poco::MD5Engine>();
  if (algorithm == "sha1")
    return std::make_unique<Poco::SHA1Engine>();
  if (algorithm == "sha224")
    return std::make_unique<sha2>(sha2::SHA_224);
  if (algorithm == "sha256")
    return std::make_unique<sha2>(sha2::SHA_256);
  if (algorithm == "sha384")
    return std::make_unique<sha2>(sha2::SHA_384);
  if (algorithm == "sha512")
    return std::make_unique<sha2>(sha2::SHA_512);
  return nullptr;
}

error unknown_algorithm(std::string_view algorithm) {
  return {errc::invalid_argument,
          fmt::format("there is no digest '{}'; known are md5, sha1, sha224, "
                      "sha256, sha384 and sha512",
                      algorithm)};
}

} // namespace

result<std::string> digest_of(std::string_view bytes,
                              std::string_view algorithm) {
  auto engine = engine_for(algorithm);
  if (!engine)
    return unknown_algorithm(algorithm);
  engine->update(bytes.data(), bytes.size());
  return Poco::DigestEngine::digestToHex(engine->digest());
}

result<std::string> digest_of_file(const std::string& path,
                                   std::string_view algorithm, way how) {
  auto engine = engine_for(algorithm);
  if (!engine)
    return unknown_algorithm(algorithm);
  auto from = open_to_read(path, how);
  if (!from)
    return from.why();
  constexpr size_t piece = size_t{64} << 10;
  auto buffer = std::make_unique<char[]>(piece);
  for (;;) {
    auto n = ::read(from->file.get(), buffer.get(), piece);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return system_error(errno, fmt::format("cannot read '{}'", path));
    if (n == 0)
      return Poco::DigestEngine::digestToHex(engine->digest());
    engine->update(buffer.get(), static_cast<size_t>(n));
  }
}

} // namespace troupe
