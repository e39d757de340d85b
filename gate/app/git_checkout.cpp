// SPDX-License-Identifier: Apache-2.0
#include "gate/app/git_checkout.hpp"

#include <fstream>
#include <string_view>
#include <system_error>

#include "gate/app/surroundings.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The folder behind ".git": itself, or what the file of a worktree or submodule points to.
fs::path git_folder(const fs::path& dot_git) {
  std::error_code absent;
  if (fs::is_directory(dot_git, absent)) return dot_git;
  constexpr std::string_view mark = "gitdir: ";
  const std::string line = first_line(dot_git);
  return line.starts_with(mark) ? dot_git.parent_path() / line.substr(mark.size()) : fs::path{};
}

/// Where refs of all worktrees are kept.
fs::path common_folder(const fs::path& git) {
  const std::string common = first_line(git / "commondir");
  return common.empty() ? git : git / common;
}

/// Lines "<commit> <ref>"; comments and peeled tags begin otherwise.
std::string packed_commit(const fs::path& packed_refs, const std::string& ref) {
  std::ifstream file(packed_refs);
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    if (space != std::string::npos && line.substr(space + 1) == ref) return line.substr(0, space);
  }
  return {};
}

std::string commit_of(const fs::path& git, const std::string& ref) {
  const fs::path common = common_folder(git);
  for (const fs::path& folder : {git, common})
    if (std::string commit = first_line(folder / ref); is_commit(commit)) return commit;
  std::string commit = packed_commit(common / "packed-refs", ref);
  return is_commit(commit) ? commit : std::string{};
}

GitCheckout checkout_in(const fs::path& git) {
  constexpr std::string_view symbolic = "ref: ";
  constexpr std::string_view branches = "refs/heads/";
  const std::string head = first_line(git / "HEAD");
  if (is_commit(head)) return {head, {}};
  if (!head.starts_with(symbolic)) return {};
  const std::string ref = head.substr(symbolic.size());
  return {commit_of(git, ref), ref.starts_with(branches) ? ref.substr(branches.size()) : ref};
}

}  // namespace

GitCheckout git_checkout(const fs::path& folder) {
  std::error_code failed;
  for (fs::path at = fs::absolute(folder, failed); !at.empty(); at = at.parent_path()) {
    const fs::path dot_git = at / ".git";
    if (fs::exists(dot_git, failed)) {
      const fs::path git = git_folder(dot_git);
      return git.empty() ? GitCheckout{} : checkout_in(git);
    }
    if (at == at.parent_path()) break;
  }
  return {};
}

}  // namespace modelgate
