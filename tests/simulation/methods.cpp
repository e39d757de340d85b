// SPDX-License-Identifier: Apache-2.0
// The methods one by one, in the cases of the published table: how often each says fail or pass.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "draws.hpp"
#include "experiments.hpp"
#include "gate/stats/auc.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/holm.hpp"
#include "gate/stats/order.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/two_rates.hpp"

namespace modelgate::simulation {
namespace {

constexpr double alpha = 0.05;
constexpr double margin = 0.01;
constexpr std::uint64_t fewest_discordant = 10;

/// One row of the accuracy table, rates in percent as it prints them.
struct AccuracyCase {
  std::size_t n;
  double discordant;
  double difference;
  double tango_fail, tango_pass;
  double bootstrap_fail, bootstrap_pass;
};

constexpr std::array accuracy_cases{
    AccuracyCase{200, .10, 0.0, 1.8, 12.0, 1.6, 11.3},   AccuracyCase{1000, .10, 0.0, 0.5, 25.5, 0.3, 27.4},
    AccuracyCase{1000, .10, -.01, 5.0, 5.0, 5.3, 5.6},   AccuracyCase{1000, .02, 0.0, 0.0, 68.6, 0.0, 71.5},
    AccuracyCase{1000, .02, -.02, 85.0, 0.0, 78.4, 0.0}, AccuracyCase{1000, .10, -.05, 99.3, 0.0, 99.1, 0.0},
    AccuracyCase{5000, .10, 0.0, 0.0, 72.7, 0.1, 74.9},  AccuracyCase{5000, .10, -.02, 72.7, 0.0, 72.3, 0.0},
    AccuracyCase{200, .02, -.01, 7.4, 4.2, 3.1, 8.9}};

std::string name_of(const AccuracyCase& one) {
  return fmt::format("n {}, discordant {:.2f}, difference {:+.2f}", one.n, one.discordant, one.difference);
}

void add(Section& section, const std::string& name, std::size_t draws, double rate, const Expectation& expected) {
  section.rates.push_back({name, draws, rate, expected});
}

Section tango(double scale) {
  Section section{
      "Tango's score test, margin .01",
      "Expected: the table of the design, 20,000 draws. A fail is withheld below 10 discordant rows; at the "
      "edge of the margin it may then come in at most 5 % of cases (5.3 % where it is known to).",
      {}};
  const auto draws = static_cast<std::size_t>(20'000 * scale);
  for (std::size_t i = 0; i < accuracy_cases.size(); ++i) {
    const AccuracyCase& one = accuracy_cases[i];
    const auto seen = frequencies(draws, 3, [&](std::size_t draw) {
      Random random = random_of(1100 + i, draw);
      const auto counts = draw_counts(random, one.n, one.discordant, one.difference);
      const bool fails = *stats::tango_p_at_least(counts, -margin) < alpha;
      return std::vector<bool>{fails, *stats::tango_p_at_most(counts, -margin) < alpha,
                               fails && counts.discordant() >= fewest_discordant};
    });
    add(section, name_of(one) + ": fail, unguarded", draws, seen[0], printed(one.tango_fail, 20'000));
    add(section, name_of(one) + ": pass", draws, seen[1], printed(one.tango_pass, 20'000));
    if (one.difference == -margin) add(section, name_of(one) + ": fail", draws, seen[2], at_most(0.053));
  }
  return section;
}

Section bootstrap(double scale) {
  Section section{"Paired Poisson bootstrap of an accuracy difference, margin .01",
                  "The product resamples cells and doubles its replicates near the line. Expected: the table of the "
                  "design (at least 1,000 draws of it are assumed).",
                  {}};
  const auto draws = static_cast<std::size_t>(1'500 * scale);
  for (std::size_t i = 0; i < accuracy_cases.size(); ++i) {
    const AccuracyCase& one = accuracy_cases[i];
    const auto seen = frequencies(draws, 2, [&](std::size_t draw) {
      Random random = random_of(200 + i, draw);
      const auto counts = draw_counts(random, one.n, one.discordant, one.difference);
      const std::array<std::uint64_t, 3> cells{counts.both, counts.only_candidate, counts.only_production};
      stats::PairedBootstrap resampled(stats::cell_source(cells, random()), [](std::span<const double> sums) {
        const double rows = sums[0] + sums[1] + sums[2];
        if (!(rows > 0.0)) return stats::PairedValue{};
        return stats::PairedValue{(sums[0] + sums[1]) / rows, (sums[0] + sums[2]) / rows};
      });
      const auto judged = resampled.judge(1.0, -margin, alpha);
      const bool clear = judged && !judged->on_the_line && !judged->zero_width;
      return std::vector<bool>{clear && judged->p_at_least < alpha, clear && judged->p_at_most < alpha};
    });
    add(section, name_of(one) + ": fail", draws, seen[0], printed(one.bootstrap_fail, 1'000));
    const bool table_passes_agreement = one.n == 200 && one.discordant == .02;
    add(section, name_of(one) + ": pass", draws, seen[1],
        table_passes_agreement ? at_most(one.bootstrap_pass / 100.0) : printed(one.bootstrap_pass, 1'000));
  }
  return section;
}

struct AucCase {
  std::size_t positives, negatives;
  double auc;
  double difference;
  double fail, pass;
};

constexpr std::array auc_cases{AucCase{500, 500, .80, 0.0, 0.7, 27.8}, AucCase{500, 500, .80, -.01, 5.5, 4.7},
                               AucCase{250, 4750, .80, -.01, 5.6, 4.1}, AucCase{250, 4750, .95, -.03, 97.8, 0.0}};

Section delong(double scale) {
  Section section{"Paired DeLong, margin .01, binormal scores of correlation .8",
                  "Expected: the table of the design, of 800 to 3,000 draws (800 assumed). The last case has as many "
                  "positives as the guard asks for, 20: there false fails are held to 6.5 %, false passes to 7.5 %.",
                  {}};
  const auto judge = [](Random& random, const AucCase& one) {
    const Scores2 scores = draw_scores(random, one.positives, one.negatives, one.auc, one.difference, 0.8);
    const auto candidate = stats::order_by_score(std::span<const double>(scores.candidate));
    const auto production = stats::order_by_score(std::span<const double>(scores.production));
    const auto pair = stats::paired_delong(*candidate, *production, scores.labels).front();
    const auto low = stats::paired_auc_p_at_least(*pair, -margin);
    const auto high = stats::paired_auc_p_at_most(*pair, -margin);
    return std::vector<bool>{low && *low < alpha, high && *high < alpha};
  };
  for (std::size_t i = 0; i < auc_cases.size(); ++i) {
    const AucCase& one = auc_cases[i];
    const auto draws = static_cast<std::size_t>((one.positives < one.negatives ? 2'000 : 4'000) * scale);
    const auto seen = frequencies(draws, 2, [&](std::size_t draw) {
      Random random = random_of(300 + i, draw);
      return judge(random, one);
    });
    const std::string name = fmt::format("{} + {} rows, AUC {:.2f}, difference {:+.2f}", one.positives, one.negatives,
                                         one.auc, one.difference);
    add(section, name + ": fail", draws, seen[0], printed(one.fail, 800));
    add(section, name + ": pass", draws, seen[1], printed(one.pass, 800));
    if (one.difference == -margin) add(section, name + ": false fail", draws, seen[0], at_most(alpha));
  }
  const auto draws = static_cast<std::size_t>(4'000 * scale);
  const AucCase fewest{20, 380, .80, -.01, 0.0, 0.0};
  const auto seen = frequencies(draws, 2, [&](std::size_t draw) {
    Random random = random_of(390, draw);
    return judge(random, fewest);
  });
  add(section, "20 + 380 rows, AUC 0.80, difference -0.01: false fail", draws, seen[0], at_most(0.065));
  add(section, "20 + 380 rows, AUC 0.80, difference -0.01: false pass", draws, seen[1], at_most(0.075));
  return section;
}

struct GapCase {
  std::size_t rows;
  double gap;
  double fail, pass;
};

constexpr std::array gap_cases{GapCase{20, 0.0, 0.8, 0.0},   GapCase{50, 0.0, 0.2, 0.0},  GapCase{100, 0.0, 0.0, 0.0},
                               GapCase{500, 0.0, 0.0, 51.3}, GapCase{100, .10, 1.7, 0.0}, GapCase{500, .10, 1.5, 1.3},
                               GapCase{100, .25, 47.7, 0.0}, GapCase{500, .25, 98.9, 0.0}};

/// Three groups' counts of one rate.
std::array<stats::RateCount, 3> draw_groups(Random& random, std::array<std::size_t, 3> rows,
                                            std::array<double, 3> rates) {
  std::array<stats::RateCount, 3> counts;
  for (std::size_t group = 0; group < 3; ++group) {
    counts[group].n = rows[group];
    for (std::size_t row = 0; row < rows[group]; ++row)
      counts[group].events += static_cast<double>(random() >> 11) * 0x1p-53 < rates[group] ? 1 : 0;
  }
  return counts;
}

Section newcombe(double scale) {
  constexpr double tolerance = 0.10;
  Section section{"Equalized odds by Newcombe's interval of every pair, tolerance .10",
                  "Group A has 2,000 rows, B and C as many as named, half of each label; true positive rate .8 (in B "
                  "less by the gap), false positive rate .2. Fail by Holm over the six pairs and rates, pass by all "
                  "six. Expected: the table of the design, 4,000 draws.",
                  {}};
  const auto draws = static_cast<std::size_t>(4'000 * scale);
  for (std::size_t i = 0; i < gap_cases.size(); ++i) {
    const GapCase& one = gap_cases[i];
    const auto seen = frequencies(draws, 2, [&](std::size_t draw) {
      Random random = random_of(400 + i, draw);
      std::vector<double> against;
      bool passes = true;
      for (const bool label : {true, false}) {
        const double rate = label ? .8 : .2;
        const auto groups =
            draw_groups(random, {1000, one.rows / 2, one.rows / 2}, {rate, rate - (label ? one.gap : 0.0), rate});
        for (const auto& [x, y] : {std::pair{0, 1}, {0, 2}, {1, 2}}) {
          const auto& a = groups[static_cast<std::size_t>(x)];
          const auto& b = groups[static_cast<std::size_t>(y)];
          const double above = *stats::newcombe_p_at_most(a, b, tolerance);
          const double below = *stats::newcombe_p_at_least(a, b, -tolerance);
          against.push_back(std::min(above, below));
          passes = passes && *stats::newcombe_p_at_least(a, b, tolerance) < alpha &&
                   *stats::newcombe_p_at_most(a, b, -tolerance) < alpha;
        }
      }
      const auto steps = stats::holm(against, alpha);
      const bool fails = std::ranges::any_of(steps, [](const auto& step) { return step.p_adjusted <= alpha; });
      return std::vector<bool>{fails, passes};
    });
    const std::string name = fmt::format("{} rows, gap {:.2f}", one.rows, one.gap);
    add(section, name + ": fail", draws, seen[0], printed(one.fail, 4'000));
    add(section, name + ": pass", draws, seen[1], printed(one.pass, 4'000));
    if (one.gap <= tolerance) add(section, name + ": false fail", draws, seen[0], at_most(alpha));
  }
  return section;
}

}  // namespace

std::vector<Section> simulate_methods(double scale) {
  return {tango(scale), bootstrap(scale), delong(scale), newcombe(scale)};
}

}  // namespace modelgate::simulation
