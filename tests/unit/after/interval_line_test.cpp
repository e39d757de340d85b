// SPDX-License-Identifier: Apache-2.0
#include "gate/after/interval_line.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace modelgate {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(IntervalLine, draws_estimate_ends_and_limit_to_scale) {
  EXPECT_EQ(interval_line({0.0, 4.0}, 2.0, 10.0, 11), "├─●─┤     |");
  EXPECT_EQ(interval_line({6.0, 10.0}, 8.0, 0.0, 11), "|     ├─●─┤");
  EXPECT_EQ(interval_line({0.0, 10.0}, 5.0, 8.0, 11), "├────●──|─┤");
}

TEST(IntervalLine, an_end_without_bound_is_an_arrow) {
  EXPECT_EQ(interval_line({-infinity, 8.0}, 4.0, 0.0, 11), "◄─|───●───┤");
  EXPECT_EQ(interval_line({0.0, infinity}, 4.0, 8.0, 11), "├───●───|─►");
  EXPECT_EQ(interval_line({2.0, infinity}, 5.0, 0.0, 6), "| ├─●►");
}

TEST(IntervalLine, what_cannot_be_drawn_is_empty_and_one_point_stands_in_the_middle) {
  EXPECT_EQ(interval_line({0.0, 1.0}, 0.5, std::numeric_limits<double>::quiet_NaN(), 20), "");
  EXPECT_EQ(interval_line({std::numeric_limits<double>::quiet_NaN(), 1.0}, 0.5, 1.0, 20), "");
  EXPECT_EQ(interval_line({1.0, 1.0}, 1.0, 1.0, 5), "  |");
  EXPECT_EQ(interval_line({0.0, 1.0}, {}, 1.0, 3), "");
  EXPECT_FALSE(interval_line({-1e308, 1e308}, 0.0, 0.0, 20).empty());
}

}  // namespace
}  // namespace modelgate
