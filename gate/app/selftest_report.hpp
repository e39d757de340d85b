// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/app/selftest_options.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/selftest/schedule.hpp"

namespace modelgate {

/// One trial's cells and what was decided.
struct SelftestPart {
  std::string name;  ///< "latency", "resamples"; empty: not tried
  std::vector<TrialCell> cells;
  double expected_s = 0.0;
  Allowance allowance;
  std::vector<Decision> taken;
};

/// Everything selftest tells, for all its forms.
struct SelftestReport {
  const Plan& plan;
  const SelftestOptions& options;
  Role reference = Role::production;
  RunRecord record;
  SelftestPart rows;
  SelftestPart latency;
  std::vector<std::string> notes;
  std::string stopped;  ///< why it ended early; empty: it did not
};

/// Told before anything is decided: how many decisions the allowance buys, and what none failed among them would show.
std::string selftest_outlook(const SelftestReport& report);

/// A table a check, at most 80 columns wide.
std::string selftest_tables(const SelftestReport& report);

/// What was measured, in sentences.
std::vector<std::string> selftest_findings(const SelftestReport& report);

/// All of it with every decision, by gate/selftest/selftest.schema.json.
std::string selftest_json(const SelftestReport& report);

/// Lines of at most 80 columns.
std::string selftest_paragraph(std::string_view text);

}  // namespace modelgate
