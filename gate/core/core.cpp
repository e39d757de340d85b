// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "gate/core/check_spec.hpp"
#include "gate/core/outcome.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"
#include "gate/core/score_table.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {
namespace {

template <class Value, std::size_t N>
using Names = std::array<std::pair<Value, std::string_view>, N>;

constexpr Names<Outcome, 7> outcome_names{{{Outcome::pass, "pass"},
                                           {Outcome::fail, "fail"},
                                           {Outcome::inconclusive, "inconclusive"},
                                           {Outcome::not_assessable, "not_assessable"},
                                           {Outcome::error, "error"},
                                           {Outcome::waived, "waived"},
                                           {Outcome::not_selected, "not_selected"}}};

constexpr Names<Reason, 23> reason_names{{{Reason::none, "none"},
                                          {Reason::straddles_limit, "straddles_limit"},
                                          {Reason::too_few_rows, "too_few_rows"},
                                          {Reason::too_few_events, "too_few_events"},
                                          {Reason::absent_slice, "absent_slice"},
                                          {Reason::undefined, "undefined"},
                                          {Reason::zero_variance, "zero_variance"},
                                          {Reason::no_baseline, "no_baseline"},
                                          {Reason::identical_models, "identical_models"},
                                          {Reason::non_finite, "non_finite"},
                                          {Reason::wrong_shape, "wrong_shape"},
                                          {Reason::model_unloadable, "model_unloadable"},
                                          {Reason::model_crashed, "model_crashed"},
                                          {Reason::timeout, "timeout"},
                                          {Reason::data_invalid, "data_invalid"},
                                          {Reason::digest_mismatch, "digest_mismatch"},
                                          {Reason::signature_invalid, "signature_invalid"},
                                          {Reason::isolation_insufficient, "isolation_insufficient"},
                                          {Reason::outputs_differ, "outputs_differ"},
                                          {Reason::runner_unfit, "runner_unfit"},
                                          {Reason::reuse_exhausted, "reuse_exhausted"},
                                          {Reason::cancelled, "cancelled"},
                                          {Reason::internal, "internal"}}};

constexpr Names<Task, 5> task_names{{{Task::binary, "binary"},
                                     {Task::multiclass, "multiclass"},
                                     {Task::multilabel, "multilabel"},
                                     {Task::regression, "regression"},
                                     {Task::ranking, "ranking"}}};

constexpr Names<Family, 6> family_names{{{Family::accuracy, "accuracy"},
                                         {Family::bias, "bias"},
                                         {Family::latency, "latency"},
                                         {Family::resources, "resources"},
                                         {Family::parity, "parity"},
                                         {Family::determinism, "determinism"}}};

constexpr Names<DType, 7> dtype_names{{{DType::float32, "float32"},
                                       {DType::float64, "float64"},
                                       {DType::int64, "int64"},
                                       {DType::int32, "int32"},
                                       {DType::uint8, "uint8"},
                                       {DType::boolean, "bool"},
                                       {DType::string, "string"}}};

constexpr Names<Isolation, 3> isolation_names{
    {{Isolation::none, "none"}, {Isolation::partial, "partial"}, {Isolation::full, "full"}}};

constexpr Names<LimitWord, 4> limit_names{{{LimitWord::min, "min"},
                                           {LimitWord::max, "max"},
                                           {LimitWord::max_regression, "max_regression"},
                                           {LimitWord::min_improvement, "min_improvement"}}};

template <class Value, std::size_t N>
std::string_view name_of(const Names<Value, N>& names, Value value) {
  const auto* hit = std::ranges::find(names, value, &std::pair<Value, std::string_view>::first);
  return hit == names.end() ? std::string_view{"?"} : hit->second;
}

template <class Value, std::size_t N>
std::optional<Value> value_of(const Names<Value, N>& names, std::string_view text) {
  const auto* hit = std::ranges::find(names, text, &std::pair<Value, std::string_view>::second);
  return hit == names.end() ? std::nullopt : std::optional{hit->first};
}

}  // namespace

std::string_view to_string(Outcome outcome) { return name_of(outcome_names, outcome); }
std::string_view to_string(Reason reason) { return name_of(reason_names, reason); }
std::string_view to_string(Severity severity) { return severity == Severity::block ? "block" : "warn"; }
std::string_view to_string(OnInconclusive policy) {
  switch (policy) {
    case OnInconclusive::block: return "block";
    case OnInconclusive::guard: return "guard";
    case OnInconclusive::warn: return "warn";
  }
  return "?";
}
std::string_view to_string(OnNotAssessable policy) { return policy == OnNotAssessable::block ? "block" : "warn"; }
std::string_view to_string(Task task) { return name_of(task_names, task); }
std::string_view to_string(Family family) { return name_of(family_names, family); }
std::string_view to_string(LimitWord word) { return name_of(limit_names, word); }
std::string_view to_string(Load load) {
  switch (load) {
    case Load::offline: return "offline";
    case Load::server: return "server";
    default: return "single_stream";
  }
}
std::string_view to_string(Role role) { return role == Role::candidate ? "candidate" : "production"; }
std::string_view to_string(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::pass: return "pass";
    case VerdictKind::block: return "block";
    case VerdictKind::error: return "error";
  }
  return "?";
}

std::string_view to_string(DType dtype) { return name_of(dtype_names, dtype); }
std::string_view to_string(Isolation level) { return name_of(isolation_names, level); }

std::optional<Task> task_from(std::string_view text) { return value_of(task_names, text); }
std::optional<Family> family_from(std::string_view text) { return value_of(family_names, text); }

bool InputSpec::operator==(const InputSpec& other) const {
  const auto key = [](const InputSpec& s) {
    return std::tie(s.kind, s.columns, s.dtype, s.shape, s.nulls.kind, s.nulls.number, s.vocabulary, s.unknown, s.pad,
                    s.length, s.truncate, s.mask_of);
  };
  return key(*this) == key(other);
}

std::string Scope::text() const {
  std::string joined;
  for (const std::string& column : columns) joined += (joined.empty() ? "" : " & ") + column;
  return joined;
}

std::string Plan::declared_at(const std::string& file, int line) const {
  const std::string& declaring = file.empty() ? gate_file : file;
  return declaring.empty() || line <= 0 ? std::string{} : declaring + ":" + std::to_string(line);
}

const CategoryColumn* RowColumns::category(std::string_view name) const {
  const auto hit = std::ranges::find(categories, name, &CategoryColumn::name);
  return hit == categories.end() ? nullptr : &*hit;
}

const LatencyRun* Samples::run_of(const LoadShape& shape) const {
  const auto hit = std::ranges::find(runs, shape, &LatencyRun::shape);
  return hit == runs.end() ? nullptr : &*hit;
}

}  // namespace modelgate
