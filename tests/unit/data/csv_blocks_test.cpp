// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

constexpr std::size_t block_bytes = 4 << 20;

class CsvBlocksTest : public DataTest {
 protected:
  /// The one input column, or the error.
  Result<std::vector<float>> column(const std::string& csv) const {
    const auto dataset = dataset_at(write("g.csv", csv));
    GoldenRequest request{dataset};
    request.input_sets = {{input_of({"a"})}};
    auto golden = read_golden(request, 4096);
    if (!golden) return std::unexpected(golden.error());
    return golden->input<float>();
  }

  /// Rows "a,y,text" numbered from 0, the text of one of them filled so that its end is the block's, give or take.
  static std::string rows_to_the_edge(std::string_view line_break, std::string_view filler, std::ptrdiff_t beyond) {
    std::string csv = "a,y,text" + std::string(line_break);
    const auto row = [&](std::size_t number, const std::string& text) {
      return std::to_string(number % 1000) + "," + std::to_string(number % 2) + ",\"" + text + "\"" +
             std::string(line_break);
    };
    std::size_t number = 0;
    const std::string filling(200, 't');
    while (csv.size() < block_bytes - 1000) csv += row(number++, filling);
    const std::size_t bare = csv.size() + row(number, "").size();
    std::string text;
    while (bare + text.size() < static_cast<std::size_t>(static_cast<std::ptrdiff_t>(block_bytes) + beyond))
      text += filler;
    csv += row(number++, text);
    while (csv.size() < 2 * block_bytes) csv += row(number++, filling);
    return csv;
  }

  void expect_numbered(const std::string& csv, std::size_t rows) const {
    const auto values = column(csv);
    ASSERT_TRUE(values) << values.error().message;
    ASSERT_EQ(values->size(), rows);
    for (std::size_t i = 0; i < rows; ++i) ASSERT_EQ((*values)[i], static_cast<float>(i % 1000)) << "row " << i;
  }
};

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

TEST_F(CsvBlocksTest, NoRowIsLostOrTornWhereABlockEnds) {
  for (const std::string_view line_break : {"\n", "\r\n"}) {
    for (std::ptrdiff_t beyond = -3; beyond <= 3; ++beyond) {
      SCOPED_TRACE(testing::Message() << line_break.size() << " bytes of line break, " << beyond
                                      << " beyond the block");
      const std::string csv = rows_to_the_edge(line_break, "x", beyond);
      expect_numbered(csv, count(csv, "\"" + std::string(line_break)));
    }
  }
}

TEST_F(CsvBlocksTest, AQuotedLineBreakMayStandWhereABlockEnds) {
  for (const std::ptrdiff_t beyond : {0, 1, 2, 300}) {
    const std::string csv = rows_to_the_edge("\n", "\n", beyond);
    expect_numbered(csv, count(csv, "\"\n") - 1);  // the quote that opens the filled text has one behind it, too
  }
}

TEST_F(CsvBlocksTest, AByteOrderMarkAndAMissingLastLineBreakAreNoMatter) {
  EXPECT_THAT(column("\xEF\xBB\xBF"
                     "a,y\r\n1,0\r\n2,1")
                  .value(),
              testing::ElementsAre(1, 2));
}

TEST_F(CsvBlocksTest, ARowLongerThanABlockIsAnError) {
  const auto values = column("a,y,text\n1,0,\"" + std::string(2 * block_bytes, 'x') + "\"\n");
  ASSERT_FALSE(values);
  EXPECT_THAT(values.error().message, HasSubstr("a row longer than 4 MiB"));
}

TEST_F(CsvBlocksTest, AHeaderWithoutALineBreakOrRowsIsAnError) {
  for (const std::string_view csv : {"a,y", "", "\n\n", "a,y\n", "a,y\n\n"})
    EXPECT_FALSE(column(std::string(csv))) << csv;
}

}  // namespace
}  // namespace modelgate
