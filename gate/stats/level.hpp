// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate::stats {

// Conventions of this room. alpha is a one-sided level in (0, 0.5); an interval has level 1−2·alpha.
// p_at_most is the p of the hypothesis "the quantity is <= limit" (small: it is above), p_at_least of ">= limit"
// (small: it is below). So "low end > limit" is p_at_most < alpha. What is undefined is nullopt, never NaN.

/// True for a usable one-sided level: 0 < alpha < 0.5 (NaN is not).
constexpr bool usable_level(double alpha) { return alpha > 0.0 && alpha < 0.5; }

/// P(Z <= z) of the standard normal; z may be ±infinity, not NaN.
double normal_cdf(double z);
/// P(Z > z), accurate in the far tail.
double normal_tail(double z);
/// The z with P(Z > z) = alpha, for 0 < alpha < 1.
double normal_critical(double alpha);

/// log(p / (1 − p)), for 0 < p < 1.
double logit(double p);
/// 1 / (1 + exp(−x)): the p whose logit is x.
double expit(double x);

/// P(T > t) of Student's t; dof > 0, t may be ±infinity.
double t_tail(double t, double dof);
/// The t with P(T > t) = alpha, for 0 < alpha < 1, dof > 0.
double t_critical(double alpha, double dof);

}  // namespace modelgate::stats
