// SPDX-License-Identifier: Apache-2.0
// Asking a model again, with models that are functions of the slot and the number of the call.
#include "gate/replay/repeat.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <set>

namespace modelgate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class StillClock final : public Clock {
 public:
  double now_s() const override { return now; }
  double now = 50.0;
};

OutputBlock answer_of(std::size_t rows, float value) {
  OutputBlock block{OutputBlock::Type::float32, rows, 1, std::vector<std::byte>(rows * sizeof(float))};
  const std::vector<float> values(rows, value);
  std::memcpy(block.bytes.data(), values.data(), block.bytes.size());
  return block;
}

/// A model and everything it was asked.
struct Model {
  StillClock clock;
  double call_s = 0.0;
  std::vector<std::size_t> asked;  // slots
  std::function<float(std::size_t slot, std::size_t call)> value = [](std::size_t slot, std::size_t) {
    return static_cast<float>(slot);
  };
  std::optional<Error> breaks_at_end;

  Repeater::Ask ask() {
    return [this](std::size_t slot, std::size_t rows, OutputBlock& answer) -> Result<void> {
      if (breaks_at_end && asked.size() == 3) return std::unexpected(*breaks_at_end);
      asked.push_back(slot);
      clock.now += call_s;
      answer = answer_of(rows, value(slot, asked.size()));
      return {};
    };
  }
};

constexpr std::array exactly{SameWithin{}};

/// The first answers: chunks of two rows, the last of one.
Repeater after(std::size_t chunks, std::size_t slots) {
  Repeater repeater(slots, 2, exactly, 1);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk)
    repeater.first(chunk % slots, answer_of(chunk + 1 == chunks ? 1 : 2, static_cast<float>(chunk % slots)));
  return repeater;
}

RepeatedOutputs found_by(const Repeater& repeater) { return repeater.found().at(0); }

constexpr RepeatBounds unhurried{.seconds = 10.0, .most_seconds = 100.0};

TEST(Repeater, AsksForEverySlotEightTimesInOtherOrders) {
  Model model;
  Repeater repeater = after(4, 16);
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  ASSERT_THAT(model.asked, SizeIs(32));
  const auto pass = [&](std::size_t number) {
    return std::vector(model.asked.begin() + 4 * static_cast<std::ptrdiff_t>(number),
                       model.asked.begin() + 4 * static_cast<std::ptrdiff_t>(number + 1));
  };
  EXPECT_THAT(pass(0), ElementsAre(3, 2, 1, 0));
  std::set<std::vector<std::size_t>> orders;
  for (std::size_t number = 0; number < 8; ++number) {
    EXPECT_THAT(pass(number), UnorderedElementsAre(0, 1, 2, 3));
    orders.insert(pass(number));
  }
  EXPECT_GT(orders.size(), 2U);
  const RepeatedOutputs found = found_by(repeater);
  EXPECT_EQ(found.answers, 32U);
  EXPECT_EQ(found.fresh_answers, 0U);
  EXPECT_EQ(found.rows, 7U);
  EXPECT_THAT(found.differences, IsEmpty());
}

TEST(Repeater, FindsAModelThatTurnsOnItsSixthCall) {
  Model model;
  model.value = [](std::size_t slot, std::size_t call) { return call + 1 < 6 ? static_cast<float>(slot) : 9.0F; };
  Repeater repeater = after(1, 16);  // its first call
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  const RepeatedOutputs found = found_by(repeater);
  ASSERT_THAT(found.most, SizeIs(1));
  EXPECT_EQ(found.most[0].answer, 6U);
  EXPECT_EQ(found.most[0].difference, 9.0);
}

