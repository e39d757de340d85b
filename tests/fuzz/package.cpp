// SPDX-License-Identifier: Apache-2.0
// Any bytes as a package (.pt2): its library alone in a fresh folder, or an error that says something; in both cases
// nothing is left afterwards, and nothing was written elsewhere. And the texts that come with a package.
#include "gate/worker/package.hpp"

#include <filesystem>

#include "gate/worker/call_spec.hpp"
#include "gate/worker/input_words.hpp"
#include "gate/worker/zip_archive.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

using fuzz::require;

void members_of(int fd) {
  constexpr std::size_t most = 1U << 20U;
  const auto archive = ZipArchive::open(fd);
  if (!archive) return fuzz::require_words(archive.error());
  for (const ZipArchive::Member& member : archive->members()) {
    require(member.name.front() != '/' && !("/" + member.name + "/").contains("/../"));
    if (member.bytes > most) continue;
    const auto whole = archive->text(member, most);
    if (whole) require(whole->size() == member.bytes && archive->head(member, 16) == whole->substr(0, 16));
  }
}

void unpack(int fd, const std::string& parent) {
  if (const auto package = unpack_package(fd, parent)) {
    require(package->library.starts_with(parent + "/") && std::filesystem::is_regular_file(package->library));
    for (const auto& entry : std::filesystem::directory_iterator(package->folder.path()))
      require(entry.is_regular_file() && !entry.is_symlink());
  } else {
    fuzz::require_words(package.error());
  }
  require(std::filesystem::is_empty(parent));
}

void texts(std::string_view text) {
  wrong_library(text);
  const auto tree = read_output_tree(text);
  if (tree) require(count_tensors(*tree) <= text.size());
  if (!tree) require(!tree.error().empty());
  read_mismatch(text);
  require(!explain_failure(text, 7).empty());
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  static const fuzz::Folder folder;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  members_of(file.fd());
  unpack(file.fd(), folder.path());
  texts(fuzz::text_of(data, size));
  return 0;
}
