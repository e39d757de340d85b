// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// What stands in a case beside its name: nothing for a passed one, else exactly one element.
enum class CaseElement { none, failure, error, skipped };

/// One JUnit case, its texts clean and within their caps.
struct JUnitCase {
  std::string name;
  double seconds = 0.0;  ///< wall time of the judging, not the model's latency
  CaseElement element = CaseElement::none;
  std::string_view type;   ///< closed set: threshold, inconclusive, data; model, input, timeout, internal
  std::string message;     ///< one line
  std::string text;        ///< begins with message, ends with " declared at gate.yaml:12"
  std::string system_out;  ///< of passed cases
  std::string file;        ///< that declares the check; the extended dialect alone has room for it
  int line = 0;            ///< 0: unknown
};

/// The cases of one family, or the one case of the gate itself.
struct JUnitSuite {
  std::string name;  ///< "GATE.accuracy"; also the classname
  std::vector<JUnitCase> cases;

  std::size_t count(CaseElement element) const;
  double seconds() const;
};

/// Suites in the order in which their families come in the gate file, names unique in the whole report. Never empty.
std::vector<JUnitSuite> junit_suites(const Report& report);

}  // namespace modelgate
