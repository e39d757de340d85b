// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>

#include <atomic>
#include <chrono>
#include <filesystem>

#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string fake(const std::string& mode) {
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fake-worker";
  const std::filesystem::path link = own.parent_path() / ("fake-" + mode);  // each build has its own
  std::error_code ignored;
  std::filesystem::create_symlink(own, link, ignored);
  return link.string();
}

std::unique_ptr<WorkerClient> fake_client(const std::string& mode, WorkerOptions options = {}) {
  options.program = fake(mode);
  options.runtime.isolation = Isolation::none;
  auto client = start("sum", std::move(options));
  EXPECT_TRUE(client->ready().has_value());
  EXPECT_TRUE(client->attach(float_buffers(4, 1, 16)).has_value());
  return client;
}

Error request_error(const std::string& mode, double request_timeout_s = 20) {
  WorkerOptions options;
  options.runtime.request_timeout_s = request_timeout_s;
  const auto client = fake_client(mode, std::move(options));
  OutputBlock block;
  const auto answered = client->request(0, 16, block);
  EXPECT_FALSE(answered.has_value()) << mode;
  EXPECT_NE(::kill(client->pid(), 0), 0) << mode << " left its process";
  return answered ? Error{} : answered.error();
}

TEST(HostileWorker, WhoseRepliesDoNotFitTheRequestIsNotBelieved) {
  EXPECT_EQ(request_error("sequence").reason, Reason::model_crashed);
  EXPECT_EQ(request_error("kind").reason, Reason::model_crashed);
  EXPECT_EQ(request_error("body").reason, Reason::model_crashed);
  EXPECT_EQ(request_error("noise").reason, Reason::model_crashed);
  EXPECT_EQ(request_error("type").reason, Reason::model_crashed);
  EXPECT_EQ(request_error("rows").reason, Reason::wrong_shape);
  EXPECT_EQ(request_error("columns").reason, Reason::wrong_shape);
  EXPECT_EQ(request_error("overflow").reason, Reason::wrong_shape);
}

TEST(HostileWorker, ThatDiesIsACrashThatNamesHow) {
  EXPECT_THAT(request_error("exit").message, HasSubstr("the worker exited with code 3 while computing predictions"));
  EXPECT_THAT(request_error("segv").message, HasSubstr("was killed by signal 11 (Segmentation fault)"));
  EXPECT_THAT(request_error("longfile").message,
              AllOf(HasSubstr("signal 25 (File size limit exceeded)"), HasSubstr("longer than runtime.memory")));
  EXPECT_THAT(request_error("empty").message, HasSubstr("closed its connection"));
}

TEST(HostileWorker, ThatFloodsItsErrorStreamIsShownByItsLastWords) {
  const Error error = request_error("flood");
  EXPECT_EQ(error.reason, Reason::model_crashed);
  EXPECT_THAT(error.message, AllOf(HasSubstr("exited with code 4"), HasSubstr("last words")));
  EXPECT_LT(error.message.size(), 3000U);
}

TEST(HostileWorker, ThatIgnoresSignalsAndDeadlinesIsKilled) {
  EXPECT_EQ(request_error("ignores", 0.3).reason, Reason::timeout);
}

TEST(HostileWorker, ThatAnswersWithoutTakingItsOrdersIsKilledBeforeTheGateWaitsForIt) {
  const auto client = fake_client("deaf");
  OutputBlock block;
  Result<void> answered;
  for (int asked = 0; answered && asked < 10'000; ++asked) answered = client->request(0, 16, block);
  ASSERT_FALSE(answered.has_value());
  EXPECT_EQ(answered.error().reason, Reason::model_crashed);
  EXPECT_THAT(answered.error().message, HasSubstr("without taking them"));
}

TEST(HostileWorker, ThatSwarmsIsKilledLongBeforeItsDeadline) {
  const Error error = request_error("swarms");
  EXPECT_EQ(error.reason, Reason::model_crashed);
  EXPECT_THAT(error.message, HasSubstr("threads; 1028 at most"));
}

TEST(HostileWorker, ThatDoesNotQuitIsKilledAfterTwoSeconds) {
  const auto client = fake_client("lingers");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client->quit().text(), "was killed by signal 9 (Killed)");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(HostileWorker, CannotSendTerminalCodesAsItsVersion) {
  WorkerOptions options;
  options.program = fake("ok");
  options.runtime.isolation = Isolation::none;
  const auto ready = start("sum", std::move(options))->ready();
  ASSERT_TRUE(ready.has_value());
  EXPECT_EQ(ready->runtime, "fake\\x1b[1m");
}

TEST(HostileWorker, ThatIsNotShutInIsNotBelievedWhenItSaysSo) {
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) GTEST_SKIP() << "here the kernel says so of every process";
  WorkerOptions options;
  options.program = fake("ok");
  const auto client = start("sum", std::move(options));
  const auto ready = client->ready();
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error().reason, Reason::isolation_insufficient);
  ASSERT_TRUE(client->confinement().has_value());
  EXPECT_EQ(level_of(client->confinement().value_or(Confinement{})), Isolation::none);
}

TEST(HostileWorker, ThatSaysNothingOfItsConfinementIsNotListenedTo) {
  WorkerOptions options;
  options.program = fake("unconfined");
  options.runtime.isolation = Isolation::none;
  const auto ready = start("sum", std::move(options))->ready();
  ASSERT_FALSE(ready.has_value());
  EXPECT_THAT(ready.error().message, HasSubstr("answered out of turn"));
}

TEST(WorkerClient, NamesAProgramThatCannotBeStarted) {
  WorkerOptions options;
  options.program = "/nowhere/modelgate-worker";
  const auto client = WorkerClient::start(std::move(options));
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error().message,
            "The program /nowhere/modelgate-worker could not be started: No such file or directory.");
}

TEST(WorkerClient, StopsWaitingWhenTheRunIsCancelled) {
  std::atomic<bool> cancel = true;
  WorkerOptions options;
  options.cancel = &cancel;
  const auto client = start("sleeps_in_load", std::move(options));
  const auto ready = client->ready();
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error().reason, Reason::cancelled);
}

TEST(WorkerClient, AsksNothingMoreWhenTheRunIsCancelledThoughEveryAnswerComesAtOnce) {
  std::atomic<bool> cancel = false;
  const auto client = fake_client("ok", {.cancel = &cancel});
  OutputBlock block;
  ASSERT_TRUE(client->request(0, 16, block).has_value());
  cancel = true;
  const auto answered = client->request(0, 16, block);
  ASSERT_FALSE(answered.has_value());
  EXPECT_EQ(answered.error().reason, Reason::cancelled);
}

}  // namespace
}  // namespace modelgate::test
