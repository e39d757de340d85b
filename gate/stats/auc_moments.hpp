// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "gate/stats/auc.hpp"

namespace modelgate::stats {

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

inline void add_row(Moments& m, std::uint64_t a, std::uint64_t b) {
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
inline double covariance_of(const Moments& m, Int128 product, std::uint64_t x, std::uint64_t y, std::uint64_t others) {
  const auto n = static_cast<double>(m.n);
  const Int128 centred = static_cast<Int128>(m.n) * product - static_cast<Int128>(x) * static_cast<Int128>(y);
  const double scale = 2.0 * static_cast<double>(others);
  return static_cast<double>(centred) / (n * (n - 1.0)) / (scale * scale) / n;
}

inline AucEstimate estimate_of(const GroupMoments& g, bool second) {
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

inline PairedAuc pair_of(const GroupMoments& g) {
  const Moments& neg = g.of[0];
  const Moments& pos = g.of[1];
  return {
      .candidate = estimate_of(g, false),
      .production = estimate_of(g, true),
      .covariance = covariance_of(pos, pos.ab, pos.a, pos.b, neg.n) + covariance_of(neg, neg.ab, neg.a, neg.b, pos.n)};
}

}  // namespace modelgate::stats
