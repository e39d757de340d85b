// SPDX-License-Identifier: Apache-2.0
#include "gate/model/model_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace modelgate {
namespace {

std::unexpected<Error> refused(const std::string& path, const std::string& why) {
  return model_error(Reason::model_unloadable, path + ": " + why);
}

/// What the first bytes say about a file that is no TorchScript archive (a zip); empty for an archive.
std::string wrong_format(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("PK\x03\x04"sv)) return {};
  if (head.starts_with("version https://git-lfs"sv)) return "is a Git LFS pointer, not the model; run: git lfs pull";
  if (head.starts_with("outs:"sv) || head.starts_with("md5:"sv)) return "is a .dvc stub, not the model; run: dvc pull";
  if (head.starts_with("\x80"sv)) {
    return "is a pickled PyTorch checkpoint, which is never loaded because loading runs its code; save the model with "
           "torch.jit.script(model).save(path) or torch.jit.trace";
  }
  if (head.starts_with("\x89HDF"sv)) return "is an HDF5 file; record its predictions instead (candidate.predictions)";
  return "is not a TorchScript archive; save the model with torch.jit.script(model).save(path)";
}

}  // namespace

Result<ModelFile> open_model(const std::string& path) {
  // Without O_NONBLOCK, opening a FIFO would wait for ever.
  ModelFile model{path, UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0};
  if (!model.fd) return refused(path, std::string("cannot be opened: ") + std::strerror(errno) + ".");
  struct stat info{};
  if (::fstat(model.fd.get(), &info) != 0)
    return refused(path, std::string("cannot be examined: ") + std::strerror(errno) + ".");
  if (S_ISDIR(info.st_mode)) return refused(path, "is a folder; name the model file in it.");
  if (!S_ISREG(info.st_mode)) return refused(path, "is not a regular file (a pipe, socket or device); name a file.");
  if (info.st_size == 0) return refused(path, "is empty.");
  std::array<char, 64> head{};
  const ssize_t got = ::pread(model.fd.get(), head.data(), head.size(), 0);
  if (got < 0) return refused(path, std::string("cannot be read: ") + std::strerror(errno) + ".");
  const std::string wrong = wrong_format({head.data(), static_cast<std::size_t>(got)});
  if (!wrong.empty()) return refused(path, wrong + ".");
  model.bytes = static_cast<std::uint64_t>(info.st_size);
  return model;
}

}  // namespace modelgate