TEST(Repeater, FindsAModelThatIsAnotherInItsNextWorker) {
  Model first;
  Repeater repeater = after(3, 16);
  repeater.repeat(first.ask(), unhurried, first.clock, false);
  EXPECT_THAT(found_by(repeater).differences, IsEmpty());
  Model second;
  second.value = [](std::size_t slot, std::size_t) { return static_cast<float>(slot) + 0.5F; };
  repeater.repeat(second.ask(), {.passes = 1, .least_answers = 1, .seconds = 10, .most_seconds = 100}, second.clock,
                  true);
  const RepeatedOutputs found = found_by(repeater);
  EXPECT_EQ(found.fresh_answers, 3U);
  EXPECT_THAT(found.differences, ElementsAre(0.5, 0.5, 0.5, 0.5, 0.5));
}

TEST(Repeater, HoldsEveryAnswerToEachTolerance) {
  constexpr std::array tolerances{SameWithin{}, SameWithin{.absolute = 0.5}, SameWithin{.relative = 0.2}};
  Repeater repeater(3, 1, tolerances, 1);
  repeater.first(0, answer_of(1, 1.0F));
  repeater.first(1, answer_of(1, 4.0F));
  Model model;
  model.value = [](std::size_t slot, std::size_t) { return slot == 0 ? 1.5F : 4.75F; };
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  const std::vector<RepeatedOutputs> found = repeater.found();
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_THAT(found[0].differences, ElementsAre(0.75, 0.5));
  EXPECT_THAT(found[1].differences, ElementsAre(0.75)) << "row 1 lies within 0.5";
  EXPECT_THAT(found[2].differences, ElementsAre(0.5)) << "row 2 lies within a fifth of 4.75";
  EXPECT_EQ(found[2].same, tolerances[2]);
}

TEST(Repeater, NamesGoldenRowsOfALargeDatasetByTheirPlace) {
  Model model;
  Repeater repeater = after(10, 3);  // slots 0 1 2 hold chunks 9 7 8; slot 1 is the next to be written
  model.value = [](std::size_t slot, std::size_t) { return slot == 2 ? 5.0F : static_cast<float>(slot); };
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  EXPECT_THAT(model.asked, Not(Contains(1U))) << "its inputs may be half overwritten";
  EXPECT_THAT(model.asked, SizeIs(16));
  const RepeatedOutputs found = found_by(repeater);
  EXPECT_EQ(found.rows, 3U);  // 16 and 17 in slot 2, 18 in slot 0
  ASSERT_THAT(found.most, SizeIs(2));
  EXPECT_EQ(found.most[0].row, 16U);
  EXPECT_EQ(found.most[1].row, 17U);
}

TEST(Repeater, EndsWithItsTimeOnceEightAnswersAreThere) {
  Model model;
  model.call_s = 6.0;  // two of them are over the time
  Repeater repeater = after(5, 16);
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  EXPECT_THAT(model.asked, SizeIs(8));
}

TEST(Repeater, NeverLastsLongerThanAtMost) {
  Model model;
  model.call_s = 30.0;
  Repeater repeater = after(5, 16);
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  EXPECT_THAT(model.asked, SizeIs(4));
  EXPECT_EQ(found_by(repeater).answers, 4U);
  EXPECT_FALSE(repeater.failed());
}

TEST(Repeater, AModelThatBreaksWhenAskedAgainIsTold) {
  Model model;
  model.breaks_at_end = Error{ErrorKind::model, Reason::model_crashed, "candidate: the worker died."};
  Repeater repeater = after(2, 16);
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  EXPECT_TRUE(repeater.failed());
  ASSERT_TRUE(found_by(repeater).error.has_value());
  EXPECT_EQ(found_by(repeater).error->message, "candidate: the worker died.");
  EXPECT_THAT(model.asked, SizeIs(3));
}

TEST(Repeater, AsksNothingWhereThereWasNothing) {
  Model model;
  Repeater repeater(16, 2, exactly, 1);
  repeater.repeat(model.ask(), unhurried, model.clock, false);
  EXPECT_THAT(model.asked, IsEmpty());
  EXPECT_EQ(found_by(repeater).rows, 0U);
}

}  // namespace
}  // namespace modelgate
