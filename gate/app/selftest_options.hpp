// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gate/config/gate_file.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/error.hpp"

namespace modelgate {

/// What selftest reads beside the gate file.
struct SelftestOptions {
  PlanRequest plan;
  std::set<Family> parts{Family::latency, Family::accuracy, Family::bias};
  double budget_s = 300.0;               ///< unless decisions says how many
  std::optional<std::size_t> decisions;  ///< of each cell
  std::vector<double> slowdowns;         ///< shares of the model's own CPU time; 0: A/A
  std::optional<double> margin;          ///< of latency, in place of the gate file's
  std::string output;                    ///< -o selftest.json
  bool quiet = false;
};

boost::program_options::options_description selftest_description();
Result<SelftestOptions> parse_selftest(std::span<const std::string> words);

}  // namespace modelgate
