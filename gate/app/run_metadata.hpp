// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/date.hpp"
#include "gate/core/run_record.hpp"

namespace modelgate {

/// Who runs this gate, where and on what: tool version, commit, CI address, actor, host, start, CPU, kernel, load.
/// What cannot be found stays empty.
RunRecord begin_run_record();

/// Now as 2026-11-22T13:40:00Z.
std::string utc_now();

/// The day of that, UTC.
Date utc_today();

}  // namespace modelgate
