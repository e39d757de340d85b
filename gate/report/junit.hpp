// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// JUnit XML in the one shape that the readers of CI systems agree on: flat, one suite a family, one element a case.
/// A verdict that is not a pass always has a failed case: where no check says so, a case "gate ran" does.
std::string junit_xml(const Report& report);

/// The same with file and line on every case, for GitLab's "copy failed tests" and EnricoMi's annotations. The strict
/// schema of Jenkins' xUnit plugin refuses it, so nobody gets it without asking.
std::string junit_xml_extended(const Report& report);

}  // namespace modelgate
