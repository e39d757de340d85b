// SPDX-License-Identifier: Apache-2.0
#include "gate/app/golden_use.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/core/policy.hpp"
#include "gate/integrity/digest.hpp"
#include "gate/report/write.hpp"

namespace modelgate {
namespace {

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, "\x1f")); }

std::string input_text(const InputSpec& input) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}", joined(input.columns), to_string(input.dtype),
                     static_cast<int>(input.nulls.kind), input.nulls.number, input.vocabulary,
                     input.unknown.value_or(0), input.mask_of);
}

/// Everything that decides the candidate's decisions: the same file under another threshold is another candidate, for
/// a threshold tried out on the golden rows uses them up as a model does.
std::string fingerprint(const ModelSpec& model, const ModelRecord& record) {
  const OutputSpec& output = model.output;
  // Columns of a golden file have no digest of their own: of two models in one column only the version tells.
  std::string text = record.sha256.empty() ? "columns of the dataset " + model.version : record.sha256;
  text += fmt::format("\n{}\n{}\n{}\n{}\n{}\n{}", joined(model.columns), static_cast<int>(output.kind),
                      output.positive_threshold.value_or(-1.0), output.index.value_or(-1), output.name,
                      joined(output.classes));
  if (model.source == ModelSource::live) {
    for (const InputSpec& input : model.inputs) text += "\n" + input_text(input);
  }
  return sha256_hex(text);
}

void lower_pass_levels(Plan& plan, const Reuse& reuse) {
  for (PlannedCheck& check : plan.checks)
    if (is_of_rows(check.family)) check.confidence = 1.0 - pass_level(1.0 - check.confidence, reuse);
}

}  // namespace

Result<Reuse> GoldenUse::begin(Plan& plan, const ReplayResult& replayed, const std::string& today,
                               const std::function<bool()>& give_up) {
  if (!plan.ledger) return Reuse{};
  auto file = LedgerFile::open(plan.ledger->path, give_up);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  if (!file_->found().empty()) digests_.before = sha256_hex(file_->found());
  digests_.after = digests_.before;
  const ModelSpec& candidate = plan.model(Role::candidate);
  Judgement judgement;
  judgement.ids = sketch_of(replayed.table.rows.id_hash);
  judgement.candidate = fingerprint(candidate, replayed.models[index_of(Role::candidate)]);
  judgement.version = candidate.version;
  judgement.look = {replayed.dataset_sha256, replayed.table.rows.rows, today};
  Reuse reuse = enter(file_->ledger(), judgement, *plan.ledger);
  lower_pass_levels(plan, reuse);
  return reuse;
}

Result<void> GoldenUse::keep(const Verdict& verdict) {
  if (!file_) return {};
  const bool judged = std::ranges::any_of(verdict.checks, [](const CheckResult& check) {
    return is_of_rows(check.planned.family) && check.outcome != Outcome::error &&
           check.outcome != Outcome::not_selected;
  });
  if (!judged) return {};
  const std::string text = ledger_text(file_->ledger());
  const auto written = write_atomically(file_->path(), text);
  if (!written)
    return data_error(fmt::format("The ledger could not be written, so that this candidate would not be counted: {}",
                                  written.error().message));
  digests_.after = sha256_hex(text);
  return {};
}

}  // namespace modelgate
