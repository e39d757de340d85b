// SPDX-License-Identifier: Apache-2.0
#include "gate/model/failure_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate {
namespace {

using testing::HasSubstr;
using testing::Lt;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST(CauseFirst, PutsTheLastExceptionBeforeTheTraceback) {
  const std::string text =
      "The following operation failed in the TorchScript interpreter.\n"
      "Traceback of TorchScript, original code (most recent call last):\n"
      "  File \"m.py\", line 7, in forward\n"
      "RuntimeError: an earlier one\n"
      "    return x @ self.w\n"
      "           ~~~~~~~~~ <--- HERE\n"
      "RuntimeError: mat1 and mat2 shapes cannot be multiplied\n";
  const std::string told = cause_first(text);
  EXPECT_THAT(told, StartsWith("RuntimeError: mat1 and mat2 shapes cannot be multiplied\n\nThe following operation"));
  EXPECT_THAT(told, HasSubstr("return x @ self.w"));
}

TEST(CauseFirst, WithoutAnExceptionIsTheLastLineOrTheFirstBeforeMarkedCode) {
  EXPECT_THAT(cause_first("one\n\ntwo: no exception\n\n"), StartsWith("two: no exception\n\none\n"));
  EXPECT_THAT(cause_first("Unknown builtin op: a.b.\nFile m.py\n  a.b(x)\n  ~~~~~~ <--- HERE\n"),
              StartsWith("Unknown builtin op: a.b.\n\nUnknown"));
  EXPECT_EQ(cause_first("only line\n"), "only line");
  EXPECT_EQ(cause_first(""), "");
}

TEST(CauseFirst, IsCappedAndPrintable) {
  const std::string told =
      cause_first(std::string(9000, 'x') + "\nRuntimeError: " + std::string(9000, 'y') + "\x1b[31m");
  EXPECT_THAT(told, SizeIs(Lt(2800U)));
  EXPECT_THAT(told, StartsWith("RuntimeError: y"));
  EXPECT_THAT(told, Not(HasSubstr("\x1b")));
  EXPECT_THAT(cause_first("a\nRuntimeError: ::error::forged"), Not(HasSubstr("::error")));
}

TEST(TellsOfMemory, KnowsHowAllocationsFail) {
  EXPECT_TRUE(tells_of_memory("std::bad_alloc"));
  EXPECT_TRUE(tells_of_memory("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."));
  EXPECT_TRUE(tells_of_memory("unable to mmap 8 bytes: Cannot allocate memory (12)"));
  EXPECT_TRUE(tells_of_memory("failed. Error code 12"));
  EXPECT_FALSE(tells_of_memory("mat1 and mat2 shapes cannot be multiplied"));
}

TEST(LoaderComplaint, IsTheDynamicLoadersLineWithoutTheProgramsName) {
  EXPECT_EQ(loader_complaint("noise\n/x/worker: error while loading shared libraries: libc10.so: cannot open\nmore"),
            "libc10.so: cannot open");
  EXPECT_EQ(loader_complaint("worker: symbol lookup error: libtorch_cpu.so: undefined symbol: _ZN"),
            "libtorch_cpu.so: undefined symbol: _ZN");
  EXPECT_EQ(loader_complaint("RuntimeError: a shared library of the model is missing"), "");
  EXPECT_THAT(loader_complaint("x: symbol lookup error: \x1b[31m"), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace modelgate
