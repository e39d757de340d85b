// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/package.hpp"

#include <gmock/gmock.h>

#include "tests/unit/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PackageTest : public testing::Test {
 protected:
  Result<Package> unpacked(const std::vector<Entry>& entries) {
    write_zip(path_, entries);
    return unpack_package(open_file(path_).get(), unpacked_.path());
  }

  /// Why a package is refused; nothing of it may be left.
  std::string refusal(const std::vector<Entry>& entries) {
    std::string message;
    {
      const auto package = unpacked(entries);
      EXPECT_FALSE(package.has_value());
      if (!package) {
        message = package.error().message;
        EXPECT_EQ(package.error().reason, Reason::model_unloadable);
      }
    }
    EXPECT_THAT(message, StartsWith("the package "));
    EXPECT_TRUE(std::filesystem::is_empty(unpacked_.path())) << message;
    return message;
  }

  /// The sound package with something else in place of its library.
  std::string refused_library(const std::string& bytes) {
    auto entries = sound_package();
    entries[3].bytes = bytes;
    return refusal(entries);
  }

  /// The sound package with one more member.
  std::string refusal_with(const Entry& more) {
    auto entries = sound_package();
    entries.push_back(more);
    return refusal(entries);
  }

  Folder home_;
  Folder unpacked_;
  std::string path_ = home_.path() + "/m.pt2";
};

