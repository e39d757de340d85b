// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "gate/report/json.hpp"
#include "gate/report/read_report.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {

/// The report as the commands get it: through its bytes.
inline StoredReport stored(const sample::OwnedReport& report) {
  auto read = parse_report(json_text(report.view()), "report.json");
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? std::move(*read) : StoredReport{};
}

}  // namespace modelgate
