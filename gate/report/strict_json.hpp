// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "gate/report/json_node.hpp"

namespace modelgate {

/// The document, or why it is refused, as a sentence: no whole JSON, a key twice in one object (of which every reader
/// sees another one), or deeper than any report.
std::expected<JsonNode::Json, std::string> strict_json(std::string_view bytes);

}  // namespace modelgate
