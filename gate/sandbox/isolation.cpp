// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/isolation.hpp"

#include <utility>

#include "gate/sandbox/proc_text.hpp"
#include "gate/sandbox/sanitized.hpp"

namespace modelgate {
namespace {

// Kernels tell of these in the ABI that Landlock has.
constexpr std::uint32_t abi_of_tcp = 4;

std::string joined(const std::vector<std::string>& parts, std::string_view between, std::string_view last_between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? last_between : between;
    text += parts[i];
  }
  return text;
}

/// What would have to be mended for a higher level.
std::string remedy(const Confinement& held) {
  if (held.seccomp && held.landlock == 0)
    return "Landlock needs Linux 5.13 or later with it switched on (\"landlock\" in /sys/kernel/security/lsm), and a "
           "container runtime whose seccomp profile lets its three system calls through, as Docker's default does "
           "since "
           "version 23";
  if (!held.seccomp && held.landlock != 0)
    return "filters of system calls need a kernel with seccomp and a container runtime that allows them; a model on a "
           "GPU gets none";
  return "seccomp and Landlock need Linux 5.13 or later and a container runtime that lets them through, as Docker's "
         "default does";
}

}  // namespace

Isolation level_of(const Confinement& held) {
  if (!held.no_new_privs || (!held.seccomp && held.landlock == 0)) return Isolation::none;
  return held.seccomp && held.landlock != 0 ? Isolation::full : Isolation::partial;
}

std::string isolation_words(const Confinement& held) {
  std::vector<std::string> has;
  std::vector<std::string> lacks;
  (held.seccomp ? has : lacks).emplace_back("seccomp allow-list");
  if (held.landlock != 0) has.push_back("Landlock (ABI " + std::to_string(held.landlock) + ")");
  if (held.landlock == 0) lacks.emplace_back("Landlock");
  (held.no_new_privs ? has : lacks).emplace_back("no_new_privs");
  if (held.capabilities_dropped) has.emplace_back("capabilities dropped");
  if (sanitized) lacks.emplace_back("memory limit");
  std::string text = std::string(to_string(level_of(held))) + ": " + joined(has, ", ", ", ");
  if (!lacks.empty()) text += std::string(has.empty() ? "" : "; ") + "no " + joined(lacks, ", no ", ", no ");
  return text;
}

std::vector<std::string> let_through(const Confinement& held) {
  std::vector<std::string> open;
  const bool files = held.landlock == 0;
  if (files) open.emplace_back("read the golden data by its path, labels included");
  if (files && !held.seccomp) open.emplace_back("write files, these reports among them");
  if (!held.seccomp) open.emplace_back("end the gate, whose reports then stay errors");
  if (!held.seccomp && !files) open.emplace_back("change the rights of files");
  if (files && !held.capabilities_dropped) open.emplace_back("read and change the gate's memory");
  if (!held.seccomp && files) open.emplace_back("run other programs");
  if (!held.seccomp)
    open.emplace_back(held.landlock >= abi_of_tcp ? "send data out by UDP and Unix sockets"
                                                  : "send data out over the network");
  if (!held.seccomp) open.emplace_back("start processes, which the gate ends with the worker");
  return open;
}

std::string isolation_warning(const Confinement& held) {
  const std::vector<std::string> open = let_through(held);
  if (open.empty()) return {};
  return "Models ran at isolation " + isolation_words(held) + ". Code hidden in a model could " +
         joined(open, ", ", ", and ") +
         ". Judge only models whose origin you trust, or run where isolation is full: " + remedy(held) + ".";
}

Isolation least_isolation(const RuntimeSpec& runtime, bool native) {
  return native && !runtime.allow_native_unisolated ? Isolation::full : runtime.isolation;
}

std::string insufficient_isolation(const Confinement& held, const RuntimeSpec& runtime, bool native) {
  const Isolation least = least_isolation(runtime, native);
  const bool for_native = native && !runtime.allow_native_unisolated;
  const std::string level(to_string(level_of(held)));
  std::string text =
      "the model was not opened, because a worker is isolated here to the level " + isolation_words(held);
  text += for_native ? "; a native model (.pt2) is machine code and needs full."
                     : ", and runtime.isolation asks for " + std::string(to_string(least)) + ".";
  if (const auto open = let_through(held); !open.empty())
    text += " Code hidden in the model could " + joined(open, ", ", ", and ") + ".";
  text += " Run it where this is not so: " + remedy(held) + ". Where you trust whoever made the model, write ";
  if (for_native) text += "runtime: {allow_native_unisolated: true}";
  if (for_native && level_of(held) < runtime.isolation) text += " with ";
  if (level_of(held) < runtime.isolation) text += "runtime: {isolation: " + level + "}";
  return text + " in the gate file.";
}

Confinement confirmed_by(const Confinement& said, std::string_view status) {
  Confinement held = said;
  held.no_new_privs = said.no_new_privs && proc_status_value(status, "NoNewPrivs") == "1";
  held.seccomp = said.seccomp && proc_status_value(status, "Seccomp") == "2";
  if (!held.no_new_privs) held.landlock = 0;  // which cannot be had without
  return held;
}

void WeakestIsolation::note(const Confinement& held) {
  const std::scoped_lock lock(mutex_);
  const auto weakness = [](const Confinement& one) {
    return std::pair(-static_cast<int>(level_of(one)), let_through(one).size());
  };
  if (!weakest_ || weakness(held) > weakness(*weakest_)) weakest_ = held;
}

std::optional<Confinement> WeakestIsolation::get() const {
  const std::scoped_lock lock(mutex_);
  return weakest_;
}

}  // namespace modelgate
