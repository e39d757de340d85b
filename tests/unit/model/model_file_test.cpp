// SPDX-License-Identifier: Apache-2.0
#include "gate/model/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A zip's first 30 bytes, of which only the mark and the name's length are looked at, and what follows.
std::string zip_head(const std::string& name) {
  std::string head(30, '\0');
  head.replace(0, 4, "PK\x03\x04");
  head[26] = static_cast<char>(name.size() % 256);
  head[27] = static_cast<char>(name.size() / 256);
  return head + name + "contents";
}

std::string write(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + "kind_" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string refusal(const std::string& name, const std::string& bytes) {
  const auto model = open_model(write(name, bytes));
  EXPECT_FALSE(model.has_value()) << name;
  return model ? std::string() : model.error().message;
}

TEST(ModelKind, IsToldByTheFilesName) {
  EXPECT_EQ(model_origin("models/a.pt2"), "aotinductor");
  EXPECT_EQ(model_origin("models/a.pt"), "torchscript");
  EXPECT_EQ(model_origin("models/a.pt2/b.pt"), "torchscript");
  EXPECT_TRUE(is_native("a.pt2"));
  EXPECT_FALSE(is_native("a.pt"));
}

TEST(ModelKind, OfAnOpenedModelIsThatOfItsNameWhereTheBytesAgree) {
  for (const std::string first : {"m/data/aotinductor/model/a.wrapper.cpp", "m/archive_format", "m/extra/own.txt"}) {
    const auto model = open_model(write("a.pt2", zip_head(first)));
    ASSERT_TRUE(model.has_value()) << model.error().message;
    EXPECT_TRUE(model->native);
  }
  for (const std::string first : {"m/data.pkl", "m/data/0", "m/extra/own.txt", "m", ""}) {
    const auto model = open_model(write("a.pt", zip_head(first)));
    ASSERT_TRUE(model.has_value()) << model.error().message;
    EXPECT_FALSE(model->native);
  }
}

TEST(ModelKind, ThatNameAndBytesDisagreeAboutIsRefusedWithWhatToDo) {
  for (const std::string first : {"m/data/aotinductor/model/a.wrapper.cpp", "m/models/model.json"})
    EXPECT_THAT(refusal("b.pt", zip_head(first)), HasSubstr("rename it so that it ends in .pt2")) << first;
  for (const std::string first : {"m/data.pkl", "m/data/0", "m/code/a.py"})
    EXPECT_THAT(refusal("b.pt2", zip_head(first)),
                AllOf(HasSubstr("rename it so that it ends in .pt,"), HasSubstr("aoti_compile_and_package")))
        << first;
}

TEST(ModelKind, WithoutAnArchiveSaysWhatThePackageIsMadeWith) {
  EXPECT_THAT(refusal("c.pt2", "hello"),
              AllOf(HasSubstr("is not an AOTInductor package"), HasSubstr("aoti_compile_and_package")));
  EXPECT_THAT(refusal("d.pt2", "version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
}

TEST(ModelKind, OfAHeaderThatClaimsALongerNameThanThereIsReadsNothingBehindItsEnd) {
  std::string head = zip_head("m/data.pkl");
  head[26] = head[27] = '\xff';
  EXPECT_THAT(refusal("e.pt2", head), HasSubstr("ends in .pt,"));
  EXPECT_TRUE(open_model(write("f.pt2", std::string("PK\x03\x04") + "cut")).has_value()) << "the worker refuses it";
}

}  // namespace
}  // namespace modelgate::test
