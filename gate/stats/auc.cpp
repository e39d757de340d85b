// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/auc.hpp"

#include <array>
#include <cmath>

namespace modelgate::stats {

namespace {

__extension__ typedef __int128 Int128;  // sums of squares of placements outgrow 64 bits from 1.6 million rows on

// Rows of one class in one group: sums over the rows of both models' placements and of their products.
struct Moments {
  std::uint64_t n = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  Int128 aa = 0;
  Int128 bb = 0;
  Int128 ab = 0;
};

struct GroupMoments {
  std::array<Moments, 2> of;  // by label
};

bool fits(const ScoreOrder& order, std::span<const std::uint8_t> labels, const Partition& partition) {
  const bool codes_fit = partition.codes.empty() ? partition.groups == 1 : partition.codes.size() == labels.size();
  return order.rows.size() == labels.size() && order.ranks.size() == labels.size() && codes_fit;
}

// Twice the placement of each row: rows of the other class and the same group with a lower score count 2, tied ones 1.
// Before the run of ties `below` rows were lower, after it before + tied are: before + after is twice the placement.
template <class GroupOf>
std::vector<std::uint32_t> placements(const ScoreOrder& order, std::span<const std::uint8_t> labels, std::size_t groups,
                                      const GroupOf& group_of) {
  const std::size_t n = order.rows.size();
  std::vector<std::uint32_t> twice(n);
  std::vector<std::array<std::uint32_t, 2>> below(groups + 1);  // the last takes the rows left out
  const auto counter = [&](std::uint32_t row) -> auto& { return below[group_of(row)]; };
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first + 1;
    while (last < n && order.ranks[last] == order.ranks[first]) ++last;
    if (last == first + 1) {
      const std::uint32_t row = order.rows[first];
      const unsigned label = labels[row] != 0 ? 1U : 0U;
      auto& seen = counter(row);
      twice[row] = 2U * seen[1U - label];
      ++seen[label];
    } else {
      for (std::size_t i = first; i < last; ++i) {
        const std::uint32_t row = order.rows[i];
        twice[row] = counter(row)[labels[row] != 0 ? 0 : 1];
      }
      for (std::size_t i = first; i < last; ++i) ++counter(order.rows[i])[labels[order.rows[i]] != 0 ? 1 : 0];
      for (std::size_t i = first; i < last; ++i) {
        const std::uint32_t row = order.rows[i];
        twice[row] += counter(row)[labels[row] != 0 ? 0 : 1];
      }
    }
    first = last;
  }
  return twice;
}

void add_row(Moments& m, std::uint64_t a, std::uint64_t b) {
  ++m.n;
  m.a += a;
  m.b += b;
  m.aa += static_cast<Int128>(a * a);
  m.bb += static_cast<Int128>(b * b);
  m.ab += static_cast<Int128>(a * b);
}

// DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837; placements by ranks after Sun & Xu 2014, IEEE SPL 21:1389.
// V10 of a positive = share of negatives below (ties half), V01 of a negative = share of positives above;
// var = S10/positives + S01/negatives, S the sample variances. Sums are exact integers of twice the placements.
double covariance_of(const Moments& m, Int128 product, std::uint64_t x, std::uint64_t y, std::uint64_t others) {
  const auto n = static_cast<double>(m.n);
  const Int128 centred = static_cast<Int128>(m.n) * product - static_cast<Int128>(x) * static_cast<Int128>(y);
  const double scale = 2.0 * static_cast<double>(others);
  return static_cast<double>(centred) / (n * (n - 1.0)) / (scale * scale) / n;
}

AucEstimate estimate_of(const GroupMoments& g, bool second) {
  const Moments& neg = g.of[0];
  const Moments& pos = g.of[1];
  const std::uint64_t sp = second ? pos.b : pos.a;
  const std::uint64_t sn = second ? neg.b : neg.a;
  return {.auc = static_cast<double>(sp) / (2.0 * static_cast<double>(pos.n) * static_cast<double>(neg.n)),
          .variance = covariance_of(pos, second ? pos.bb : pos.aa, sp, sp, neg.n) +
                      covariance_of(neg, second ? neg.bb : neg.aa, sn, sn, pos.n),
          .positives = pos.n,
          .negatives = neg.n};
}

template <class GroupOf>
std::vector<GroupMoments> gather(const ScoreOrder& first, const ScoreOrder& second,
                                 std::span<const std::uint8_t> labels, std::size_t groups, const GroupOf& group_of) {
  const auto a = placements(first, labels, groups, group_of);
  const auto b = &first == &second ? std::vector<std::uint32_t>{} : placements(second, labels, groups, group_of);
  const std::vector<std::uint32_t>& other = &first == &second ? a : b;
  std::vector<GroupMoments> moments(groups + 1);
  for (std::uint32_t row = 0; row < labels.size(); ++row) {
    add_row(moments[group_of(row)].of[labels[row] != 0 ? 1 : 0], a[row], other[row]);
  }
  return moments;
}

template <class Estimate, class Finish>
std::vector<std::optional<Estimate>> judge(const ScoreOrder& first, const ScoreOrder& second,
                                           std::span<const std::uint8_t> labels, const Partition& partition,
                                           const Finish& finish) {
  std::vector<std::optional<Estimate>> results(partition.groups);
  if (!fits(first, labels, partition) || !fits(second, labels, partition)) return results;
  const std::size_t groups = partition.groups;
  const auto moments = partition.codes.empty()
                           ? gather(first, second, labels, groups, [](std::uint32_t) -> std::size_t { return 0; })
                           : gather(first, second, labels, groups, [&](std::uint32_t row) -> std::size_t {
                               return partition.codes[row] < groups ? partition.codes[row] : groups;
                             });
  for (std::size_t g = 0; g < groups; ++g) {
    if (moments[g].of[0].n >= 2 && moments[g].of[1].n >= 2) results[g] = finish(moments[g]);
  }
  return results;
}

}  // namespace

std::vector<std::optional<AucEstimate>> delong(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                               const Partition& partition) {
  return judge<AucEstimate>(order, order, labels, partition,
                            [](const GroupMoments& g) { return estimate_of(g, false); });
}

std::vector<std::optional<PairedAuc>> paired_delong(const ScoreOrder& candidate, const ScoreOrder& production,
                                                    std::span<const std::uint8_t> labels, const Partition& partition) {
  return judge<PairedAuc>(candidate, production, labels, partition, [](const GroupMoments& g) {
    const Moments& neg = g.of[0];
    const Moments& pos = g.of[1];
    return PairedAuc{.candidate = estimate_of(g, false),
                     .production = estimate_of(g, true),
                     .covariance = covariance_of(pos, pos.ab, pos.a, pos.b, neg.n) +
                                   covariance_of(neg, neg.ab, neg.a, neg.b, pos.n)};
  });
}

}  // namespace modelgate::stats
