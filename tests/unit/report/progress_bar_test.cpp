// SPDX-License-Identifier: Apache-2.0
#include "gate/report/progress_bar.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

class FakeClock final : public Clock {
 public:
  double now_s() const override { return now; }
  double now = 100.0;
};

constexpr std::string_view erased = "\r\x1B[K";

struct ProgressBarTest : ::testing::Test {
  std::ostringstream out;
  FakeClock clock;
  ProgressBar bar{out, clock, 100};

  std::string last() const {
    const std::string text = out.str();
    const std::size_t at = text.rfind(erased);
    return at == std::string::npos ? text : text.substr(at + erased.size());
  }
};

TEST_F(ProgressBarTest, shows_phase_share_rows_rate_and_time_left) {
  bar.update("replay", 0, 1'000'000);
  clock.now += 2.0;
  bar.update("replay", 500'000, 1'000'000);
  EXPECT_EQ(last(), "replay  ██████████            50%  500,000 of 1,000,000 rows  250,000 rows/s  2 s left");
}

TEST_F(ProgressBarTest, is_rewritten_in_place_at_most_ten_times_a_second) {
  for (int i = 0; i < 1000; ++i) {
    bar.update("replay", static_cast<std::size_t>(i), 1000);
    clock.now += 0.001;
  }
  std::size_t writes = 0;
  const std::string text = out.str();
  for (std::size_t at = text.find(erased); at != std::string::npos; at = text.find(erased, at + 1)) ++writes;
  EXPECT_GE(writes, 9U);
  EXPECT_LE(writes, 10U);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST_F(ProgressBarTest, is_erased_at_the_end_of_its_phase) {
  bar.update("replay", 1, 10);
  bar.finish("replay");
  EXPECT_TRUE(out.str().ends_with(erased));
}

TEST_F(ProgressBarTest, is_erased_when_it_goes_away) {
  {
    ProgressBar other(out, clock);
    other.update("latency", 1, 10);
  }
  EXPECT_TRUE(out.str().ends_with(erased));
}

TEST_F(ProgressBarTest, nothing_shown_is_nothing_to_erase) {
  bar.finish("replay");
  EXPECT_EQ(out.str(), "");
}

TEST_F(ProgressBarTest, a_new_phase_starts_its_own_clock) {
  bar.update("replay", 10, 10);
  clock.now += 50.0;
  bar.update("latency", 0, 200);
  clock.now += 1.0;
  bar.update("latency", 100, 200);
  EXPECT_NE(last().find("100 of 200 rounds  100 rounds/s  1 s left"), std::string::npos) << last();
}

TEST_F(ProgressBarTest, an_unknown_total_shows_no_share_and_no_time_left) {
  bar.update("replay", 0, std::nullopt);
  clock.now += 1.0;
  bar.update("replay", 4096, std::nullopt);
  EXPECT_EQ(last(), "replay  4,096 rows  4,096 rows/s");
}

TEST_F(ProgressBarTest, odd_counts_stay_sane) {
  bar.update("replay", 20, 10);
  EXPECT_NE(last().find("100%"), std::string::npos);
  clock.now += 1.0;
  bar.update("replay", 0, 0);
  EXPECT_EQ(last(), "replay  0 rows");
}

TEST_F(ProgressBarTest, never_fills_the_last_column) {
  for (const std::size_t width : {0U, 20U, 40U, 80U, 200U}) {
    std::ostringstream text;
    ProgressBar narrow(text, clock, width);
    narrow.update("replay", 123'456'789, 1'000'000'000);
    const std::string line = text.str().substr(erased.size());
    EXPECT_LT(display_width(line), std::max<std::size_t>(width, 20)) << line;
  }
}

}  // namespace
}  // namespace modelgate
