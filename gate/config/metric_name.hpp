// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"

namespace modelgate {

/// A metric as an entry names it: "ndcg@10".
struct MetricName {
  std::string text;        ///< spelled in the one way that ids keep: @0.010 and @0.01 are the same check
  double parameter = 0.0;  ///< behind the @: ranks from 1, or a share between 0 and 1; 0: none
};

/// What stands before the @.
std::string_view stem_of(std::string_view metric);

/// The name of an entry whose metric is this row; a parameter that is missing, superfluous or wrong is a problem.
MetricName read_metric_name(const Section& entry, const CheckSpec& spec);

/// "ndcg@10": a row's name as a gate file could write it.
std::string example_of(const CheckSpec& spec);

}  // namespace modelgate