TEST_F(PackageTest, GivesItsLibraryInAFolderOfItsOwnThatIsGoneWithIt) {
  std::string where;
  {
    const auto package = unpacked(sound_package());
    ASSERT_TRUE(package.has_value()) << package.error().message;
    EXPECT_EQ(read_file(package->library), library());
    EXPECT_EQ(package->weights, "");
    EXPECT_THAT(unpacked_.files(), ElementsAre("twin-x.wrapper.so", "x.wrapper.so"))
        << "source and metadata stay where they are";
    EXPECT_EQ(read_file(package->twin), library());
    EXPECT_FALSE(std::filesystem::equivalent(package->library, package->twin)) << "one file would be loaded once";
    where = package->folder.path();
    struct stat info{};
    ASSERT_EQ(::stat(where.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
  }
  EXPECT_FALSE(std::filesystem::exists(where));
}

TEST_F(PackageTest, BringsItsWeightsAndFallbackOperatorsBesideTheLibrary) {
  auto entries = sound_package();
  entries.push_back({model_folder + "x.wrapper_weights.blob", "weights"});
  entries.push_back({model_folder + "x.wrapper.json", "{}"});
  const auto package = unpacked(entries);
  ASSERT_TRUE(package.has_value()) << package.error().message;
  EXPECT_EQ(read_file(package->weights), "weights");
  EXPECT_THAT(unpacked_.files(), ElementsAre("twin-x.wrapper.json", "twin-x.wrapper.so", "x.wrapper.json",
                                             "x.wrapper.so", "x.wrapper_weights.blob"));
}

TEST_F(PackageTest, WithANameThatLeadsOutOfItsFolderWritesNothing) {
  for (const std::string name : {"m/data/aotinductor/model/../../../../escaped.so", "../escaped", "/tmp/escaped"}) {
    const std::string message = refusal_with({name, "evil"});
    EXPECT_THAT(message, HasSubstr("name")) << name;
  }
  EXPECT_THAT(home_.files(), ElementsAre("m.pt2"));
  EXPECT_THAT(refusal_with({"n/data/aotinductor/model/y.txt", "evil"}), HasSubstr("outside its own folder"));
}

TEST_F(PackageTest, WithoutALibrarySaysWhatItIsInstead) {
  auto entries = sound_package();
  entries.erase(entries.begin() + 3);
  EXPECT_THAT(refusal(entries), AllOf(HasSubstr("source code"), HasSubstr("the gate compiles nothing")));
  const std::string exported =
      refusal({{"m/models/model.json", "{}"}, {"m/archive_format", "pt2"}, {"m/data/weights/weight_0", "w"}});
  EXPECT_THAT(exported, AllOf(HasSubstr("without machine code"), HasSubstr("aoti_compile_and_package")));
}

TEST_F(PackageTest, WithSeveralLibrariesOrOneElsewhereIsRefused) {
  EXPECT_THAT(refusal_with({model_folder + "y.so", library()}), HasSubstr("holds 2 shared libraries"));
  EXPECT_THAT(refusal_with({"m/extra/y.so", library()}), HasSubstr("holds 2 shared libraries"));
  for (const std::string place : {"m/extra/y.so", "m/data/aotinductor/y.so", "m/data/aotinductor/model/deep/y.so"}) {
    auto entries = sound_package();
    entries[3].name = place;
    EXPECT_THAT(refusal(entries), HasSubstr("outside data/aotinductor/MODEL/")) << place;
  }
}

TEST_F(PackageTest, WhoseLibraryIsNotForThisMachineIsRefused) {
  constexpr Elf64_Half other = EM_S390;
  EXPECT_THAT(refused_library(library(ET_DYN, other)), HasSubstr("built for another machine (ELF 22;"));
  EXPECT_THAT(refused_library(library(ET_DYN, 0, ELFCLASS32)), HasSubstr("built for another machine"));
  EXPECT_THAT(refused_library(library(ET_EXEC)), HasSubstr("another type than a shared library"));
  EXPECT_THAT(refused_library(library(ET_REL)), HasSubstr("another type than a shared library"));
  EXPECT_THAT(refused_library("#!/bin/sh\n" + std::string(100, 'x')), HasSubstr("no shared library of Linux"));
  EXPECT_THAT(refused_library(std::string(ELFMAG)), HasSubstr("no shared library of Linux"));
  EXPECT_THAT(refused_library(""), HasSubstr("no shared library of Linux"));
}

TEST_F(PackageTest, WhoseLibraryIsDamagedLeavesNothingBehind) {
  write_zip(path_, sound_package());
  const std::string bytes = read_file(path_);
  const std::size_t at = bytes.find(library()) + 3000;
  std::string damaged = bytes;
  damaged[at] = 'd';
  write_file(path_, damaged);
  const auto package = unpack_package(open_file(path_).get(), unpacked_.path());
  ASSERT_FALSE(package.has_value());
  EXPECT_THAT(package.error().message, HasSubstr("is damaged: its member"));
  EXPECT_TRUE(std::filesystem::is_empty(unpacked_.path()));
}

TEST_F(PackageTest, OfAnotherFormatIsRefused) {
  auto entries = sound_package();
  entries[4].bytes = "zip";
  EXPECT_THAT(refusal(entries), HasSubstr("of another format than pt2"));
  entries.erase(entries.begin() + 4);
  EXPECT_THAT(refusal(entries), HasSubstr("does not say that it is a .pt2"));
  EXPECT_THAT(refusal({{"m/data.pkl", "p"}, {"m/constants.pkl", "c"}}), HasSubstr("is a TorchScript file"));
  EXPECT_THAT(refusal({{"alone", "p"}}), HasSubstr("outside its own folder"));
}

TEST_F(PackageTest, WithPartsThatOnlyPythonReadsIsRefused) {
  EXPECT_THAT(refusal_with({model_folder + "weights_config.json", "{}"}), HasSubstr("only Python could load"));
  EXPECT_THAT(refusal_with({"m/data/constants/custom_obj_0", "pickle"}), HasSubstr("would run their code"));
}

TEST_F(PackageTest, OfAnotherDeviceOrWithoutReadableMetadataIsRefused) {
  auto entries = sound_package();
  entries[2].bytes = R"({"AOTI_DEVICE_KEY": "cuda"})";
  EXPECT_THAT(refusal(entries), HasSubstr("is compiled for cuda; packages run on the CPU alone"));
  entries[2].bytes = "{";
  EXPECT_THAT(refusal(entries), HasSubstr("no JSON object"));
  entries[2].bytes = std::string(2 << 20, ' ');
  EXPECT_THAT(refusal(entries), HasSubstr("longer than"));
}

TEST_F(PackageTest, SaysWhereNoFolderCanBeMade) {
  write_zip(path_, sound_package());
  const auto package = unpack_package(open_file(path_).get(), home_.path() + "/nowhere");
  ASSERT_FALSE(package.has_value());
  EXPECT_THAT(package.error().message, AllOf(HasSubstr("/nowhere"), HasSubstr("TMPDIR")));
}

}  // namespace
}  // namespace modelgate::test
