// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "gate/core/error.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// A model file opened once: digest and worker see the same bytes.
struct ModelFile {
  std::string path;
  UniqueFd fd;
  std::uint64_t bytes = 0;
  bool native = false;  ///< it brings machine code (.pt2), which wants full isolation and a folder to unpack it in
};

/// Opens a regular, non-empty file without blocking. FIFOs, devices, folders, Git LFS pointers, .dvc stubs and
/// pickled (non-TorchScript) checkpoints are errors of their own that say what to do.
Result<ModelFile> open_model(const std::string& path);

}  // namespace modelgate
