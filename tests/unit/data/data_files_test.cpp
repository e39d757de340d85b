// SPDX-License-Identifier: Apache-2.0
#include "gate/data/data_files.hpp"

#include <array>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;

constexpr std::array every_format{DataFormat::parquet, DataFormat::csv, DataFormat::npz};

class DataFilesTest : public DataTest {
 protected:
  static Result<DataFiles> find(const std::string& path, const std::string& written = "") {
    return find_data_files("The dataset", path, written, every_format);
  }
  static std::string error(const std::string& path, const std::string& written = "") {
    const auto found = find(path, written);
    return found ? "found" : found.error().message;
  }
};

TEST_F(DataFilesTest, AFileIsItselfWhateverTheCaseOfItsSuffix) {
  const auto file = write("golden.CSV", "a\n1\n");
  EXPECT_THAT(find(file).value().paths, ElementsAre(file));
  EXPECT_EQ(find(file).value().format, DataFormat::csv);
}

TEST_F(DataFilesTest, GlobsAndFoldersSortBytewiseAndTakeOnlyData) {
  const auto b = write("b.csv", "a\n");
  const auto a10 = write("a10.csv", "a\n");
  const auto a2 = write("a2.csv", "a\n");
  const auto upper = write("Z.csv", "a\n");
  write("README.md", "text");
  EXPECT_THAT(find(path("*")).value().paths, ElementsAre(upper, a10, a2, b));
  EXPECT_THAT(find(path("")).value().paths, ElementsAre(upper, a10, a2, b));
  EXPECT_THAT(find(path("a*.csv")).value().paths, ElementsAre(a10, a2));
}

TEST_F(DataFilesTest, AFileWhoseNameLooksLikeAGlobIsAFile) {
  const auto file = write("a[1].csv", "a\n");
  EXPECT_THAT(find(file).value().paths, ElementsAre(file));
}

TEST_F(DataFilesTest, MixedFormatsAreRefused) {
  const auto a = write("a.csv", "a\n");
  const auto b = write("b.npz", "PK");
  EXPECT_EQ(error(path("*")), "The dataset " + path("*") + " mixes formats: " + a + " is .csv and " + b +
                                  " is .npz. Give files of one format.");
}

TEST_F(DataFilesTest, AnAddressNamesTheCommandThatFetchesIt) {
  EXPECT_EQ(
      error("/gate/s3:/bucket/x.parquet", "s3://bucket/x.parquet"),
      "The dataset s3://bucket/x.parquet lies on another machine; modelgate reads local files only. Download it before "
      "the gate runs (`aws s3 cp s3://bucket/x.parquet .`) and give the local path.");
  EXPECT_THAT(error("x", "gs://b/x.csv"), testing::HasSubstr("(`gcloud storage cp gs://b/x.csv .`)"));
  EXPECT_THAT(error("x", "https://h/x.csv"), testing::HasSubstr("(`curl -fLO https://h/x.csv`)"));
}

