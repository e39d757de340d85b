// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checks/cache.hpp"
#include "checks/explain.hpp"
#include "checks/judge.hpp"
#include "checks/outputs/named_rows.hpp"
#include "checks/outputs/output_checks.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/paragraph.hpp"

namespace modelgate {
namespace {

constexpr std::size_t fewest_answers = 8;  // a model may turn on its sixth call

constexpr std::string_view what_to_look_for =
    " Look for state that it keeps, dropout left on (model.eval()), or memory that it reads before writing.";

constexpr Explanation explanation{
    .what_it_checks =
        "The share of rows in which some output changes when the live candidate is given the same rows again: at "
        "least eight more times by the worker that answered first, in another order, and once by a second worker. "
        "Each row comes with the same other rows as before, because a batch of others may rightly change last bits.",
    .why_it_blocks =
        "A model that draws numbers, keeps state or reads memory before writing it answers one customer in two ways; "
        "its accuracy here is that of one draw, and a model that turns bad on its sixth call passes five.",
    .statistic_and_source =
        "None: a fact of these rows, without interval or error, so that it takes no share of the error budget. Equal "
        "numbers are the same (-0 is 0), and so is NaN beside NaN; NaN beside a number is beyond every tolerance. (A "
        "NaN in the first answer is an error of its own.) Production is told beside the candidate, and is not judged. "
        "The rows are those of which the inputs still stand in memory at the end of the replay: all of most golden "
        "data, the last 32 MiB of inputs or 128 chunks of large ones; the message counts them and names those that "
        "change, by their number in the golden data, from 1.",
    .parameters_and_defaults =
        "`max`: the one limit, a share of the rows given again; 0 is usual. `tolerance` (0, equal numbers): `1e-6`, or "
        "`{absolute: 1e-6, relative: 1e-5}`: the larger of `absolute` and `relative` times the number; a GPU and "
        "several threads may add up in another order each time. The answers of timed rounds are compared, too, whether "
        "or not this check is there: beyond 1e-5 and 1e-5 of the number, or a larger `tolerance` of this check, the "
        "latency and resources of that model are errors (outputs_differ), because who stops computing is fast.",
    .passes_when = "The share is at most `max`.",
    .fails_when = "The share is above `max`, however little.",
    .cannot_decide_when =
        "Recorded predictions, which hold each answer once; fewer than eight answers before half of `runtime.timeout` "
        "was over. A model that breaks when it is asked again is an error.",
    .example = "checks:\n  determinism:\n    - {metric: mismatched_rows, max: 0}",
};

double share_of(const RepeatedOutputs& repeated) {
  return static_cast<double>(repeated.changed()) / static_cast<double>(repeated.rows);
}

/// What was found of a model with this tolerance; null where it was not asked.
const RepeatedOutputs* held_to(const ScoreTable& table, Role role, const SameWithin& same) {
  const auto& all = table.repeated[index_of(role)];
  const auto found = std::ranges::find(all, same, &RepeatedOutputs::same);
  return found == all.end() ? nullptr : &*found;
}

/// "12 of 2,000 rows change. Most of all row 17 by 0.31 in its answer 6, …"
std::string change_words(const ScoreTable& table, Role role, const RepeatedOutputs& repeated) {
  const std::string rows = count_text(repeated.rows);
  const std::string beyond = beyond_words(repeated.same);
  if (repeated.changed() > 0)
    return fmt::format("{} of {} rows change{}. {}{}", count_text(repeated.changed()), rows, beyond,
                       named_rows(repeated.most, repeated.changed(), {.answers = true}),
                       role == Role::candidate ? what_to_look_for : "");
  const RepeatedOutputs* exact = held_to(table, role, {});
  const bool some = exact != nullptr && exact->changed() > 0;
  return fmt::format("No row of {} changes{}{}.", rows, beyond,
                     some ? "; the most " + apart_words(exact->differences.front()) : "");
}

/// How often is not told: it depends on the machine's speed, and the report's checks must not.
std::string asked_words(const RepeatedOutputs& repeated, std::size_t golden_rows) {
  const std::string which =
      repeated.rows < golden_rows
          ? fmt::format("{} of {} golden rows were", count_text(repeated.rows), count_text(golden_rows))
          : std::string("All golden rows were");
  return which + " given again, to the same worker and, while its time lasted, to a second one. ";
}

void judge_candidate(CheckResult& result, const RepeatedOutputs& repeated, const Evidence& evidence) {
  const ScoreTable& table = *evidence.table;
  result.rows = repeated.rows;
  const bool enough = repeated.answers - repeated.fresh_answers >= fewest_answers && repeated.fresh_answers > 0;
  if (!enough && repeated.changed() == 0) {
    not_assessable(result, Reason::timeout,
                   fmt::format("The candidate gave only {} further answers, {} of them in a second worker, before half "
                               "of runtime.timeout was over; {} and one are wanted. Raise runtime.timeout.",
                               repeated.answers, repeated.fresh_answers, fewest_answers));
    return;
  }
  judge_exactly(result, share_of(repeated));
  result.changed_rows = repeated.most;
  result.detail = asked_words(repeated, table.rows.rows) + change_words(table, Role::candidate, repeated);
  const RepeatedOutputs* other = held_to(table, Role::production, repeated.same);
  if (other == nullptr || other->rows == 0) return;
  if (other->error) {
    result.detail += fmt::format(" Production could not be asked again. {}", first_paragraph(other->error->message));
    return;
  }
  result.production.value = share_of(*other);
  if (other->changed() > 0) result.detail += " Of production: " + change_words(table, Role::production, *other);
}

/// What keeps the candidate from being judged, filled in; false where nothing does.
bool hindered(CheckResult& result, const Evidence& evidence) {
  const auto refuse = [&](const Error& error) {
    fail_with(result, error);
    return true;
  };
  if (evidence.table == nullptr || evidence.cache == nullptr)
    return refuse({ErrorKind::internal, Reason::internal, "The golden rows were not scored in this run."});
  if (evidence.table->rows.rows == 0)
    return refuse({ErrorKind::data, Reason::data_invalid, "The golden data have no rows, so nothing is known."});
  if (const Error* trouble = evidence.cache->trouble(Role::candidate)) return refuse(*trouble);
  if (evidence.plan.model(Role::candidate).source != ModelSource::live) {
    not_assessable(result, Reason::undefined,
                   "Recorded predictions hold each answer once, so that nobody knows whether the model would repeat "
                   "it. Give the model itself, or take the check out.");
    return true;
  }
  const RepeatedOutputs* repeated = held_to(*evidence.table, Role::candidate, result.planned.tolerance);
  if (repeated == nullptr)
    return refuse({ErrorKind::internal, Reason::internal, "The candidate was not asked again in this run."});
  if (repeated->error) return refuse(*repeated->error);
  if (repeated->rows == 0)
    return refuse({ErrorKind::internal, Reason::internal, "No golden row was given to the candidate again."});
  return false;
}

std::vector<CheckResult> evaluate(const PlannedCheck& planned, const Evidence& evidence) {
  CheckResult result = blank_result(planned);
  result.method = exact_rows_method;
  if (!hindered(result, evidence))
    judge_candidate(result, *held_to(*evidence.table, Role::candidate, planned.tolerance), evidence);
  return {result};
}

}  // namespace

RegisteredCheck repeated_rows_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec =
      outputs_spec(Family::determinism, "mismatched_rows",
                   "Share of rows that a live model answers differently when it is given them again.", text);
  spec.takes_tolerance = true;
  return {spec, evaluate, nullptr};
}

}  // namespace modelgate
