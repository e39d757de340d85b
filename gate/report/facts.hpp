// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/verdict.hpp"
#include "gate/report/report.hpp"

namespace modelgate {

/// Where a result stands for the reader of any report; every reporter sorts by this and nothing else.
enum class Standing { passed, warning, waived, left_out, blocking };

Standing standing_of(const CheckResult& result);
std::vector<const CheckResult*> with_standing(const Verdict& verdict, Standing standing);

/// What one result says, ready for people: every text clean and on one line, empty where there is nothing to say.
struct Facts {
  std::string check;      ///< "recall", "recall of class cat", "latency_p99, batch 32"
  std::string scope;      ///< "region=north, sex=F"; for an attribute "by sex"; "" overall
  std::string candidate;  ///< "0.9213", "1.2 ms"
  std::string production;
  std::string difference;  ///< "+0.0026"; latency "+2.5%"; empty for a limit on the candidate itself
  std::string interval;    ///< "[-0.0011, +0.0063]" of the difference, or of the candidate where there is none
  std::string limit;       ///< "≥ -0.0100": what the interval is held against
  std::string limit_note;  ///< "1% of production"; empty where the limit says it all
};

Facts facts_of(const CheckResult& result);

/// The unit of the metric's values; a rate where the metric is not known.
Unit unit_of(const CheckResult& result);

/// Whether the difference is a share of production: latency always, resources where the margin is a share.
bool is_timing_ratio(const CheckResult& result);

/// Whether rounds speak for the result, not rows: latency and resources but for a file's size.
bool is_of_rounds(const CheckResult& result);

/// Where the limit stands among the numbers of the interval that it is held against: of the difference for a limit
/// against production (negative where less is harm), else of the candidate. None where it is not known.
std::optional<double> limit_position(const CheckResult& result);

/// "recall, region=north".
std::string title_of(const CheckResult& result);

/// "candidate 0.8810, production 0.9120, difference -0.0310 [-0.0420, -0.0200], limit ≥ -0.0100 (1% of production)".
std::string numbers_sentence(const CheckResult& result);

/// "10,000 rows, paired DeLong, 95% one-sided confidence, p 0.0012, adjusted 0.0036".
std::string evidence_sentence(const CheckResult& result);

/// "inconclusive" with blanks for underscores.
std::string outcome_words(Outcome outcome);

/// The chance that an equal model is blocked, if it means anything: rows that are all there is leave nothing to chance.
std::optional<BlockChance> block_chance_of(const Report& report);

/// That chance as a sentence; empty where unknown or where a warning says it already.
std::string block_chance_sentence(const Report& report);

/// "dataset.path=golden/*.parquet": the two texts as report.json has them.
std::string override_text(const Override& one);

/// "modelgate.yaml:12", clean, the line never cut off; empty where the file or line is unknown.
std::string declared_place(const Plan& plan, const std::string& file, int line);

/// How often the golden rows have judged candidates, as a sentence; "unknown" without a ledger.
std::string reuse_sentence(const Verdict& verdict);

/// Where flips concentrate: "right to wrong: 120 of 4,000 rows (3.0%); most in region=north 80 of 900 (8.9%), …";
/// empty where none were counted.
std::string flips_sentence(const CheckResult& result);

/// What an error's message leaves out, such as a model's traceback; clean, of many lines, empty where there is no more.
std::string in_full(const CheckResult& result);

/// "3 block, 1 warn, 2 waived, 27 pass": waived only where there are any.
std::string counts_sentence(const Verdict& verdict);

/// "holds for these rows only: population: fixed" where the gate file says so, else empty.
std::string population_note(const Plan& plan);

/// True where the verdict says partial, the command line or gate file was wrong, or no check was judged at all.
bool is_partial(const Verdict& verdict);

/// What an exit code asks of the pipeline, in a few words: "deploy", "a check blocks; do not retry".
std::string_view exit_meaning(ExitCode code);

/// Smallest raw and adjusted p of the parts; 1 where there is no part.
double smallest_p(const CheckResult& result);
double smallest_adjusted_p(const CheckResult& result);

}  // namespace modelgate
