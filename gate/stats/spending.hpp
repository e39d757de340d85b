// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace modelgate::stats {

/// Of a one-sided level alpha the part that is spent by the fraction t of the declared looks, after O'Brien and
/// Fleming: 2(1 − Φ(z_{alpha/2} / √t)). 0 at t <= 0, alpha at t >= 1.
/// Source: Lan KKG, DeMets DL (1983), Discrete sequential boundaries for clinical trials, Biometrika 70, their α₁*.
double spent_obrien_fleming(double alpha, double t);

/// The one-sided level at which the latest of `looks` declared looks at growing data is judged, so that all looks
/// together err with alpha at most. information: rows at each look so far, the latest last; it must be positive and
/// not longer than looks. Where the rows grow too little to tell the looks apart, or shrink, the level is what the look
/// adds to the spending, which holds under any dependence. Nothing for an alpha outside (0, 0.5) or such information.
/// Source: Armitage P, McPherson CK, Rowe BC (1969), JRSS A 132: the recursion for the density of the sum that has
/// crossed no boundary so far; a look's boundary is where its share of the spending is crossed.
std::optional<double> look_level(double alpha, std::span<const double> information, std::size_t looks);

}  // namespace modelgate::stats
