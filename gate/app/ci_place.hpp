// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/run_record.hpp"

namespace modelgate {

/// Fills commit, ref, CI system and address, change request and actor from the environment of GitHub Actions, GitLab CI
/// or Jenkins; outside of them, and where they say no commit, from the checkout of the working directory and USER.
void note_ci_place(RunRecord& record);

}  // namespace modelgate
