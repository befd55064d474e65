#pragma once

#include "modules/support/git/git_checkout.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The folder that git keeps its own files in, which may be said in a file.
result<std::string> folder_of_git(const git_wish& wish,
                                  const module_context& ctx);

/// Moves git's own files from `folder`, which then is their new place, to where
/// they are wanted.
result<void> move_git_folder(const git_wish& wish, std::string& folder,
                             const module_context& ctx, module_result& out);

/// The commit that a remote, a name in `folder` or an address, has for a
/// version; what is neither branch nor tag is taken for a commit itself.
result<std::string> commit_of_remote(const git_tool& git,
                                     const std::string& remote,
                                     const std::string& folder,
                                     const std::string& version);

/// An error unless the commit or tag has a good signature, by one of these keys
/// if there are any.
result<void> verify_signature(const git_tool& git, const std::string& folder,
                              const std::string& version,
                              const std::vector<std::string>& keys);

/// Packs a version into a file, whose ending says how, and says whether that is
/// another one than before.
result<bool> pack_version(const git_tool& git, const git_wish& wish,
                          const std::string& path, const std::string& prefix,
                          const module_context& ctx);

} // namespace troupe