TEST_F(DataFilesTest, AGitLfsPointerNamesTheCommandThatFetchesIt) {
  const auto file = write("g.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
  EXPECT_EQ(error(file),
            "The dataset " + file + " is a Git LFS pointer, not the data. Run `git lfs pull --include \"g.parquet\"`.");
}

TEST_F(DataFilesTest, ADvcStubNamesTheCommandThatFetchesIt) {
  const auto stub = write("g.parquet.dvc", "outs:\n- md5: 0\n");
  const auto data = path("g.parquet");
  EXPECT_EQ(error(stub), "The dataset " + stub + " is a DVC stub, not the data. Run `dvc pull " + stub +
                             "` and give the path " + data + ".");
  EXPECT_EQ(error(data),
            "The dataset " + data + " is absent, but " + data + ".dvc is there. Run `dvc pull " + data + ".dvc`.");
  EXPECT_EQ(error(path("*")),
            "The dataset " + path("*") + " has .dvc stubs whose data are absent. Run `dvc pull` there.");
  write("g.parquet", "PAR1");
  EXPECT_TRUE(find(path("*")).has_value()) << "a stub beside its data is no concern";
}

TEST_F(DataFilesTest, AbsentEmptyAndUnknownFilesHaveTheirOwnWords) {
  EXPECT_EQ(error(path("no.csv")), "The dataset " + path("no.csv") + " does not exist.");
  EXPECT_EQ(error(path("*.csv")), "The dataset " + path("*.csv") +
                                      " matches no .parquet, .csv, .npz file. Check the pattern, or fetch the data.");
  EXPECT_EQ(error(path("")), "The dataset " + path("") + " is a folder without .parquet, .csv, .npz files.");
  const auto empty = write("e.csv", "");
  EXPECT_EQ(error(empty), "The dataset " + empty + " is an empty file (0 bytes); write it anew.");
  const auto other = write("g.xlsx", "PK");
  EXPECT_EQ(error(other), "The dataset " + other + " has an unknown format; modelgate reads .parquet, .csv, .npz.");
}

TEST_F(DataFilesTest, DataThatCannotBeReadAreNotLeftOutOfAFolderOrGlob) {
  write("a.csv", "a\n1\n");
  const auto link = path("b.csv");
  std::filesystem::create_symlink(".git/annex/objects/b", link);
  const std::string why = " has " + link +
                          ", which is a link to what is not there: its rows would be left out. Fetch "
                          "it, or take it away.";
  EXPECT_EQ(error(path("")), "The dataset " + path("") + why);
  EXPECT_EQ(error(path("*.csv")), "The dataset " + path("*.csv") + why);
  std::filesystem::remove(link);
  std::filesystem::create_directory(link);
  EXPECT_THAT(error(path("*")), testing::HasSubstr("which is a folder: its rows would be left out"));
}

TEST_F(DataFilesTest, AFolderThatCannotBeListedLeavesNothingOutOfAGlob) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may list every folder";
  write("1/a.csv", "a\n1\n");
  write("2/a.csv", "a\n1\n");
  std::filesystem::permissions(path("2"), std::filesystem::perms::none);
  const auto of_glob = error(path("?/*.csv"));
  const auto of_folder = error(path("2"));
  std::filesystem::permissions(path("2"), std::filesystem::perms::owner_all);
  const std::string why = " cannot be searched for files; check the permissions of its folders.";
  EXPECT_EQ(of_glob, "The dataset " + path("?/*.csv") + why);
  EXPECT_EQ(of_folder, "The dataset " + path("2") + why);
}

TEST_F(DataFilesTest, FilesAreUnchangedUntilTheyAreWrittenReplacedOrGone) {
  write("a.csv", "a\n1\n");
  const auto b = write("b.csv", "a\n2\n");
  const auto left_alone = find(path("")).value();
  EXPECT_TRUE(check_unchanged(left_alone).has_value());
  write("c.tmp", "a\n2\n");
  std::filesystem::rename(path("c.tmp"), b);
  const auto replaced = check_unchanged(left_alone);
  ASSERT_FALSE(replaced.has_value());
  EXPECT_EQ(replaced.error().reason, Reason::digest_mismatch);
  EXPECT_EQ(replaced.error().message, b + " was changed or replaced while the gate was running, so that nobody knows "
                                          "which rows were judged. Run the gate again when the file is finished.");
  const auto once_more = find(path("")).value();
  std::filesystem::last_write_time(b, std::filesystem::file_time_type{});  // written, whatever the clock's grain
  EXPECT_FALSE(check_unchanged(once_more).has_value());
  const auto at_last = find(path("")).value();
  std::filesystem::remove(b);
  EXPECT_FALSE(check_unchanged(at_last).has_value());
}

TEST(NearestName, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> names{"amount", "hour", "merchant_category"};
  EXPECT_EQ(nearest_name("amonut", names), "amount");
  EXPECT_EQ(nearest_name("Hour", names), "hour");
  EXPECT_EQ(nearest_name("zip", names), "");
}

}  // namespace
}  // namespace modelgate
