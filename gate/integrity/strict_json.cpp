// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/strict_json.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t deepest = 64;  // a report has a dozen; what compares and writes a document recurses into it
constexpr std::size_t longest_shown = 100;  // bytes of a key in a message

/// Watches the parser: why the document is refused stands in trouble, whether it is whole or not.
class Watch {
 public:
  Watch(std::string& trouble, std::string_view kind) : trouble_(trouble), kind_(kind) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (!trouble_.empty()) return false;
    const auto level = static_cast<std::size_t>(depth);
    if (level > deepest) return refuse(fmt::format("it is nested deeper than any {}.", kind_));
    if (level + 1 >= keys_.size()) keys_.resize(level + 2);
    if (event == Event::object_start) keys_[level + 1].clear();
    if (event == Event::key && !keys_[level].insert(parsed.get<std::string>()).second)
      return refuse(twice(parsed.get_ref<const std::string&>()));
    return true;
  }

 private:
  static std::string twice(const std::string& key) {
    if (key.size() > longest_shown) return "it has a key twice in one object.";
    return fmt::format("it has the key \"{}\" twice in one object.", key);
  }

  bool refuse(std::string why) {
    trouble_ = std::move(why);
    return false;
  }

  std::string& trouble_;
  std::string_view kind_;
  std::vector<std::set<std::string>> keys_;  ///< of the object that is open at each depth
};

}  // namespace

std::expected<Json, std::string> strict_json(std::string_view bytes, std::string_view kind) {
  // The parser takes a NUL for the end and would read no further.
  if (bytes.find('\0') != std::string_view::npos) return std::unexpected("this is no whole JSON document.");
  std::string trouble;
  Watch watch(trouble, kind);
  try {
    Json json = Json::parse(bytes, std::ref(watch));
    if (!trouble.empty()) return std::unexpected(trouble);
    return json;
  } catch (const nlohmann::json::exception&) {
    return std::unexpected("this is no whole JSON document.");
  }
}

}  // namespace modelgate
