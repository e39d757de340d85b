// SPDX-License-Identifier: Apache-2.0
// Simulates the error rates that the product promises and holds them to the published ones.
//   simulate [-o results.md] [--scale 0.1]
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "experiments.hpp"

namespace {

constexpr std::string_view introduction =
    "# Simulated error rates\n\n"
    "Made by `ci/simulate` (seeds fixed; the same numbers on every run of the same build). A rate that is compared "
    "with a "
    "known one must lie within 3.5 standard errors of both together; a rate that is bounded, within 3 of its own above "
    "the bound. One rate in a few thousand may miss by chance.\n";

}  // namespace

int main(int count, char** words) {
  using namespace modelgate::simulation;
  try {
    std::string output;
    double scale = 1.0;
    const std::vector<std::string> arguments(words + 1, words + count);
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
      if (arguments[i] == "-o") output = arguments[i + 1];
      if (arguments[i] == "--scale") scale = std::stod(arguments[i + 1]);
    }
    std::vector<Section> sections = simulate_methods(scale);
    for (Section& section : simulate_gates(scale)) sections.push_back(std::move(section));
    for (Section& section : simulate_percentiles(scale)) sections.push_back(std::move(section));
    const std::string text = std::string(introduction) + markdown(sections);
    fmt::print("{}", text);
    if (!output.empty()) std::ofstream(output) << text;
    const std::size_t missed = failures(sections);
    fmt::print("\n{} rates are not what they must be\n", missed);
    return missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    fmt::print("simulate: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
