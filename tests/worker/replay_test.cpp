// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/replay.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t columns = 4;

/// Golden rows that are what their number says: row i has inputs i, 0, 0, 0 and label i.
class NumberedRows final : public GoldenReader {
 public:
  NumberedRows(std::size_t rows, std::size_t sets, std::function<Result<void>(std::size_t)> at_row)
      : rows_(rows), layouts_(sets, {floats(columns)}), at_row_(std::move(at_row)) {}

  const std::vector<std::vector<InputLayout>>& layouts() const override { return layouts_; }
  const std::vector<std::vector<std::vector<std::string>>>& expanded_columns() const override { return names_; }
  std::optional<std::size_t> total_rows() const override { return rows_; }
  const std::vector<std::string>& files() const override { return files_; }
  Result<void> check_unchanged() const override { return {}; }
  IdValues take_ids() override { return {}; }
  Result<void> finish(RowColumns&) override { return {}; }

  Result<std::size_t> next(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns& rows,
                           std::vector<Scores>&) override {
    if (Result<void> go_on = at_row_ ? at_row_(done_) : Result<void>{}; !go_on) return std::unexpected(go_on.error());
    const std::size_t count = std::min(max_rows, rows_ - done_);
    std::vector<float> values(count * columns);
    for (std::size_t i = 0; i < count; ++i) {
      values[i * columns] = static_cast<float>(done_ + i);
      rows.label_value.push_back(static_cast<double>(done_ + i));
    }
    for (const auto& set : buffers) std::ranges::copy(std::as_bytes(std::span(values)), set[0].begin());
    rows.rows += count;
    done_ += count;
    return count;
  }

 private:
  std::size_t rows_;
  std::size_t done_ = 0;
  std::vector<std::vector<InputLayout>> layouts_;
  std::vector<std::vector<std::vector<std::string>>> names_;
  std::vector<std::string> files_{model_path("sum")};  // any readable file
  std::function<Result<void>(std::size_t)> at_row_;
};

class Replayed : public testing::Test {
 protected:
  void use(const std::string& candidate, const std::string& production) {
    plan_.task = Task::regression;
    const std::array names{candidate, production};
    for (const Role role : both_roles) {
      ModelSpec& spec = plan_.models[index_of(role)];
      spec.source = ModelSource::live;
      spec.path = spec.written = model_path(names[index_of(role)]);
      spec.output.kind = OutputKind::value;
      spec.inputs = {InputSpec{}};
      spec.inputs[0].columns = {"x*"};
    }
    plan_.runtime.timeout_s = 60;
  }

  Result<ReplayResult> go(std::size_t rows, std::function<Result<void>(std::size_t)> at_row = {}) {
    ReplayHost host;
    host.cancel = &cancel_;
    host.open_reader = [&, at_row](const GoldenRequest& request) -> Result<std::unique_ptr<GoldenReader>> {
      sets_ = request.input_sets.size();
      return std::make_unique<NumberedRows>(rows, sets_, at_row);
    };
    SilentProgress progress;
    Result<ReplayResult> result = replay(plan_, needs_, progress, host);
    EXPECT_TRUE(children().empty()) << "a worker is left";
    return result;
  }

  /// Processes started by this thread and not yet reaped, oldest first.
  static std::vector<pid_t> children() {
    std::ifstream file("/proc/self/task/" + std::to_string(::syscall(SYS_gettid)) + "/children");
    return {std::istream_iterator<pid_t>(file), {}};
  }

  static void expect_row_numbers(const Predictions& predictions, std::size_t rows) {
    ASSERT_TRUE(predictions.usable()) << (predictions.error ? predictions.error->message : "absent");
    const auto& scores = std::get<std::vector<float>>(predictions.scores);
    ASSERT_EQ(scores.size(), rows);
    for (std::size_t i = 0; i < rows; ++i) ASSERT_EQ(scores[i], static_cast<float>(i));
  }

  Plan plan_;
  ReplayNeeds needs_;
  std::atomic<bool> cancel_ = false;
  std::size_t sets_ = 0;
};

