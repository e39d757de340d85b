// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace modelgate {

/// What is checked out; empty where it is unknown.
struct GitCheckout {
  std::string commit;  ///< 40 or 64 hex digits
  std::string branch;  ///< "main"; empty where HEAD names a commit itself
};

/// The checkout that a folder belongs to, read from its files without starting git: a .git folder, or the .git file of
/// a worktree or submodule; loose and packed refs.
GitCheckout git_checkout(const std::filesystem::path& folder);

}  // namespace modelgate
