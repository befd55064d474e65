#include "platform/posix/record_format.hpp"

#include <Poco/Checksum.h>

namespace troupe {

namespace {

void put_record_number(char* to, uint32_t x) {
  for (int i = 0; i < 4; ++i)
    to[i] = static_cast<char>(x >> (8 * i));
}

} // namespace

uint32_t record_checksum(uint8_t type, std::string_view payload) {
  Poco::Checksum sum{Poco::Checksum::TYPE_CRC32};
  sum.update(static_cast<char>(type));
  // It counts in 32 bits.
  while (!payload.empty()) {
    auto piece = payload.substr(0, size_t{1} << 30);
    sum.update(piece.data(), static_cast<unsigned>(piece.size()));
    payload.remove_prefix(piece.size());
  }
  return sum.checksum();
}

uint32_t record_number_at(std::string_view bytes, size_t at) {
  uint32_t x = 0;
  for (size_t i = 0; i < 4; ++i)
    x |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return x;
}

size_t sound_record_at(std::string_view bytes, size_t at) {
  if (bytes.size() - at < record_head_size + 1)
    return 0;
  size_t length = record_number_at(bytes, at);
  if (length == 0 || length > bytes.size() - at - record_head_size)
    return 0;
  auto type = static_cast<uint8_t>(bytes[at + record_head_size]);
  auto payload = bytes.substr(at + record_head_size + 1, length - 1);
  return record_checksum(type, payload) == record_number_at(bytes, at + 4)
           ? record_head_size + length
           : 0;
}

size_t next_sound_record(std::string_view bytes, size_t from) {
  for (auto at = from; at + record_head_size < bytes.size(); ++at)
    if (sound_record_at(bytes, at) > 0)
      return at;
  return std::string_view::npos;
}

record_head head_of_record(uint8_t type, std::string_view payload) {
  record_head head;
  put_record_number(head.data(), static_cast<uint32_t>(payload.size() + 1));
  put_record_number(head.data() + 4, record_checksum(type, payload));
  head[record_head_size] = static_cast<char>(type);
  return head;
}

} // namespace troupe
