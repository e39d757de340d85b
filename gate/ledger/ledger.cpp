// SPDX-License-Identifier: Apache-2.0
#include "gate/ledger/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/spending.hpp"

namespace modelgate {
namespace {

constexpr double same_rows = 0.5;

bool has_data(const GoldenSet& set, const std::string& data) {
  return std::ranges::any_of(set.candidates, [&](const JudgedCandidate& candidate) {
    return std::ranges::find(candidate.looks, data, &Look::data) != candidate.looks.end();
  });
}

bool same_set(const GoldenSet& set, const Judgement& judgement) {
  return overlap(set.ids, judgement.ids) >= same_rows || has_data(set, judgement.look.data);
}

/// A candidate known to both sets keeps all its looks.
void absorb(GoldenSet& into, GoldenSet from) {
  into.ids = into.ids.empty() ? from.ids : from.ids.empty() ? into.ids : merged(into.ids, from.ids);
  for (JudgedCandidate& candidate : from.candidates) {
    const auto known = std::ranges::find(into.candidates, candidate.digest, &JudgedCandidate::digest);
    if (known == into.candidates.end()) {
      into.candidates.push_back(std::move(candidate));
      continue;
    }
    for (Look& look : candidate.looks) {
      if (std::ranges::find(known->looks, look.data, &Look::data) == known->looks.end())
        known->looks.push_back(std::move(look));
    }
  }
}

GoldenSet& set_of(Ledger& ledger, const Judgement& judgement) {
  std::size_t home = ledger.sets.size();
  for (std::size_t i = 0; i < ledger.sets.size();) {
    if (!same_set(ledger.sets[i], judgement)) {
      ++i;
    } else if (home == ledger.sets.size()) {
      home = i++;
    } else {
      absorb(ledger.sets[home], std::move(ledger.sets[i]));
      ledger.sets.erase(ledger.sets.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  if (home == ledger.sets.size()) ledger.sets.emplace_back();
  GoldenSet& set = ledger.sets[home];
  if (!judgement.ids.empty()) set.ids = set.ids.empty() ? judgement.ids : merged(set.ids, judgement.ids);
  return set;
}

JudgedCandidate& candidate_of(GoldenSet& set, const Judgement& judgement) {
  const auto known = std::ranges::find(set.candidates, judgement.candidate, &JudgedCandidate::digest);
  if (known != set.candidates.end()) return *known;
  return set.candidates.emplace_back(judgement.candidate, judgement.version, std::vector<Look>{});
}

/// How many looks came up to this one, itself included; enters it where it is new.
std::size_t look_number(JudgedCandidate& candidate, const Look& look, bool& seen) {
  auto known = std::ranges::find(candidate.looks, look.data, &Look::data);
  seen = known != candidate.looks.end();
  if (!seen) known = candidate.looks.insert(candidate.looks.end(), look);
  return static_cast<std::size_t>(known - candidate.looks.begin()) + 1;
}

/// At a look that was not declared nothing is left to spend: the last declared look's share is what a fail still needs.
double level_at(double alpha, const std::vector<double>& rows, std::size_t looks) {
  if (const auto level = stats::look_level(alpha, rows, looks)) return *level;
  const double before = static_cast<double>(looks - 1) / static_cast<double>(std::max<std::size_t>(1, looks));
  return alpha - stats::spent_obrien_fleming(alpha, before);
}

std::string sentence_for(const Reuse& reuse, bool beginning) {
  const std::string rows =
      reuse.known_by == "row ids" ? "known by row ids" : "known by the digest of their files alone";
  if (reuse.status == Reuse::Status::candidates_exhausted)
    return fmt::format(
        "These golden rows ({}) were declared for {} candidates and this is number {}: they can no longer prove "
        "anything. Collect a new golden set.",
        rows, count_text(reuse.budget), count_text(reuse.candidates));
  if (reuse.status == Reuse::Status::looks_exhausted)
    return fmt::format(
        "This is look {} at growing golden rows ({}) of {} declared: no error is left to spend. Collect a new golden "
        "set.",
        reuse.look_rows.size(), rows, reuse.looks);
  std::string text = fmt::format("Candidate {} of {} that these golden rows ({}) may judge",
                                 count_text(reuse.candidates), count_text(reuse.budget), rows);
  if (reuse.looks > 1) text += fmt::format(", look {} of {}", reuse.look_rows.size(), reuse.looks);
  if (reuse.seen) text += ", judged on the same files before, which costs nothing";
  if (beginning) text += "; the ledger begins with this run";
  text += '.';
  if (reuse.known_by != "row ids") text += " Without dataset.id an added row makes them look new.";
  return text;
}

}  // namespace

Reuse enter(Ledger& ledger, const Judgement& judgement, const LedgerSpec& spec) {
  const bool beginning = ledger.sets.empty();
  GoldenSet& set = set_of(ledger, judgement);
  JudgedCandidate& candidate = candidate_of(set, judgement);
  Reuse reuse;
  reuse.ledger = spec.written;
  reuse.known_by = judgement.ids.empty() ? "file digest" : "row ids";
  reuse.budget = std::max<std::size_t>(1, spec.budget);
  reuse.looks = std::max<std::size_t>(1, spec.looks);
  reuse.candidates = static_cast<std::size_t>(&candidate - set.candidates.data()) + 1;
  const std::size_t look = look_number(candidate, judgement.look, reuse.seen);
  for (std::size_t i = 0; i < look; ++i) reuse.look_rows.push_back(static_cast<double>(candidate.looks[i].rows));
  reuse.status = reuse.candidates > reuse.budget ? Reuse::Status::candidates_exhausted
                 : look > reuse.looks            ? Reuse::Status::looks_exhausted
                                                 : Reuse::Status::counted;
  reuse.fail_level = level_at(gate_alpha, reuse.look_rows, reuse.looks);
  reuse.sentence = sentence_for(reuse, beginning);
  return reuse;
}

double pass_level(double alpha, const Reuse& reuse) {
  if (reuse.budget == 0) return alpha;
  return level_at(alpha / static_cast<double>(reuse.budget), reuse.look_rows, reuse.looks);
}

}  // namespace modelgate
