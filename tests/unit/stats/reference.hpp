// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace modelgate::stats {

inline constexpr double point = 1e-9;  ///< agreement asked of values and p
inline constexpr double edge = 1e-6;   ///< agreement asked of interval ends

/// One section of references.json, which make_references.py writes.
inline nlohmann::json reference(const std::string& section) {
  std::ifstream file(std::string(MODELGATE_SOURCE_DIR) + "/tests/unit/stats/references.json");
  return nlohmann::json::parse(file).at(section);
}

}  // namespace modelgate::stats
