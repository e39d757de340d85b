// SPDX-License-Identifier: Apache-2.0
#include "checks/explain.hpp"

#include <array>
#include <utility>

namespace modelgate {

namespace {

std::string written(const Explanation& explanation, std::string_view also_of_statistic) {
  const std::array<std::pair<std::string_view, std::string_view>, 7> sections{{
      {"What it checks", explanation.what_it_checks},
      {"Why it blocks", explanation.why_it_blocks},
      {"Statistic and source", explanation.statistic_and_source},
      {"Parameters and defaults", explanation.parameters_and_defaults},
      {"Passes when", explanation.passes_when},
      {"Fails when", explanation.fails_when},
      {"Cannot decide when", explanation.cannot_decide_when},
  }};
  std::string text;
  for (const auto& [title, body] : sections) {
    text.append("## ").append(title).append("\n").append(body);
    if (title == "Statistic and source") text.append(also_of_statistic);
    text.append("\n\n");
  }
  return text.append("## Example\n```yaml\n").append(explanation.example).append("\n```\n");
}

}  // namespace

std::string markdown(const Explanation& explanation) { return written(explanation, {}); }

std::string weighable_markdown(const Explanation& explanation) { return written(explanation, shared_text::weighted); }

}  // namespace modelgate
