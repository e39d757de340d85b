// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "gate/core/error.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// A mapped range of memory; unmapped once.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  enum class Access { shared_write, shared_read, private_write };
  /// Maps the first size bytes of fd; private_write shows the file's bytes but keeps changes to this process.
  static Result<Mapping> map(int fd, std::size_t size, Access access);

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// An anonymous shared file of a fixed size, sealed against resizing (and, by seal_writes, against new writers).
Result<UniqueFd> create_shared_memory(const char* name, std::size_t size);
/// No new writable shared mapping and no write() from now on; mappings that exist stay writable.
Result<void> seal_writes(int fd);
/// Size of the file, if it is sealed against shrinking; an error otherwise, since reading it could then kill the
/// reader.
Result<std::size_t> sealed_size(int fd);

}  // namespace modelgate
