// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace modelgate {

/// The document, or why it is refused, as a sentence that is not yet cleaned for a log: no whole JSON, a key twice in
/// one object (of which every reader sees another one), or deeper than any such document; kind: "report of modelgate".
std::expected<nlohmann::ordered_json, std::string> strict_json(std::string_view bytes, std::string_view kind);

}  // namespace modelgate
