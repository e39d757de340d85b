// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gate/core/error.hpp"
#include "gate/sandbox/scratch.hpp"

namespace modelgate {

/// What running an AOTInductor package needs of it, in a folder of its own.
struct Package {
  ScratchFolder folder;
  std::string library;  ///< path of the one shared library; its list of fallback operators, if any, lies beside it
  std::string twin;     ///< the same again, as a file of its own: a library that is open already is not loaded anew
  std::string weights;  ///< path of the weights, where they are not in the library; else empty
};

/// Takes apart an AOTInductor package (.pt2) that may be hostile: everything is checked by name, number and size before
/// anything is written, only what is needed is written, each file under its last name (twins with a word before it)
/// into one fresh folder inside parent. Refused (model_unloadable) with a sentence: what is no such package; none or
/// several shared libraries; one for another machine; source code to be compiled (nothing is compiled); weights or
/// objects that only Python reads.
Result<Package> unpack_package(int fd, const std::string& parent);

/// What is wrong with a shared library for this process by its first bytes; empty where nothing is.
std::string wrong_library(std::string_view head);

}  // namespace modelgate
