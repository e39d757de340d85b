// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/pilot.hpp"

namespace modelgate {

std::string pilot_key(std::string_view family, std::string_view metric, std::string_view klass,
                      const SliceValues& slice, std::string_view attribute) {
  std::string key;
  const auto add = [&](std::string_view part) { key.append(part).push_back('\n'); };
  add(family);
  add(metric);
  add(klass);
  add(attribute);
  for (const auto& [column, value] : slice) {
    add(column);
    add(value);
  }
  return key;
}

}  // namespace modelgate
