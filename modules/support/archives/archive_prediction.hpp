#pragma once

#include "modules/support/archives/archive_entries.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Where and how an archive would be unpacked.
struct unpacking {
  std::string folder;
  /// The bits of the entries' modes that count.
  uint32_t modes = 07777;
  /// Who owns an entry is taken over as well.
  bool owners = false;
};

/// The path that an entry has below a folder.
std::string place_of_entry(const archive_entry& entry,
                           const std::string& folder);

/// In check mode: notes that entries would be unpacked. All is known of them
/// but their content; of more than 20,000 nothing is.
void predict_entries(const std::vector<const archive_entry*>& all,
                     const unpacking& how, const module_context& ctx);

} // namespace troupe
