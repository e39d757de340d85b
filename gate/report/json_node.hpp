// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgate {

/// The first thing wrong with a JSON document; what is empty while nothing is.
struct JsonTrouble {
  std::string pointer;  ///< RFC 6901, "/checks/3/limit/unit"; "" is the whole document
  std::string what;     ///< "is a number, where a text belongs"
};

/// A value of a JSON document and its place. Reading what is not there or of another type gives an empty value and
/// notes the first such trouble, so that a reader goes straight through and asks once at the end.
class JsonNode {
 public:
  using Json = nlohmann::ordered_json;

  /// The whole document; both outlive every node.
  JsonNode(const Json& document, JsonTrouble& trouble) : json_(&document), trouble_(&trouble) {}

  JsonNode at(std::string_view key) const;                   ///< a member that must be there
  std::optional<JsonNode> find(std::string_view key) const;  ///< a member that may be absent
  std::vector<JsonNode> items() const;                       ///< of an array
  std::vector<JsonNode> items(std::size_t count) const;      ///< of an array of so many; empty otherwise
  std::vector<std::pair<std::string, JsonNode>> members() const;

  bool is_null() const { return json_ != nullptr && json_->is_null(); }
  std::string text() const;
  std::string text_or_empty() const;  ///< null is ""
  bool flag() const;
  std::uint64_t count() const;  ///< a whole number, not negative
  std::optional<std::size_t> count_or_none() const;
  int line() const;  ///< a count that an int holds
  double number() const;
  double number_or_nan() const;                  ///< null is NaN
  std::optional<double> number_or_none() const;  ///< null is none

  /// The enumerator whose to_string is the text.
  template <class Enum, std::size_t N>
  Enum word(const std::array<Enum, N>& all) const {
    const std::string found = text();
    for (const Enum one : all)
      if (to_string(one) == found) return one;
    if (json_ != nullptr && json_->is_string()) refuse("is no word that this version knows there");
    return all.front();
  }

  /// Notes what is wrong here, unless something was before.
  void refuse(std::string_view what) const;

 private:
  JsonNode(const Json* json, std::string pointer, JsonTrouble* trouble)
      : json_(json), pointer_(std::move(pointer)), trouble_(trouble) {}
  JsonNode below(const Json* json, std::string_view key) const;
  bool is(bool right, std::string_view wanted) const;

  const Json* json_;  ///< null: in trouble already
  std::string pointer_;
  JsonTrouble* trouble_;
};

/// The first place at which two documents differ, members in any order; none where they are equal.
std::optional<std::string> first_difference(const JsonNode::Json& one, const JsonNode::Json& other,
                                            const std::string& pointer = {});

}  // namespace modelgate
