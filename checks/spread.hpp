// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// The rows a metric's estimate rests on.
enum class Basis {
  all_rows,
  label_rows,   ///< rows of the class judged: `class`, or the positive label
  other_rows,   ///< rows of the other labels
  both_labels,  ///< label_rows and other_rows, a rate each
  every_class,  ///< the mean over all classes, each on its own rows
};

/// How the difference of two models scatters, as far as it is known before any model runs.
struct Spread {
  enum class Kind {
    paired_rate,     ///< a rate, judged by Tango's score test: its variance is the share of discordant rows
    linear,          ///< a metric of decisions, judged by linearisation or resampling: `per_discordant` of that share
    auc,             ///< ranking of both labels, judged by DeLong
    gap,             ///< the difference of two groups' rates, judged by Newcombe's score interval
    ratio_of_rates,  ///< the ratio of two groups' rates, judged by Koopman's score interval
  };
  Kind kind = Kind::paired_rate;
  Basis basis = Basis::all_rows;
  double per_discordant = 1.0;  ///< variance of one basis row over the share of discordant ones
};

inline constexpr Spread rate_of_rows{};
inline constexpr Spread rate_of_label{Spread::Kind::paired_rate, Basis::label_rows};
inline constexpr Spread rate_of_others{Spread::Kind::paired_rate, Basis::other_rows};
inline constexpr Spread mean_of_rates{Spread::Kind::linear, Basis::every_class};
inline constexpr Spread spread_of_auc{Spread::Kind::auc, Basis::both_labels};

// A discordant row of the label moves precision by (1 − v)/predicted and F1 by (2 − v)/(labelled + predicted), any
// other discordant row by −v of the same. With as many rows decided as labelled, as many discordant rows of other
// labels as of the label, and v = .8, the variance of a label row is .68 and .52 of the discordant share.
inline constexpr Spread spread_of_precision{Spread::Kind::linear, Basis::label_rows, 0.68};
inline constexpr Spread spread_of_f1{Spread::Kind::linear, Basis::label_rows, 0.52};
inline constexpr Spread spread_of_f1_macro{Spread::Kind::linear, Basis::every_class, 0.52};
inline constexpr Spread spread_of_precision_macro{Spread::Kind::linear, Basis::every_class, 0.68};

// Averages by rows move as accuracy does. A discordant row moves kappa and MCC by 1/(1 − chance); chance 1/2.
inline constexpr Spread mean_by_rows{Spread::Kind::linear, Basis::all_rows, 1.0};
inline constexpr Spread spread_of_agreement{Spread::Kind::linear, Basis::all_rows, 4.0};

inline constexpr Spread gap_of_rows{Spread::Kind::gap, Basis::all_rows};
inline constexpr Spread gap_of_label{Spread::Kind::gap, Basis::label_rows};
inline constexpr Spread gap_of_both_labels{Spread::Kind::gap, Basis::both_labels};
inline constexpr Spread ratio_of_rows{Spread::Kind::ratio_of_rates, Basis::all_rows};

}  // namespace modelgate
