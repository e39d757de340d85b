// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/verdict.hpp"
#include "gate/report/report.hpp"

namespace modelgate::sample {

/// A report with all that it refers to.
struct OwnedReport {
  Plan plan;
  Verdict verdict;
  RunRecord run;

  Report view() const { return {plan, verdict, run}; }
};

/// One result with plausible numbers: recall against production, outcome and message as given.
CheckResult result(const std::string& id, Outcome outcome, const std::string& message);

/// A fraud gate as it comes out of a real run: 25 results of every outcome and family, two checks not judged, blocked.
OwnedReport fraud();

/// The same gate with nothing but passes.
OwnedReport passing();

/// The fraud gate with this many results: slices of one declaration, one in a hundred blocking.
OwnedReport many(std::size_t count);

/// Control characters, escapes, markup, CI commands, bad UTF-8, a megabyte.
std::vector<std::string> hostile_texts();

/// The fraud gate with this text in every field that is text, or this number in every field that is one.
OwnedReport with_text_everywhere(const std::string& text);
OwnedReport with_number_everywhere(double number);

/// All hostile texts in every field, and numbers that are none.
OwnedReport hostile();

/// The report file alone, without the pictures beside it.
std::string rendered(const std::string& path, const OwnedReport& report);

/// The dataset could not be read before any check was known.
OwnedReport gate_error();

}  // namespace modelgate::sample
