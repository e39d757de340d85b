// SPDX-License-Identifier: Apache-2.0
// Any bytes as a gate file: a plan, or an error that says something. A plan's resolved file gives the same checks, and
// resolved once more the same text.
#include "gate/config/gate_file.hpp"

#include "gate/config/waivers_file.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate {
namespace {

/// A resolved file without its comments, which name the file it was made of.
std::string without_comments(std::string_view text) {
  std::string bare;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.starts_with('#')) bare.append(line.substr(0, line.rfind("  # "))).append("\n");
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return bare;
}

void same_when_resolved(const Plan& plan, const PlanRequest& request) {
  const auto resolved = resolved_gate_file(request);
  fuzz::require(resolved.has_value());
  const fuzz::MemoryFile file(*resolved);
  const PlanRequest again{.gate_file = file.path()};
  const auto same = load_plan(again, test::specs());
  fuzz::require(same.has_value() && same->checks.size() == plan.checks.size());
  for (std::size_t i = 0; i < plan.checks.size(); ++i) fuzz::require(same->checks[i].base_id == plan.checks[i].base_id);
  fuzz::require(without_comments(resolved_gate_file(again).value_or("")) == without_comments(*resolved));
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  const PlanRequest request{.gate_file = file.path()};
  gate_name_of(request.gate_file);
  const auto plan = load_plan(request, test::specs());
  if (!plan) {
    fuzz::require_words(plan.error());
    static const Plan nothing;
    parse_waivers(fuzz::text_of(data, size), "waivers.yaml", nothing);
    return 0;
  }
  fuzz::require(!plan->checks.empty());
  parse_waivers(fuzz::text_of(data, size), "waivers.yaml", *plan);
  same_when_resolved(*plan, request);
  return 0;
}
