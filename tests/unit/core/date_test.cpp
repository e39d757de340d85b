// SPDX-License-Identifier: Apache-2.0
#include "gate/core/date.hpp"

#include <gtest/gtest.h>

namespace modelgate {
namespace {

TEST(Date, ReadsAndWritesOneForm) {
  for (const char* text : {"2026-12-31", "2024-02-29", "1999-01-01"}) {
    const auto date = date_from(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(date_text(*date), text);
  }
}

TEST(Date, RefusesWhatIsNoDay) {
  for (const char* text : {"", "2026-2-3", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "31-12-2026",
                           "2026-12-31T00:00:00Z", "2026/12/31", "-026-12-31", "20261231", "2026-12-3x"})
    EXPECT_FALSE(date_from(text)) << text;
}

TEST(Date, CountsDays) {
  EXPECT_EQ(days_from(*date_from("2026-11-22"), *date_from("2026-12-06")), 14);
  EXPECT_EQ(days_from(*date_from("2026-12-01"), *date_from("2026-11-30")), -1);
}

}  // namespace
}  // namespace modelgate