TEST_F(Replayed, GivesEveryRowBothModelsAnswersInOrder) {
  use("sum", "sum");
  plan_.runtime.chunk = 1000;
  const auto result = go(123'457);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(sets_, 1U);  // equal inputs are decoded once
  EXPECT_EQ(result->table.rows.rows, 123'457U);
  for (const Role role : both_roles) expect_row_numbers(result->table.model(role), 123'457);
  EXPECT_EQ(result->models[0].sha256.size(), 64U);
  EXPECT_EQ(result->models[0].origin, "torchscript");
  EXPECT_EQ(result->dataset_sha256, result->models[0].sha256);  // the same file here
  ASSERT_TRUE(result->workers[0].has_value());
  EXPECT_THAT(result->workers[0]->runtime, HasSubstr("libtorch 2."));
  EXPECT_GT(result->workers[0]->peak_rss_bytes, 30U << 20);
}

TEST_F(Replayed, FeedsModelsWithOtherInputsFromTheirOwn) {
  use("sum", "sum");
  plan_.models[1].inputs[0].columns = {"y*"};
  const auto result = go(10'000);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(sets_, 2U);
  for (const Role role : both_roles) expect_row_numbers(result->table.model(role), 10'000);
}

TEST_F(Replayed, AModelThatRaisesLeavesTheOthersResults) {
  use("raises", "sum");
  const auto result = go(50'000);
  ASSERT_TRUE(result.has_value());
  ASSERT_TRUE(result->table.model(Role::candidate).error.has_value());
  EXPECT_THAT(result->table.model(Role::candidate).error->message, HasSubstr("the feature store is down"));
  EXPECT_FALSE(result->table.model(Role::candidate).usable());
  expect_row_numbers(result->table.model(Role::production), 50'000);
}

TEST_F(Replayed, AModelThatUsesUpItsWholeLifeLeavesTheOtherItsOwn) {
  use("sleeps", "sum");
  plan_.runtime.timeout_s = 3;  // comes before the deadline of its one request
  plan_.runtime.chunk = 1;
  constexpr std::size_t more_than_the_ring_holds = 300;
  const auto result = go(more_than_the_ring_holds);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  const auto& error = result->table.models[index_of(Role::candidate)].error;
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, Reason::timeout) << error->message;
  expect_row_numbers(result->table.models[index_of(Role::production)], more_than_the_ring_holds);
}

TEST_F(Replayed, AWorkerKilledMidRunLeavesTheOthersResults) {
  use("sum", "sum");
  plan_.runtime.chunk = 100;
  const auto result = go(100'000, [](std::size_t row) -> Result<void> {
    if (row == 50'000) ::kill(children().at(0), SIGKILL);
    return {};
  });
  ASSERT_TRUE(result.has_value());
  ASSERT_TRUE(result->table.model(Role::candidate).error.has_value());
  EXPECT_EQ(result->table.model(Role::candidate).error->reason, Reason::model_crashed);
  expect_row_numbers(result->table.model(Role::production), 100'000);
}

TEST_F(Replayed, BothModelsBrokenStillReadsTheData) {
  use("raises", "truncated");
  const auto result = go(20'000);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->table.rows.rows, 20'000U);
  EXPECT_EQ(result->table.model(Role::candidate).error->reason, Reason::model_crashed);
  EXPECT_EQ(result->table.model(Role::production).error->reason, Reason::model_unloadable);
}

TEST_F(Replayed, ANotANumberNamesItsModelAndRow) {
  use("sum", "nan");
  plan_.runtime.chunk = 1000;
  const auto result = go(5000);
  ASSERT_TRUE(result.has_value());
  const auto& error = result->table.model(Role::production).error;
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->reason, Reason::non_finite);
  EXPECT_THAT(error->message, HasSubstr("production: at least 1 prediction is NaN or infinite (1 of the 1000 read in "
                                        "the rows from 1 on), the first in row 8"));
  expect_row_numbers(result->table.model(Role::candidate), 5000);
}

TEST_F(Replayed, ADigestThatIsNotThePinnedOneIsNeverLoaded) {
  use("sleeps_in_load", "sum");
  plan_.models[0].sha256 = std::string(64, '0');
  const auto result = go(1000);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->table.model(Role::candidate).error->reason, Reason::digest_mismatch);
  expect_row_numbers(result->table.model(Role::production), 1000);
}

TEST_F(Replayed, ADatasetThatIsNotThePinnedOneEndsTheRun) {
  use("sum", "sum");
  plan_.dataset.sha256 = std::string(64, '0');
  const auto result = go(1000);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, Reason::digest_mismatch);
}

TEST_F(Replayed, BadDataEndTheRunAtOnceEvenWhileAModelHangs) {
  use("sleeps_in_load", "sum");
  const auto begin = std::chrono::steady_clock::now();
  const auto result = go(50'000, [](std::size_t row) {
    return row >= 20'000 ? Result<void>(data_error("row 20001 is bad")) : Result<void>();
  });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "row 20001 is bad");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(Replayed, ACancelledRunEndsAtOnce) {
  use("sleeps_in_load", "sum");
  const auto result = go(50'000, [this](std::size_t row) -> Result<void> {
    if (row >= 20'000) cancel_ = true;
    return {};
  });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, Reason::cancelled);
}

class AskedAgain : public Replayed {
 protected:
  AskedAgain() { needs_.repeat = {SameWithin{}, SameWithin{.absolute = 1.0}}; }
};

TEST_F(AskedAgain, ModelsThatRepeatThemselvesAreToldSoForEveryRow) {
  use("sum", "in_place");  // what a model writes into its inputs does not reach the next answer
  plan_.runtime.chunk = 100;
  const auto result = go(950);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  expect_row_numbers(result->table.model(Role::candidate), 950);
  for (const Role role : both_roles) {
    const auto& repeated = result->table.repeated[index_of(role)];
    ASSERT_EQ(repeated.size(), needs_.repeat.size());
    EXPECT_FALSE(repeated[0].error) << repeated[0].error->message;
    EXPECT_EQ(repeated[0].answers, 8U * 10U + 10U);
    EXPECT_EQ(repeated[0].fresh_answers, 10U);
    EXPECT_EQ(repeated[0].rows, 950U);
    EXPECT_THAT(repeated[0].differences, testing::IsEmpty());
  }
}

TEST_F(AskedAgain, TheFirstAnswersOfAModelThatTurnsStandAndItsRowsAreNamed) {
  use("turns", "sum");
  const auto result = go(40);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  expect_row_numbers(result->table.model(Role::candidate), 40);
  const auto& repeated = result->table.repeated[index_of(Role::candidate)];
  ASSERT_EQ(repeated.size(), 2U);
  EXPECT_EQ(repeated[0].changed(), 39U);  // row 0 sums to 0
  EXPECT_EQ(repeated[0].most.at(0).row, 39U);
  EXPECT_EQ(repeated[0].most.at(0).difference, 39.0);
  EXPECT_EQ(repeated[0].most.at(0).answer, 6U);
  EXPECT_EQ(repeated[1].changed(), 38U) << "row 1 lies within 1";
  EXPECT_THAT(result->table.repeated[index_of(Role::production)].at(0).differences, testing::IsEmpty());
}

TEST_F(AskedAgain, AModelThatBreaksThenKeepsItsFirstAnswers) {
  use("breaks_at_sixth", "sum");
  const auto result = go(40);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  expect_row_numbers(result->table.model(Role::candidate), 40);
  const auto& repeated = result->table.repeated[index_of(Role::candidate)];
  ASSERT_EQ(repeated.size(), 2U);
  for (const RepeatedOutputs& one : repeated) {
    ASSERT_TRUE(one.error.has_value());
    EXPECT_THAT(one.error->message, HasSubstr("asked too often"));
    EXPECT_EQ(one.fresh_answers, 0U);
  }
  EXPECT_FALSE(result->table.repeated[index_of(Role::production)].at(0).error);
}

TEST_F(AskedAgain, AModelThatFailedIsNotAskedAgain) {
  use("raises", "sum");
  const auto result = go(40);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->table.repeated[index_of(Role::candidate)], testing::IsEmpty());
  EXPECT_EQ(result->table.repeated[index_of(Role::production)].at(0).fresh_answers, 1U);
}

TEST_F(Replayed, NobodyIsAskedAgainUnlessACheckWantsIt) {
  use("sum", "sum");
  const auto result = go(40);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->table.repeated[index_of(Role::candidate)], testing::IsEmpty());
}

