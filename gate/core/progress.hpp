// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace modelgate {

/// Told how far a phase is; called from one thread at a time, a few times a second at most.
class Progress {
 public:
  virtual ~Progress() = default;
  /// phase: "replay", "latency", …; total absent where unknown.
  virtual void update(std::string_view phase, std::size_t done, std::optional<std::size_t> total) = 0;
  virtual void finish(std::string_view phase) = 0;
};

/// Says nothing: CI and --quiet.
class SilentProgress final : public Progress {
 public:
  void update(std::string_view, std::size_t, std::optional<std::size_t>) override {}
  void finish(std::string_view) override {}
};

}  // namespace modelgate
