// SPDX-License-Identifier: Apache-2.0
#include "gate/wire/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace modelgate {
namespace {

std::unexpected<Error> failed(const char* what) {
  return internal_error(std::string("Shared memory could not be ") + what + ": " + std::strerror(errno) + ".");
}

}  // namespace

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

Result<Mapping> Mapping::map(int fd, std::size_t size, Access access) {
  const int protection = access == Access::shared_read ? PROT_READ : PROT_READ | PROT_WRITE;
  const int sharing = access == Access::private_write ? MAP_PRIVATE : MAP_SHARED;
  void* address = ::mmap(nullptr, size, protection, sharing, fd, 0);
  if (address == MAP_FAILED) return failed("mapped");
  Mapping mapping;
  mapping.bytes_ = {static_cast<std::byte*>(address), size};
  return mapping;
}

Result<UniqueFd> create_shared_memory(const char* name, std::size_t size) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return failed("created");
  if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) return failed("sized");
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) return failed("sealed");
  return fd;
}

Result<void> seal_writes(int fd) {
  if (::fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) return failed("sealed against writing");
  return {};
}

Result<std::size_t> sealed_size(int fd) {
  struct stat info{};
  const int seals = ::fcntl(fd, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
    return internal_error("Shared memory is not sealed against shrinking.");
  if (::fstat(fd, &info) != 0) return failed("examined");
  return static_cast<std::size_t>(info.st_size);
}

}  // namespace modelgate
