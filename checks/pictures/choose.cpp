// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/choose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>

namespace modelgate {
namespace {

/// How much a result wants a picture, 0 the most; nothing for passed slices and what was not judged.
std::optional<int> urgency_of(const CheckResult& result) {
  const int lenient = result.blocking ? 0 : 3;
  switch (result.outcome) {
    case Outcome::error: return 0;
    case Outcome::fail: return lenient;
    case Outcome::inconclusive: return lenient + 1;
    case Outcome::not_assessable: return lenient + 2;
    case Outcome::waived: return 6;
    case Outcome::pass: return result.slice.empty() ? std::optional{7} : std::nullopt;
    case Outcome::not_selected: return std::nullopt;
  }
  return std::nullopt;
}

Drawing drawing_of_binary(const CheckSpec& spec) {
  if (spec.needs_probability) return Drawing::reliability;
  if (!spec.needs_scores) return Drawing::confusion;
  const bool of_precision = spec.metric == "average_precision" || spec.metric == "precision_at_rate";
  return of_precision ? Drawing::precision_recall : Drawing::roc;
}

}  // namespace

Drawing drawing_of(const PlannedCheck& planned, Task task) {
  if (planned.spec == nullptr) return Drawing::none;
  if (planned.family == Family::latency || planned.spec->unit == Unit::per_second) return Drawing::latency_ecdf;
  if (planned.family != Family::accuracy) return Drawing::none;
  switch (task) {
    case Task::binary: return drawing_of_binary(*planned.spec);
    case Task::multilabel: return planned.klass.empty() ? Drawing::none : drawing_of_binary(*planned.spec);
    case Task::multiclass: return planned.spec->needs_probability ? Drawing::reliability : Drawing::confusion;
    case Task::regression: return Drawing::error_ecdf;
    case Task::ranking: return Drawing::none;
  }
  return Drawing::none;
}

std::vector<std::size_t> worth_drawing(std::span<const CheckResult> results) {
  std::vector<std::tuple<int, bool, std::size_t>> found;
  for (std::size_t at = 0; at < results.size(); ++at)
    if (const auto urgency = urgency_of(results[at])) found.emplace_back(*urgency, !results[at].slice.empty(), at);
  std::ranges::sort(found);
  std::vector<std::size_t> order(found.size());
  std::ranges::transform(found, order.begin(), [](const auto& one) { return std::get<std::size_t>(one); });
  return order;
}

std::string question_of(const CheckResult& result, Drawing drawing) {
  const PlannedCheck& planned = result.planned;
  std::string question = fmt::format("{}", static_cast<int>(drawing));
  if (drawing == Drawing::latency_ecdf) {
    const auto& [load, batch, rate, clients] = planned.shape;
    return question + fmt::format("/{}/{}/{}/{}", to_string(load), batch, rate, clients);
  }
  question += fmt::format("/{}:{}", planned.klass.size(), planned.klass);
  for (const auto& [column, value] : result.slice)
    question += fmt::format("/{}:{}={}:{}", column.size(), column, value.size(), value);
  return question;
}

}  // namespace modelgate
