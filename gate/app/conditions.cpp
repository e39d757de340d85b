// SPDX-License-Identifier: Apache-2.0
#include "gate/app/conditions.hpp"

#include <fmt/format.h>

#include "gate/config/waivers_file.hpp"

namespace modelgate {
namespace {

constexpr int days_of_warning = 14;

Result<void> first_release_in_force(Plan& plan, Date today) {
  if (!plan.first_release_terms) return {};
  const FirstRelease& terms = *plan.first_release_terms;
  const auto error = [&](const std::string& what, std::string_view hint) {
    return usage_error(fmt::format("{}: error: {}\n      {}", plan.declared_at(terms.file, terms.line), what, hint));
  };
  if (plan.model(Role::production).source != ModelSource::absent)
    return error("\"first_release\" and a production model contradict each other",
                 "remove \"first_release\": now there is something to compare with");
  const auto until = date_from(terms.until);
  if (!until) return error("\"until\" of \"first_release\" is no date", "write the last day as 2026-12-31");
  if (*until < today)
    return error(fmt::format("\"first_release\" ended on {}", terms.until),
                 fmt::format("add \"production\", or let {} set a later day", terms.owner));
  if (const int left = days_from(today, *until); left <= days_of_warning)
    plan.warnings.push_back(
        fmt::format("first_release ends in {} {}, on {}; from then on a production model is needed.", left,
                    left == 1 ? "day" : "days", terms.until));
  return {};
}

}  // namespace

Result<WaiverBook> conditions_of(Plan& plan, Date today) {
  if (const auto first = first_release_in_force(plan, today); !first) return std::unexpected(first.error());
  auto book = read_waivers(plan);
  if (book) book->today = today;
  return book;
}

}  // namespace modelgate
