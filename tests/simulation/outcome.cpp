// SPDX-License-Identifier: Apache-2.0
#include "outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>

namespace modelgate::simulation {

double Rate::std_error() const {
  // Where an event is rare the expectation knows its error better than the few events do.
  const double p = std::clamp(std::max(rate, expected.rate), 0.5 / static_cast<double>(draws), 1.0);
  return std::sqrt(p * (1.0 - std::min(p, 1.0 - 0.5 / static_cast<double>(draws))) / static_cast<double>(draws));
}

bool Rate::holds() const {
  const double error = std::hypot(std_error(), expected.std_error);
  return expected.kind == Expectation::Kind::about ? std::abs(rate - expected.rate) <= 3.5 * error
                                                   : rate <= expected.rate + 3.0 * error;
}

Expectation printed(double percent, std::size_t draws) {
  const double p = percent / 100.0;
  const double n = static_cast<double>(draws);
  const double kept = std::clamp(p, 0.5 / n, 1.0 - 0.5 / n);
  return {Expectation::Kind::about, p, std::hypot(std::sqrt(kept * (1.0 - kept) / n), 0.0005)};
}

Expectation at_most(double rate) { return {Expectation::Kind::at_most, rate, 0.0}; }

Expectation computed(double rate) { return {Expectation::Kind::about, rate, 0.0005}; }

std::string markdown(const std::vector<Section>& sections) {
  std::string text;
  for (const Section& section : sections) {
    text += fmt::format(
        "\n## {}\n\n{}\n\n| case | draws | simulated % | ± | expected % | holds |\n|---|---|---|---|---|---|\n",
        section.title, section.story);
    for (const Rate& rate : section.rates)
      text += fmt::format("| {} | {} | {:.2f} | {:.2f} | {}{:.2f} | {} |\n", rate.name, rate.draws, 100.0 * rate.rate,
                          100.0 * rate.std_error(), rate.expected.kind == Expectation::Kind::at_most ? "≤ " : "",
                          100.0 * rate.expected.rate, rate.holds() ? "yes" : "**no**");
  }
  return text;
}

std::size_t failures(const std::vector<Section>& sections) {
  std::size_t count = 0;
  for (const Section& section : sections)
    count += static_cast<std::size_t>(std::ranges::count_if(section.rates, [](const Rate& r) { return !r.holds(); }));
  return count;
}

std::vector<double> frequencies(std::size_t draws, std::size_t events,
                                const std::function<std::vector<bool>(std::size_t)>& draw) {
  std::vector<std::size_t> counts(events, 0);
  std::atomic<std::size_t> next{0};
  std::mutex guard;
  const auto work = [&] {
    std::vector<std::size_t> own(events, 0);
    for (std::size_t i = next++; i < draws; i = next++) {
      const std::vector<bool> seen = draw(i);
      for (std::size_t event = 0; event < events; ++event) own[event] += seen[event] ? 1 : 0;
    }
    const std::scoped_lock lock(guard);
    for (std::size_t event = 0; event < events; ++event) counts[event] += own[event];
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
    work();
  }
  std::vector<double> rates;
  for (const std::size_t count : counts) rates.push_back(static_cast<double>(count) / static_cast<double>(draws));
  return rates;
}

}  // namespace modelgate::simulation
