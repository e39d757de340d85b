// SPDX-License-Identifier: Apache-2.0
#include "gate/after/age.hpp"

#include <gtest/gtest.h>

namespace modelgate {
namespace {

using std::chrono::seconds;

TEST(Age, is_a_positive_number_with_its_unit) {
  EXPECT_EQ(age_from("7d"), seconds(604'800));
  EXPECT_EQ(age_from("12h"), seconds(43'200));
  EXPECT_EQ(age_from("30min"), seconds(1'800));
  EXPECT_EQ(age_from("90s"), seconds(90));
  for (const char* text : {"", "7", "d", "0d", "-1d", "7 d", "7days", "1.5h", "7D", "99999999999999999999d", "40000d"})
    EXPECT_FALSE(age_from(text)) << text;
}

TEST(Instant, is_read_only_as_reports_write_it) {
  ASSERT_TRUE(instant_from("1970-01-02T00:01:05Z"));
  EXPECT_EQ(instant_from("1970-01-02T00:01:05Z")->time_since_epoch(), seconds(86'465));
  for (const char* text :
       {"", "1970-01-02", "1970-01-02T00:01:05", "1970-01-02 00:01:05Z", "1970-13-02T00:01:05Z", "1970-01-02T24:01:05Z",
        "1970-01-02T00:60:05Z", "1970-01-02T0a:01:05Z", "1970-01-02T-1:01:05Z"})
    EXPECT_FALSE(instant_from(text)) << text;
}

TEST(Age, is_told_in_the_largest_unit) {
  EXPECT_EQ(age_text(seconds(86'400)), "1 day");
  EXPECT_EQ(age_text(seconds(200'000)), "2 days");
  EXPECT_EQ(age_text(seconds(7'300)), "2 hours");
  EXPECT_EQ(age_text(seconds(59)), "59 seconds");
  EXPECT_EQ(age_text(seconds(0)), "0 seconds");
}

}  // namespace
}  // namespace modelgate
