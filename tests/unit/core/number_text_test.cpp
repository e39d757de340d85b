// SPDX-License-Identifier: Apache-2.0
#include "gate/core/number_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace modelgate {
namespace {

TEST(FixedText, IsPlainNotationInTheClassicLocale) {
  EXPECT_EQ(fixed_text(0.1, 4), "0.1000");
  EXPECT_EQ(fixed_text(1e-9, 4), "0.0000");
  EXPECT_EQ(fixed_text(1e21, 0), "1000000000000000000000");
}

TEST(FixedText, HasNoNegativeZero) {
  EXPECT_EQ(fixed_text(-0.00001, 4), "0.0000");
  EXPECT_EQ(fixed_text(-0.0, 2), "0.00");
}

TEST(FixedText, SaysUndefinedForWhatIsNoNumber) {
  EXPECT_EQ(fixed_text(std::numeric_limits<double>::quiet_NaN(), 4), "undefined");
  EXPECT_EQ(fixed_text(std::numeric_limits<double>::infinity(), 4), "undefined");
}

TEST(FixedText, HoldsTheLargestDouble) { EXPECT_EQ(fixed_text(std::numeric_limits<double>::max(), 2).size(), 312U); }

TEST(ValueText, SpeaksTheUnitOfTheMetric) {
  EXPECT_EQ(value_text(0.91234, Unit::rate), "0.9123");
  EXPECT_EQ(value_text(0.0042, Unit::seconds), "4.200 ms");
  EXPECT_EQ(value_text(500.0 * (1 << 20), Unit::bytes), "500.0 MiB");
  EXPECT_EQ(value_text(0.0, Unit::bytes), "0 B");
  EXPECT_EQ(value_text(1023.0, Unit::bytes), "1023 B");
  EXPECT_EQ(value_text(18752.0, Unit::bytes), "18.31 KiB");
  EXPECT_EQ(value_text(3.0 * (1 << 30), Unit::bytes), "3.000 GiB");
  EXPECT_EQ(value_text(3000.0 * (1 << 30), Unit::bytes), "3000 GiB");
  EXPECT_EQ(value_text(12345.6, Unit::per_second), "12,346/s");
  EXPECT_EQ(value_text(53.21, Unit::plain), "53.21");
  EXPECT_EQ(value_text(0.0000123456, Unit::plain), "0.00001235");
}

TEST(DifferenceText, CarriesItsSign) {
  EXPECT_EQ(difference_text(0.0213, Unit::rate), "+0.0213");
  EXPECT_EQ(difference_text(-0.0213, Unit::rate), "-0.0213");
  EXPECT_EQ(difference_text(0.0, Unit::rate), "0.0000");
}

TEST(CountText, SeparatesThousands) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(3200), "3,200");
  EXPECT_EQ(count_text(1000000), "1,000,000");
}

}  // namespace
}  // namespace modelgate
