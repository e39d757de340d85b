// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include "gate/stats/bootstrap.hpp"
#include "gate/stats/order.hpp"
#include "gate/stats/random.hpp"

namespace modelgate::stats {

namespace {

constexpr std::size_t most_groups = 1U << 14U;

// Poisson(1) weights of all units of one replicate: four units a Philox block, so that any replicate stands alone.
void draw_weights(std::uint64_t seed, std::uint32_t replicate, std::vector<double>& weights) {
  for (std::size_t unit = 0; unit < weights.size(); unit += 4) {
    const Block block = philox({static_cast<std::uint32_t>(unit), 0, replicate, 2}, seed);
    const std::size_t lanes = std::min<std::size_t>(4, weights.size() - unit);
    for (std::size_t lane = 0; lane < lanes; ++lane) weights[unit + lane] = poisson_one(block[lane]);
  }
}

// Four partial sums: independent additions overlap, and the order of adding stays fixed.
double dot(const double* weights, const double* values, std::size_t n) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += weights[i + lane] * values[i + lane];
  }
  for (; i < n; ++i) sums[0] += weights[i] * values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Moments by column (k columns of `units`), units and the rows of each in an order that depends on the keys alone.
std::vector<double> columns_of(std::span<const double> moments, std::size_t k, std::size_t rows, std::size_t units,
                               std::span<const std::uint64_t> keys) {
  std::vector<double> columns(k * units, 0.0);
  const bool pooled = rows > units;
  const auto order = keys.empty() ? std::vector<std::uint32_t>{} : order_by_key(keys);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = order.empty() ? i : order[i];
    const std::size_t unit = pooled ? mix64(keys.empty() ? row : keys[row]) % units : i;
    for (std::size_t j = 0; j < k; ++j) columns[j * units + unit] += moments[row * k + j];
  }
  return columns;
}

}  // namespace

ResampleSource cell_source(std::span<const std::uint64_t> counts, std::uint64_t seed) {
  std::vector<double> means(counts.begin(), counts.end());
  auto redraw = [means, seed](std::uint32_t replicate, std::span<double> sums) {
    for (std::size_t cell = 0; cell < means.size(); ++cell) {
      KeyedStream stream(seed, replicate, static_cast<std::uint32_t>(cell));
      sums[cell] = static_cast<double>(poisson(means[cell], stream));
    }
  };
  return {.observed = std::move(means), .redraw = std::move(redraw)};
}

ResampleSource row_source(std::span<const double> moments, std::size_t k, std::span<const std::uint64_t> keys,
                          std::uint64_t seed) {
  const std::size_t rows = k == 0 ? 0 : moments.size() / k;
  if (!keys.empty() && keys.size() != rows) return {};
  const std::size_t units = std::min(rows, most_groups);
  auto columns = std::make_shared<const std::vector<double>>(columns_of(moments, k, rows, units, keys));
  std::vector<double> observed(k);
  const std::vector<double> ones(units, 1.0);
  for (std::size_t j = 0; j < k; ++j) observed[j] = dot(ones.data(), columns->data() + j * units, units);
  auto redraw = [columns, units, seed](std::uint32_t replicate, std::span<double> sums) {
    thread_local std::vector<double> weights;  // reused: a fresh one a replicate would cost as much as the draws
    weights.resize(units);
    draw_weights(seed, replicate, weights);
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] = dot(weights.data(), columns->data() + j * units, units);
  };
  return {.observed = std::move(observed), .redraw = std::move(redraw)};
}

}  // namespace modelgate::stats