/// Real golden rows of three labels; the model "columns" gives three of its inputs as they are.
class ReplayedLabels : public Replayed {
 protected:
  ReplayedLabels() : file_(std::filesystem::temp_directory_path() / fmt::format("mg_labels_{}.csv", ::getpid())) {
    use("columns", "columns");
    plan_.task = Task::multilabel;
    plan_.dataset.path = plan_.dataset.written = file_;
    plan_.dataset.label.columns = {"cat", "dog", "owl"};
    plan_.dataset.cluster = "who";
    for (ModelSpec& spec : plan_.models) spec.output.kind = OutputKind::probability;
    plan_.models[1].output.classes = {"owl", "cat", "dog"};
  }
  ~ReplayedLabels() override { std::filesystem::remove(file_); }

  Result<ReplayResult> go_with(const std::string& rows) {
    std::ofstream(file_) << "cat,dog,owl,who,x0,x1,x2,x3\n" << rows;
    SilentProgress progress;
    return replay(plan_, {}, progress, {});
  }

  std::filesystem::path file_;
};

TEST_F(ReplayedLabels, StandBesideBothModelsScoresInOneOrder) {
  const auto result = go_with("1,0,1,u,0.9,0.1,0.8,0\n0,0,1,v,0.2,0.3,0.4,0\n0,1,0,u,0,1,0.5,0\n");
  ASSERT_TRUE(result.has_value()) << result.error().message;
  const ScoreTable& table = result->table;
  EXPECT_THAT(table.rows.label_bits, testing::ElementsAre(1, 0, 1, 0, 0, 1, 0, 1, 0));
  EXPECT_THAT(table.rows.class_names, testing::ElementsAre("cat", "dog", "owl"));
  EXPECT_THAT(table.rows.cluster.codes, testing::ElementsAre(0, 1, 0));
  EXPECT_EQ(table.model(Role::candidate).width, 3U);
  EXPECT_THAT(std::get<std::vector<float>>(table.model(Role::candidate).scores),
              testing::ElementsAre(0.9F, 0.1F, 0.8F, 0.2F, 0.3F, 0.4F, 0.0F, 1.0F, 0.5F));
  EXPECT_THAT(std::get<std::vector<float>>(table.model(Role::production).scores),
              testing::ElementsAre(0.1F, 0.8F, 0.9F, 0.3F, 0.4F, 0.2F, 1.0F, 0.5F, 0.0F))
      << "its first column is owl's";
}

TEST_F(ReplayedLabels, AreAsManyAsTheModelsScores) {
  plan_.dataset.label.columns = {"cat", "dog"};
  plan_.models[1].output.classes.clear();
  const auto result = go_with("1,0,1,u,0.9,0.1,0.8,0\n");
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->table.model(Role::candidate).error->message,
            "candidate: the model scores 3 labels, but the golden rows have 2 (cat, dog).");
}

TEST_F(Replayed, AloneOneModelRunsForPredict) {
  use("raises", "sum");
  ReplayNeeds needs;
  needs.only = Role::production;
  SilentProgress progress;
  ReplayHost host;
  host.open_reader = [](const GoldenRequest& request) -> Result<std::unique_ptr<GoldenReader>> {
    return std::make_unique<NumberedRows>(3000, request.input_sets.size(), nullptr);
  };
  const auto result = replay(plan_, needs, progress, host);
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->table.model(Role::candidate).present);
  expect_row_numbers(result->table.model(Role::production), 3000);
}

}  // namespace
}  // namespace modelgate::test
