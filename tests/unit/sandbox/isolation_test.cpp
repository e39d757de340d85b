// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/isolation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/sandbox/sanitized.hpp"

namespace modelgate {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Confinement full{.no_new_privs = true, .capabilities_dropped = true, .seccomp = true, .landlock = 7};
constexpr Confinement no_landlock{.no_new_privs = true, .capabilities_dropped = true, .seccomp = true};
constexpr Confinement no_filter{.no_new_privs = true, .capabilities_dropped = true, .landlock = 4};
constexpr Confinement nothing{.no_new_privs = true, .capabilities_dropped = true};

TEST(IsolationLevel, IsFullWithBothWallsAndPartialWithOne) {
  EXPECT_EQ(level_of(full), Isolation::full);
  EXPECT_EQ(level_of(no_landlock), Isolation::partial);
  EXPECT_EQ(level_of(no_filter), Isolation::partial);
  EXPECT_EQ(level_of(nothing), Isolation::none);
  EXPECT_EQ(level_of({}), Isolation::none);
  EXPECT_EQ(level_of({.seccomp = true, .landlock = 7}), Isolation::none) << "a program it starts could be privileged";
}

/// What ci/sanitize's workers lack beside, whatever the level.
std::string and_of_this_build(const char* before) {
  return sanitized ? std::string(before) + "no memory limit" : std::string();
}

TEST(IsolationWords, NameEveryPrimitive) {
  EXPECT_EQ(isolation_words(full),
            "full: seccomp allow-list, Landlock (ABI 7), no_new_privs, capabilities dropped" + and_of_this_build("; "));
  EXPECT_EQ(isolation_words(no_landlock),
            "partial: seccomp allow-list, no_new_privs, capabilities dropped; no Landlock" + and_of_this_build(", "));
  EXPECT_EQ(isolation_words({}), "none: no seccomp allow-list, no Landlock, no no_new_privs" + and_of_this_build(", "));
}

TEST(LetThrough, IsNothingAtFull) {
  EXPECT_THAT(let_through(full), IsEmpty());
  EXPECT_EQ(isolation_warning(full), "");
}

TEST(LetThrough, NamesTheLabelsWhereThereIsNoLandlock) {
  const auto open = let_through(no_landlock);
  EXPECT_THAT(open, testing::ElementsAre(HasSubstr("golden data")));
  EXPECT_THAT(let_through(nothing), Contains(HasSubstr("write files")));
}

TEST(LetThrough, NamesTheGatesEndAndTheNetworkWhereThereIsNoFilter) {
  const auto open = let_through(no_filter);
  EXPECT_THAT(open, AllOf(Contains(HasSubstr("end the gate")), Contains(HasSubstr("UDP and Unix sockets")),
                          Not(Contains(HasSubstr("golden data"))), Not(Contains(HasSubstr("other programs")))));
  EXPECT_THAT(let_through(nothing), AllOf(Contains(HasSubstr("golden data")), Contains(HasSubstr("other programs"))));
}

TEST(LeastIsolation, OfANativeModelIsFullUnlessTheGateFileSaysOtherwise) {
  RuntimeSpec runtime;
  EXPECT_EQ(least_isolation(runtime, false), Isolation::partial);
  EXPECT_EQ(least_isolation(runtime, true), Isolation::full);
  runtime.allow_native_unisolated = true;
  EXPECT_EQ(least_isolation(runtime, true), Isolation::partial);
  runtime.isolation = Isolation::full;
  EXPECT_EQ(least_isolation(runtime, true), Isolation::full);
}

TEST(InsufficientIsolation, SaysWhatIsMissingWhyItMattersAndWhatToDo) {
  RuntimeSpec runtime;
  runtime.isolation = Isolation::full;
  EXPECT_THAT(insufficient_isolation(no_landlock, runtime, false),
              AllOf(HasSubstr("the model was not opened"), HasSubstr("no Landlock"), HasSubstr("asks for full"),
                    HasSubstr("labels included"), HasSubstr("Linux 5.13"), HasSubstr("runtime: {isolation: partial}")));
  runtime.isolation = Isolation::partial;
  EXPECT_THAT(insufficient_isolation(no_landlock, runtime, true),
              AllOf(HasSubstr("machine code"), HasSubstr("runtime: {allow_native_unisolated: true} in the gate file")));
  EXPECT_THAT(insufficient_isolation(nothing, runtime, true), HasSubstr("true} with runtime: {isolation: none}"));
}

TEST(Confirmed, IsOnlyWhatTheKernelTells) {
  constexpr std::string_view held = "Name:\tworker\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n";
  EXPECT_EQ(confirmed_by(full, held), full);
  EXPECT_FALSE(confirmed_by(full, "Name:\tworker\nNoNewPrivs:\t1\nSeccomp:\t0\n").seccomp);
  EXPECT_EQ(level_of(confirmed_by(full, "Name:\tworker\nNoNewPrivs:\t0\nSeccomp:\t2\n")), Isolation::none);
  EXPECT_EQ(level_of(confirmed_by(full, "")), Isolation::none);
  EXPECT_EQ(level_of(confirmed_by({}, held)), Isolation::none) << "what was not said is not added";
}

TEST(WeakestIsolation, IsTheLowestOfAll) {
  WeakestIsolation weakest;
  EXPECT_FALSE(weakest.get().has_value());
  weakest.note(full);
  weakest.note(no_landlock);
  weakest.note(full);
  EXPECT_EQ(weakest.get().value_or(Confinement{}), no_landlock);
}

TEST(WeakestIsolation, IsOfOneLevelThatWhichLetsTheMostThrough) {
  Confinement with_rights = no_landlock;
  with_rights.capabilities_dropped = false;
  for (const bool with_rights_first : {false, true}) {
    WeakestIsolation weakest;
    weakest.note(with_rights_first ? with_rights : no_landlock);
    weakest.note(with_rights_first ? no_landlock : with_rights);
    EXPECT_THAT(isolation_warning(weakest.get().value_or(Confinement{})), HasSubstr("the gate's memory"));
  }
}

}  // namespace
}  // namespace modelgate
