#include "platform/base64.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Exception.h>

#include <iterator>
#include <sstream>

namespace troupe {

std::optional<std::string> bytes_in_base64(std::string_view text) {
  std::istringstream from{std::string{text}};
  Poco::Base64Decoder decoder{from};
  try {
    std::string out{std::istreambuf_iterator<char>{decoder}, {}};
    return out;
  } catch (const Poco::DataFormatException&) {
    return std::nullopt;
  }
}

} // namespace troupe
