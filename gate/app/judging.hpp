// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checks/cache.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/samples.hpp"
#include "gate/core/score_table.hpp"
#include "gate/core/verdict.hpp"
#include "gate/replay/replay.hpp"

namespace modelgate {

/// Which phases the plan calls for.
struct Phases {
  bool replay = false;   ///< some selected check reads golden rows
  bool latency = false;  ///< some selected check times live models
};

/// Takes out of the plan what this run cannot judge and says why: latency of recorded predictions (the scope becomes
/// partial) and relative limits of a first release (it does not).
std::vector<NotJudged> take_out_not_judged(Plan& plan);

Phases phases_of(const Plan& plan);

/// What the selected checks need of the replay.
ReplayNeeds replay_needs(const Plan& plan);

/// Columns of every slice and attribute, without repeats, in the order of the plan.
std::vector<std::string> category_columns_of(const Plan& plan);

/// What judging leaves: one result a planned check and place, and what they were made of; null without golden rows.
struct Judged {
  std::vector<CheckResult> results;
  std::unique_ptr<EvidenceCache> cache;
};

/// Judges every planned check whose evidence is there. Of the dataset checks also those that --only left out, because
/// the error budget is the gate file's.
Judged judge(const Plan& plan, const ScoreTable* table, const Samples* samples);

/// Samples that say of every selected latency check why nothing could be timed; what was replayed is still judged.
Samples untimed(const Plan& plan, const Error& error);

/// Two models of the same bytes, fed and read alike, have nothing to be compared: their relative results become
/// not_assessable unless the plan allows it.
void refuse_identical_models(std::vector<CheckResult>& results, const RunRecord& record, const Plan& plan);

}  // namespace modelgate
