// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>

#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The error of the first request to a model that loads.
Error first_error(const std::string& name, WorkerOptions options = {}) {
  const auto buffers = float_buffers(4, 1, 16);
  write_floats(*buffers, 0, std::vector<float>(64, 0.5F));
  const auto client = start(name, std::move(options));
  const auto ready = client->ready();
  EXPECT_TRUE(ready.has_value()) << (ready ? "" : ready.error().message);
  EXPECT_TRUE(client->attach(buffers).has_value());
  OutputBlock block;
  const auto answered = client->request(0, 16, block);
  EXPECT_FALSE(answered.has_value());
  const auto again = client->request(0, 16, block);
  EXPECT_EQ(again.error().message, answered.error().message);  // the first error is kept
  return answered.error();
}

/// The error of loading.
Error load_error(const std::string& name, WorkerOptions options = {}) {
  const auto ready = start(name, std::move(options))->ready();
  EXPECT_FALSE(ready.has_value());
  return ready ? Error{} : ready.error();
}

TEST(BrokenModel, ThatRaisesIsACrashWithItsWordsAndWithoutABacktrace) {
  const Error error = first_error("raises");
  EXPECT_EQ(error.kind, ErrorKind::model);
  EXPECT_EQ(error.reason, Reason::model_crashed);
  EXPECT_THAT(error.message, AllOf(HasSubstr("candidate: "), HasSubstr("the feature store is down"),
                                   Not(HasSubstr("libtorch_cpu.so")), Not(HasSubstr("Exception raised from"))));
}

TEST(BrokenModel, WithWrongRowsRankOrNoRowsIsAWrongShape) {
  EXPECT_THAT(first_error("wrong_rows").message, HasSubstr("answered 16 rows with an output of 15 rows"));
  EXPECT_THAT(first_error("rank_three").message, HasSubstr("has 3 dimensions"));
  const Error scalar = first_error("scalar");
  EXPECT_EQ(scalar.reason, Reason::wrong_shape);
  EXPECT_THAT(scalar.message, HasSubstr("has 0 dimensions"));
}

TEST(BrokenModel, ThatAsksForTerabytesIsAnErrorOfItsOwn) {
  const Error error = first_error("hoards");
  EXPECT_EQ(error.reason, Reason::model_crashed);
  EXPECT_THAT(error.message, AllOf(HasSubstr("alloc"), HasSubstr("runtime.memory allows each worker 8192 MiB")));
}

TEST(BrokenModel, ThatNeverAnswersIsStoppedAtTheDeadline) {
  WorkerOptions options;
  options.runtime.request_timeout_s = 0.5;
  const Error error = first_error("sleeps", std::move(options));
  EXPECT_EQ(error.reason, Reason::timeout);
  EXPECT_THAT(error.message, HasSubstr("stopped after 0.5 s while computing predictions (runtime.request_timeout). "));
}

TEST(BrokenModel, ThatNeverFinishesLoadingIsStoppedAtTheEndOfItsLife) {
  WorkerOptions options;
  options.runtime.timeout_s = 1.5;
  const Error error = load_error("sleeps_in_load", std::move(options));
  EXPECT_EQ(error.reason, Reason::timeout);
  EXPECT_THAT(error.message, HasSubstr("runtime.timeout"));
}

TEST(BrokenModel, TruncatedOrNoModuleIsUnloadable) {
  for (const std::string name : {"truncated", "state_dict"}) {
    const Error error = load_error(name);
    EXPECT_EQ(error.reason, Reason::model_unloadable) << name;
    EXPECT_THAT(error.message, AllOf(HasSubstr(".pt failed: "), Not(HasSubstr("frame #"))));
  }
}

TEST(BrokenModel, PrintsCannotForgeLogLines) {
  const auto buffers = float_buffers(4, 1, 16);
  const auto client = start("prints");
  ASSERT_TRUE(client->ready().has_value());
  ASSERT_TRUE(client->attach(buffers).has_value());
  EXPECT_EQ(ask(*client, 0, 16).size(), 16U);
  client->quit();
  const std::string printed = client->printed();
  EXPECT_THAT(printed, AllOf(HasSubstr("forged"), HasSubstr("\\x1b[31mred\\x07"), Not(HasSubstr("::")),
                             Not(HasSubstr("##")), Not(HasSubstr("\x1b"))));
}

TEST(ModelFile, ThatIsNoModelIsRefusedWithWhatToDo) {
  const auto refusal = [](const std::string& path) {
    const auto model = open_model(path);
    EXPECT_FALSE(model.has_value()) << path;
    return model ? std::string() : model.error().message;
  };
  const std::string folder = testing::TempDir() + "model_file_";
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder + name, std::ios::binary) << text;
    return folder + name;
  };
  EXPECT_THAT(refusal(model_path("absent")), HasSubstr("cannot be opened: No such file"));
  EXPECT_THAT(refusal(MODELGATE_TEST_MODELS), HasSubstr("is a folder"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(write("empty.pt", "")), HasSubstr("is empty"));
  EXPECT_THAT(refusal(write("lfs.pt", "version https://git-lfs.github.com/spec/v1\n")), HasSubstr("git lfs pull"));
  EXPECT_THAT(refusal(write("dvc.pt", "outs:\n- md5: 1\n")), HasSubstr("dvc pull"));
  EXPECT_THAT(refusal(write("text.pt", "hello")), HasSubstr("not a TorchScript archive"));
  EXPECT_THAT(refusal(model_path("pickled")), HasSubstr("never loaded because loading runs its code"));
  const std::string fifo = folder + "fifo.pt";
  ::mkfifo(fifo.c_str(), 0600);
  EXPECT_THAT(refusal(fifo), HasSubstr("not a regular file"));  // and does not wait for a writer
  std::remove(fifo.c_str());
}

}  // namespace
}  // namespace modelgate::test
