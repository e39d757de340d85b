// SPDX-License-Identifier: Apache-2.0
#include "gate/data/profile.hpp"

#include <array>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};

class Profile : public DataTest {
 protected:
  TableProfile of(const std::string& path) const {
    const auto profile = profile_table("the dataset", path, path, formats);
    EXPECT_TRUE(profile.has_value()) << (profile ? "" : profile.error().message);
    return profile.value_or(TableProfile{});
  }
};

TEST_F(Profile, tells_what_the_cells_of_a_csv_are) {
  const TableProfile profile =
      of(write("g.csv",
               "id,amount,flag,kind,empty,when,mixed\n1,0.5,true,a,,2026-01-01,1\n2,,false,b,,2026-01-02,x\n"
               "3,-2,true,a,,2026-01-03,2\n"));
  ASSERT_EQ(profile.columns.size(), 7U);
  EXPECT_EQ(profile.rows, 3U);
  EXPECT_EQ(profile.all_rows, 3U);
  const ColumnProfile& id = *profile.find("id");
  EXPECT_EQ(id.kind, ColumnKind::whole);
  EXPECT_TRUE(id.unique());
  EXPECT_THAT(id.values, ElementsAre(Pair("1", 1), Pair("2", 1), Pair("3", 1)));
  const ColumnProfile& amount = *profile.find("amount");
  EXPECT_EQ(amount.kind, ColumnKind::decimal);
  EXPECT_EQ(amount.nulls, 1U);
  EXPECT_EQ(amount.low, -2.0);
  EXPECT_EQ(amount.high, 0.5);
  EXPECT_FALSE(amount.whole_numbers);
  EXPECT_EQ(profile.find("flag")->kind, ColumnKind::boolean);
  EXPECT_THAT(profile.find("kind")->values, ElementsAre(Pair("a", 2), Pair("b", 1)));
  EXPECT_EQ(profile.find("kind")->rows_of("a"), 2U);
  EXPECT_EQ(profile.find("empty")->distinct, 0U);
  EXPECT_EQ(profile.find("empty")->nulls, 3U);
  EXPECT_EQ(profile.find("mixed")->kind, ColumnKind::text);
  EXPECT_EQ(profile.find("nowhere"), nullptr);
}

TEST_F(Profile, keeps_no_values_where_they_are_many) {
  std::string text = "name\n";
  for (int i = 0; i < 100; ++i) text += "n" + std::to_string(i) + "\n";
  const TableProfile profile = of(write("g.csv", text));
  EXPECT_EQ(profile.columns[0].distinct, 100U);
  EXPECT_TRUE(profile.columns[0].values.empty());
}

TEST_F(Profile, leaves_out_names_that_several_columns_bear) {
  EXPECT_EQ(of(write("g.csv", "a,b,a\n1,2,3\n")).columns.size(), 1U);
}

TEST_F(Profile, of_a_table_without_rows_is_an_error) {
  const auto profile = profile_table("the dataset", write("g.csv", "a,b\n"), "g.csv", formats);
  ASSERT_FALSE(profile.has_value());
  EXPECT_EQ(profile.error().kind, ErrorKind::data);
}

TEST_F(Profile, a_vocabulary_is_an_object_of_whole_numbers) {
  const auto codes = vocabulary_in(write("v.json", R"({"a": 1, "b": 2})"));
  ASSERT_TRUE(codes.has_value());
  EXPECT_THAT(*codes, ElementsAre(Pair("a", 1), Pair("b", 2)));
  EXPECT_FALSE(vocabulary_in(write("w.json", R"({"a": "x"})")).has_value());
  EXPECT_FALSE(vocabulary_in(write("l.json", "[1]")).has_value());
  EXPECT_FALSE(vocabulary_in(write("b.json", "{")).has_value());
  EXPECT_FALSE(vocabulary_in(path("absent.json")).has_value());
}

}  // namespace
}  // namespace modelgate
