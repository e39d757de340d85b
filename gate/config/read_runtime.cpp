// SPDX-License-Identifier: Apache-2.0
#include "gate/config/read.hpp"

namespace modelgate {
namespace {

Isolation isolation_in(std::string_view word) {
  for (const Isolation level : {Isolation::none, Isolation::full}) {
    if (word == to_string(level)) return level;
  }
  return Isolation::partial;
}

}  // namespace

RuntimeSpec read_runtime(const Section& top) {
  const Section section = top.section("runtime");
  RuntimeSpec runtime;
  runtime.device = section.text("device");
  runtime.threads = static_cast<int>(section.whole("threads"));
  runtime.chunk = static_cast<std::size_t>(section.whole("chunk"));  // "auto" reads as 0
  runtime.timeout_s = section.seconds("timeout");
  runtime.request_timeout_s = section.seconds("request_timeout");
  runtime.seed = static_cast<std::uint64_t>(section.whole("seed"));
  runtime.pinned_allocator = section.text("allocator") == "pinned";
  runtime.isolation = isolation_in(section.text("isolation"));
  runtime.allow_native_unisolated = section.flag("allow_native_unisolated");
  const double memory = section.bytes("memory");
  constexpr double least = 64.0 * 1024.0 * 1024.0;  // below it no libtorch process starts
  constexpr double most = 9007199254740992.0;
  if (memory < least || memory > most) {
    section.problems().add(section.value_place("memory"), "\"memory\" is out of range: 64MiB to 8192TiB");
  } else {
    runtime.memory_bytes = static_cast<std::uint64_t>(memory);
  }
  constexpr double longest = 30.0 * 86400.0;
  for (const char* const key : {"timeout", "request_timeout"}) {
    if (section.seconds(key) <= longest) continue;
    section.problems().add(section.value_place(key), std::string{"\""} + key + "\" is more than 720h");
  }
  return runtime;
}

}  // namespace modelgate
