// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgate {

/// What a package's own check of its inputs complains of (AOTI_RUNTIME_CHECK_INPUTS).
struct InputMismatch {
  enum class Kind { dtype, size, too_small, too_large };
  Kind kind = Kind::size;
  std::size_t input = 0;      ///< counted from 0
  std::size_t axis = 0;       ///< of sizes; 0: the rows
  std::int64_t expected = 0;  ///< of sizes: the only, the least or the largest one
};

/// Reads the complaint in the package's words; nothing where they are about something else.
std::optional<InputMismatch> read_mismatch(std::string_view words);

/// A sentence for a person who gave these rows: what does not fit and what to do; the package's words stand behind it.
std::string explain_failure(std::string_view words, std::size_t rows);

}  // namespace modelgate
