// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sandbox/deny.hpp"

#include <seccomp.h>
#include <sys/prctl.h>

#include <cerrno>
#include <memory>

namespace modelgate::test {
namespace {

struct Release {
  void operator()(void* context) const { ::seccomp_release(context); }
};

bool refuse(scmp_filter_ctx filter, const char* name, int error) {
  const int call = ::seccomp_syscall_resolve_name(name);
  return call != __NR_SCMP_ERROR && ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), call, 0) == 0;
}

}  // namespace

bool deny(std::string_view what) {
  const bool landlock = what == "landlock" || what == "both";
  const bool seccomp = what == "seccomp" || what == "both";
  const std::unique_ptr<void, Release> filter(::seccomp_init(SCMP_ACT_ALLOW));
  bool made = filter != nullptr && (landlock || seccomp);
  if (landlock) {
    for (const char* name : {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"})
      made = made && refuse(filter.get(), name, ENOSYS);
  }
  if (seccomp) {
    const scmp_arg_cmp asks_for_filter{0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
    made = made && refuse(filter.get(), "seccomp", ENOSYS) &&
           ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, &asks_for_filter) == 0;
  }
  // Without no_new_privs, so that the worker has to ask for it; only root may. Otherwise it is inherited.
  if (made) ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0);
  if (made && ::seccomp_load(filter.get()) == 0) return true;
  if (made) ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 1);
  return made && ::seccomp_load(filter.get()) == 0;
}

}  // namespace modelgate::test
