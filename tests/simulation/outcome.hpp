// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace modelgate::simulation {

/// What a simulated rate is held to.
struct Expectation {
  enum class Kind { about, at_most } kind = Kind::at_most;
  double rate = 0.05;
  double std_error = 0.0;  ///< of the expectation itself, where it was simulated, too; rounding included
};

/// One simulated rate and what it must be.
struct Rate {
  std::string name;
  std::size_t draws = 0;
  double rate = 0.0;
  Expectation expected;

  double std_error() const;  ///< binomial, of this simulation
  /// Within three standard errors of both sides (3.5 for `about`, of which there are many), or below the bound.
  bool holds() const;
};

/// A titled table of rates with a sentence on how they were made.
struct Section {
  std::string title;
  std::string story;
  std::vector<Rate> rates;
};

/// Rate to be expected from a table printed in tenths of a percent after so many draws.
Expectation printed(double percent, std::size_t draws);
/// An upper bound, exact.
Expectation at_most(double rate);
/// A rate computed, exact but for its own rounding.
Expectation computed(double rate);

std::string markdown(const std::vector<Section>& sections);
/// How many rates are not what they must be.
std::size_t failures(const std::vector<Section>& sections);

/// Counts how often each of several events occurs, over `draws` calls of draw(i) spread over the machine's cores; draw
/// must be pure but for what it derives from i.
std::vector<double> frequencies(std::size_t draws, std::size_t events,
                                const std::function<std::vector<bool>(std::size_t)>& draw);

}  // namespace modelgate::simulation
