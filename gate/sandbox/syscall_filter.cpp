// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/syscall_filter.hpp"

#include <seccomp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <span>

#include "gate/sandbox/sanitized.hpp"
#include "gate/sandbox/syscall_list.hpp"

namespace modelgate {
namespace {

constexpr std::uint32_t denied = SCMP_ACT_ERRNO(EPERM);

/// A filter in the making; what fails once spoils it.
class Filter {
 public:
  /// What all calls get that no rule names.
  explicit Filter(std::uint32_t otherwise) : context_(::seccomp_init(otherwise)) { ok_ = context_ != nullptr; }

  void give(std::uint32_t action, std::span<const CallGroup> groups) {
    for (const CallGroup& group : groups) {
      for (const char* name : group.names) rule(action, name, {});
    }
  }

  void give(std::uint32_t action, std::span<const BoundedCall> calls) {
    for (const BoundedCall& call : calls) {
      std::array<scmp_arg_cmp, 2> wanted{};
      for (std::size_t i = 0; i < call.count; ++i) {
        const ArgumentRule& argument = call.rules[i];
        wanted[i] = {argument.argument, SCMP_CMP_MASKED_EQ, argument.mask, argument.value};
      }
      rule(action, call.name, std::span(wanted).first(call.count));
    }
  }

  /// Signals to this process. tkill takes a thread of any process, so that it is left out; glibc does without.
  void allow_signals_to_self() {
    const std::array own{scmp_arg_cmp{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0}};
    rule(SCMP_ACT_ALLOW, "kill", own);
    rule(SCMP_ACT_ALLOW, "tgkill", own);
  }

  /// Its flags lie in memory, where no filter sees them; glibc then starts its threads by clone.
  void hide_clone3() { rule(SCMP_ACT_ERRNO(ENOSYS), "clone3", {}); }

  bool load(bool alone) {
    // A call of another architecture's table is no mistake of a library's.
    ::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_NNP, 0);  // is set, and a first filter bars setting it
    // Older kernels slow a filtered process down against attacks that gate/sandbox/README.md leaves out, and would have
    // the gate time another program than the deployed one.
    ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_SSB, 1);
    const bool all_threads = ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    return ok_ && (alone || all_threads) && ::seccomp_load(context_.get()) == 0;
  }

 private:
  void rule(std::uint32_t action, const char* name, std::span<const scmp_arg_cmp> arguments) {
    if (!ok_) return;
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return;  // younger than this libseccomp
    const int added = ::seccomp_rule_add_array(context_.get(), action, call, static_cast<unsigned>(arguments.size()),
                                               arguments.data());
    ok_ = added == 0 || added == -EDOM;  // -EDOM: not a call of this architecture
  }

  struct Release {
    void operator()(void* context) const { ::seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
  bool ok_ = false;
};

}  // namespace

bool restrict_calls(bool writes_first, bool alone) {
  Filter filter(denied);
  filter.give(SCMP_ACT_ALLOW, plain_calls());
  filter.give(SCMP_ACT_ALLOW, bounded_calls());
  if (sanitized) filter.give(SCMP_ACT_ALLOW, sanitizing_calls());
  filter.allow_signals_to_self();
  filter.hide_clone3();
  if (writes_first) {
    filter.give(SCMP_ACT_ALLOW, writing_calls());
    filter.give(SCMP_ACT_ALLOW, bounded_writing_calls());
  }
  return filter.load(alone);
}

bool stop_writing() {
  Filter filter(SCMP_ACT_ALLOW);  // the first one goes on to deny what it denies
  filter.give(denied, writing_calls());
  filter.give(denied, bounded_writing_calls());
  return filter.load(false);
}

}  // namespace modelgate
