// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/proc_text.hpp"

#include <algorithm>

namespace modelgate {

std::string_view proc_status_value(std::string_view status, std::string_view name) {
  while (!status.empty()) {
    std::string_view line = status.substr(0, status.find('\n'));
    status.remove_prefix(std::min(line.size() + 1, status.size()));
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) continue;
    line.remove_prefix(name.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line;
  }
  return {};
}

std::string_view proc_stat_field(std::string_view stat, int n) {
  std::size_t end = stat.rfind(')');
  std::string_view field;
  for (int at = 3; at <= n; ++at) {
    if (end == std::string_view::npos) return {};
    stat.remove_prefix(std::min(stat.find_first_not_of(' ', end + 1), stat.size()));
    end = stat.find_first_of(" \n");
    field = stat.substr(0, end);
  }
  return field;
}

}  // namespace modelgate
