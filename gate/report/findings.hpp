// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// One thing to tell: a result, or several of one cause. Errors of one cause, such as every check of a model that
/// crashed, are told once; so is what cannot be assessed for one reason. A fail or an inconclusive result is evidence
/// of its own, whatever its words.
struct Finding {
  Outcome outcome = Outcome::error;
  std::string cause;  ///< empty where the result stands alone
  std::string message;
  std::vector<const CheckResult*> results;  ///< never empty
};

/// Every result in exactly one finding, in the order in which their first results come.
std::vector<Finding> findings_of(const std::vector<const CheckResult*>& results);

/// "recall, region=north", or "12 checks, one cause".
std::string title_of(const Finding& finding);

/// What was left out or not judged: each reason once, with the names of those that it holds for.
std::vector<std::pair<std::string, std::vector<std::string>>> left_out_by_reason(const Verdict& verdict);

/// Every folder once, with the names of its files: "out/  junit.xml  report.json".
std::vector<std::string> files_by_folder(const std::vector<std::string>& paths);

}  // namespace modelgate
