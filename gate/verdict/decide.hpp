// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/policy.hpp"
#include "gate/core/reuse.hpp"
#include "gate/core/verdict.hpp"
#include "gate/core/waiver.hpp"

namespace modelgate {

/// What stands beside the measurements: waivers with the day of today, and how often the golden rows were used.
struct Circumstances {
  WaiverBook waivers;
  Reuse reuse;
};

/// Turns what the checks measured into outcomes, messages, the verdict and the exit code: Holm over the fail p-values
/// of all blocking dataset checks, an even split over latency and resource checks, pass of every part at its own
/// confidence. Results of checks that were not selected become not_selected but count in the error budget. On exhausted
/// golden rows no dataset check passes, and a proven fail stays one. A waiver of an id that no result has is an error.
Verdict decide(const Plan& plan, std::vector<CheckResult> results, std::vector<NotJudged> not_judged = {},
               const Circumstances& circumstances = {});

/// A verdict already settled that must not pass for this cause; where it does not pass anyway, a warning tells.
void spoil(Verdict& verdict, const Error& error);

/// The verdict that stands in the report before anything untrusted is opened: every planned check as an error.
Verdict pessimistic_verdict(const Plan& plan);

/// Every planned check as an error for this one cause: unreadable data, a signal, a usage error after the plan was
/// known.
Verdict failed_verdict(const Plan& plan, const Error& error);

/// What is known of the golden rows' use before they are counted: unknown without a ledger, else not judged.
Reuse unused(const Plan& plan);

/// The exit code that an error alone gives (usage 2, data, model and internal 3, report 4).
ExitCode exit_code_of(const Error& error);

}  // namespace modelgate
