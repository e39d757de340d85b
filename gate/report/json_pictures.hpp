// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "gate/core/pictures.hpp"
#include "gate/report/json_check.hpp"

namespace modelgate {

/// Adds curves, reliability and confusion to an evidence object; nothing where there is nothing to draw.
void add_pictures(Json& evidence, const Pictures& pictures);

/// "roc", "precision_recall", "error_ecdf", "latency_ecdf".
std::string_view to_string(CurveKind kind);

}  // namespace modelgate
