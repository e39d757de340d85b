// SPDX-License-Identifier: Apache-2.0
#include "gate/report/strict_json.hpp"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t deepest = 64;  // a report has a dozen; what compares and writes a document recurses into it

/// Watches the parser: why the document is refused stands in trouble, whether it is whole or not.
class Watch {
 public:
  explicit Watch(std::string& trouble) : trouble_(trouble) {}

  bool operator()(int depth, JsonNode::Json::parse_event_t event, const JsonNode::Json& parsed) {
    using Event = JsonNode::Json::parse_event_t;
    if (!trouble_.empty()) return false;
    const auto level = static_cast<std::size_t>(depth);
    if (level > deepest) return refuse("it is nested deeper than any report of modelgate.");
    if (level + 1 >= keys_.size()) keys_.resize(level + 2);
    if (event == Event::object_start) keys_[level + 1].clear();
    if (event == Event::key && !keys_[level].insert(parsed.get<std::string>()).second)
      return refuse(fmt::format("it has the key \"{}\" twice in one object.",
                                clean_line(parsed.get_ref<const std::string&>(), 100)));
    return true;
  }

 private:
  bool refuse(std::string why) {
    trouble_ = std::move(why);
    return false;
  }

  std::string& trouble_;
  std::vector<std::set<std::string>> keys_;  ///< of the object that is open at each depth
};

}  // namespace

std::expected<JsonNode::Json, std::string> strict_json(std::string_view bytes) {
  // The parser takes a NUL for the end and would read no further.
  if (bytes.find('\0') != std::string_view::npos) return std::unexpected("this is no whole JSON document.");
  std::string trouble;
  Watch watch(trouble);
  try {
    JsonNode::Json json = JsonNode::Json::parse(bytes, std::ref(watch));
    if (!trouble.empty()) return std::unexpected(trouble);
    return json;
  } catch (const nlohmann::json::exception&) {
    return std::unexpected("this is no whole JSON document.");
  }
}

}  // namespace modelgate
