// SPDX-License-Identifier: Apache-2.0
#include <zip.h>

#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GoldenNpz : public DataTest {
 protected:
  using Arrays = std::vector<std::pair<std::string, std::string>>;  ///< name, bytes of the .npy

  std::string write_npz(const Arrays& arrays) const {
    int code = 0;
    auto* archive = zip_open(path("g.npz").c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    for (const auto& [name, bytes] : arrays) {
      auto* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
      zip_file_add(archive, (name + ".npy").c_str(), source, ZIP_FL_OVERWRITE);
    }
    EXPECT_EQ(zip_close(archive), 0);
    return path("g.npz");
  }
  /// A .npy as numpy writes it, with a header of any length.
  static std::string npy(const std::string& descr, const std::string& shape, const std::string& items,
                         std::size_t header_bytes = 118, const std::string& fortran = "False") {
    std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
    header.resize(header_bytes - 1, ' ');
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header_bytes & 0xFFU);
    bytes += static_cast<char>(header_bytes >> 8U);
    return bytes + header + "\n" + items;
  }
  Result<Golden> read(const Arrays& arrays, const InputSpec& input = input_of({"x"})) const {
    const auto dataset = dataset_at(write_npz(arrays));
    GoldenRequest request{dataset};
    request.input_sets = {{input}};
    request.category_columns = categories_;
    return read_golden(request);
  }
  std::string error(const Arrays& arrays) const {
    const auto golden = read(arrays);
    return golden ? "read" : golden.error().message;
  }
  std::string file() const { return path("g.npz"); }

  std::vector<std::string> categories_;
  std::string y_ = xt::dump_npy(xt::xarray<std::int64_t>{0, 1});
};

TEST_F(GoldenNpz, ArraysAreColumnsAndTheFirstAxisIsTheRow) {
  auto input = input_of({"x"});
  input.shape = {1, 2, 2};
  const auto golden =
      read({{"x", xt::dump_npy(xt::xarray<std::uint8_t>{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}})}, {"y", y_}}, input)
          .value();
  EXPECT_THAT(golden.input<float>(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(golden.rows.label_class, ElementsAre(0, 1));
  EXPECT_EQ(golden.total, 2U);
}

TEST_F(GoldenNpz, BooleansAndFixedWidthTextsAreRead) {
  std::string texts;
  for (const std::uint32_t point : {U'F', U'\0', U'é', U'x'}) texts.append(reinterpret_cast<const char*>(&point), 4);
  categories_ = {"s", "t"};
  const auto golden = read({{"x", npy("|b1", "(2,)", std::string("\x01\x00", 2))},
                            {"s", npy("<U2", "(2,)", texts, 182)},  // 182 has its eighth bit set
                            {"t", npy("|S2", "(2,)", std::string("a\0bc", 4))},
                            {"y", y_}})
                          .value();
  EXPECT_THAT(golden.input<float>(), ElementsAre(1, 0));
  EXPECT_THAT(golden.rows.category("s")->values, ElementsAre("F", "éx"));
  EXPECT_THAT(golden.rows.category("t")->values, ElementsAre("a", "bc"));
}

TEST_F(GoldenNpz, ArraysOfDifferentLengthsAreRefused) {
  EXPECT_EQ(error({{"x", xt::dump_npy(xt::xarray<float>{1, 2, 3})}, {"y", y_}}),
            file() + ": array x has 3 rows and array y has 2; every array needs one row a golden row.");
}

TEST_F(GoldenNpz, WhatNumpyCannotHandOverPlainlyIsRefused) {
  const auto refused = [&](const std::string& x) { return error({{"x", x}, {"y", y_}}); };
  EXPECT_THAT(refused(npy("|O", "(2,)", "")),
              HasSubstr("array x holds items that are not numbers or text of fixed width"));
  EXPECT_THAT(refused(npy(">f4", "(2,)", "00000000")), HasSubstr("array x is big-endian"));
  EXPECT_THAT(refused(npy("<c8", "(1,)", "00000000")), HasSubstr("array x holds complex numbers"));
  EXPECT_THAT(refused(npy("<f4", "(1, 2)", "00000000", 118, "True")), HasSubstr("array x is in Fortran order"));
  EXPECT_THAT(refused(npy("<f4", "(1000000,)", "00000000")),
              HasSubstr("array x is cut off: its header promises more."));
  EXPECT_THAT(refused(npy("<f4", "(9999999999, 9999999999)", "0000")), HasSubstr("is cut off"));
  EXPECT_THAT(refused("no array at all"), HasSubstr("array x is not a .npy array, or it is cut off."));
  EXPECT_THAT(refused(npy("<f4", "(x,)", "")), HasSubstr("array x holds no plain array"));
  for (const char* width : {"<f3", "<U0", "|S0"})
    EXPECT_THAT(refused(npy(width, "(1,)", "000")), HasSubstr("array x holds items of an unsupported width")) << width;
  EXPECT_THAT(refused(npy("<f4", "(999999999999999999, 0)", "")), HasSubstr("array x has rows without a value"));
}

TEST_F(GoldenNpz, TextsMustBeUnicode) {
  categories_ = {"s"};
  const auto refused = [&](const std::string& descr, const std::string& item) {
    return error({{"x", xt::dump_npy(xt::xarray<float>{1, 2})}, {"s", npy(descr, "(2,)", item + item)}, {"y", y_}});
  };
  const std::string words =
      file() + ", array s holds a text that is not Unicode; save it as such (numpy's str, or bytes in UTF-8).";
  EXPECT_EQ(refused("|S2", "\xE9x"), words) << "Latin 1";
  for (const std::uint32_t point : {0xD800U, 0x110000U, 0x12DFCD62U})
    EXPECT_EQ(refused("<U1", std::string(reinterpret_cast<const char*>(&point), 4)), words) << point;
  EXPECT_EQ(refused("|S2", "\xC3\xA9"), "read");
}

TEST_F(GoldenNpz, AHeaderFarTooLongIsRefusedBeforeItIsRead) {
  const std::string longest(1U << 20U, ' ');
  const std::string bytes = std::string("\x93NUMPY\x02\x00\x00\x00\x10\x00", 12) + "{" + longest.substr(2) + "\n";
  EXPECT_EQ(error({{"x", bytes}, {"y", y_}}),
            file() + ", array x has a header of 1048576 bytes, more than any plain array; save it with numpy.save.");
}

TEST_F(GoldenNpz, AFileThatIsNoZipIsRefused) {
  const auto dataset = dataset_at(write("g.npz", "no zip"));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"x"})}};
  EXPECT_EQ(error_of(request),
            file() + " cannot be read as .npz (a zip archive of .npy arrays); write it with numpy.savez.");
}

}  // namespace
}  // namespace modelgate
