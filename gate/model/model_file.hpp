// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

/// Opens a regular, non-empty file without blocking. FIFOs, devices, folders, Git LFS pointers, .dvc stubs, pickled
/// (non-TorchScript) checkpoints and files whose first bytes belong to the other kind of model are errors of their own
/// that say what to do. Nothing behind the first bytes is looked at: archives are taken apart in the worker.
Result<ModelFile> open_model(const std::string& path);

/// By the file's name: .pt2 is an AOTInductor package and machine code, everything else TorchScript.
bool is_native(std::string_view path);
/// The report's word for such a file: "aotinductor" or "torchscript".
std::string_view model_origin(std::string_view path);

}  // namespace modelgate
