// SPDX-License-Identifier: Apache-2.0
#include "gate/model/model_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace modelgate {
namespace {

using namespace std::string_view_literals;

std::unexpected<Error> refused(const std::string& path, const std::string& why) {
  return model_error(Reason::model_unloadable, path + ": " + why);
}

constexpr std::string_view how_to_package =
    "export it with torch.export.export and torch._inductor.aoti_compile_and_package";

/// What the first bytes say about a file that is no zip archive; empty for an archive.
std::string wrong_format(std::string_view head, bool native) {
  if (head.starts_with("PK\x03\x04"sv)) return {};
  if (head.starts_with("version https://git-lfs"sv)) return "is a Git LFS pointer, not the model; run: git lfs pull";
  if (head.starts_with("outs:"sv) || head.starts_with("md5:"sv)) return "is a .dvc stub, not the model; run: dvc pull";
  if (head.starts_with("\x80"sv)) {
    return "is a pickled PyTorch checkpoint, which is never loaded because loading runs its code; save the model with "
           "torch.jit.script(model).save(path) or torch.jit.trace";
  }
  if (head.starts_with("\x89HDF"sv)) return "is an HDF5 file; record its predictions instead (candidate.predictions)";
  if (native) return fmt::format("is not an AOTInductor package (.pt2), which is a zip archive; {}", how_to_package);
  return "is not a TorchScript archive; save the model with torch.jit.script(model).save(path)";
}

/// The name of a zip's first member behind its first folder, the archive's own name; empty where none is to be seen.
std::string_view first_member(std::string_view head) {
  constexpr std::size_t header_bytes = 30;  // of a local file header, whose name follows
  constexpr std::size_t length_at = 26;     // two bytes, little-endian
  if (head.size() <= header_bytes) return {};
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(head[at])); };
  const std::string_view name = head.substr(header_bytes, byte(length_at) + 256 * byte(length_at + 1));
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
}

bool begins_with_one_of(std::string_view name, std::span<const std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view beginning) { return name.starts_with(beginning); });
}

/// What the writer's first member says where the file's name says something else; empty where they agree or it is
/// unknown. Both writers put the same member first every time.
std::string wrong_name(std::string_view head, bool native) {
  constexpr std::array package{"data/aotinductor/"sv, "archive_format"sv, "models/"sv, "data/weights/"sv,
                               "data/constants/"sv};
  constexpr std::array script{"data.pkl"sv, "data/0"sv, "code/"sv, "constants"sv};
  const std::string_view first = first_member(head);
  if (!native && begins_with_one_of(first, package))
    return "is a package of torch.export (.pt2) under the name of a TorchScript file; rename it so that it ends in "
           ".pt2";
  if (native && begins_with_one_of(first, script))
    return fmt::format(
        "is a TorchScript file or a checkpoint of torch.save under the name of an AOTInductor package (.pt2); rename "
        "it so that it ends in .pt, or, for a package, {}",
        how_to_package);
  return {};
}

std::string unopened_words(int code) {
  const std::string why = fmt::format("cannot be opened: {}.", std::strerror(code));
  if (code == EACCES)
    return fmt::format("{} Let the user who runs the gate (id {}) read the file and enter its folders.", why,
                       ::geteuid());
  return code == ENOENT ? why + " Paths in a gate file are relative to it, those on the command line to where you are."
                        : why;
}

}  // namespace

Result<ModelFile> open_model(const std::string& path) {
  // Without O_NONBLOCK, opening a FIFO would wait for ever.
  ModelFile model{path, UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0, is_native(path)};
  if (!model.fd) return refused(path, unopened_words(errno));
  struct stat info{};
  if (::fstat(model.fd.get(), &info) != 0)
    return refused(path, std::string("cannot be examined: ") + std::strerror(errno) + ".");
  if (S_ISDIR(info.st_mode)) return refused(path, "is a folder; name the model file in it.");
  if (!S_ISREG(info.st_mode)) return refused(path, "is not a regular file (a pipe, socket or device); name a file.");
  if (info.st_size == 0) return refused(path, "is empty.");
  std::array<char, 512> head{};
  const ssize_t got = ::pread(model.fd.get(), head.data(), head.size(), 0);
  if (got < 0) return refused(path, std::string("cannot be read: ") + std::strerror(errno) + ".");
  const std::string_view bytes(head.data(), static_cast<std::size_t>(got));
  std::string wrong = wrong_format(bytes, model.native);
  if (wrong.empty()) wrong = wrong_name(bytes, model.native);
  if (!wrong.empty()) return refused(path, wrong + ".");
  model.bytes = static_cast<std::uint64_t>(info.st_size);
  return model;
}

bool is_native(std::string_view path) { return path.ends_with(".pt2"); }

std::string_view model_origin(std::string_view path) { return is_native(path) ? "aotinductor" : "torchscript"; }

}  // namespace modelgate
