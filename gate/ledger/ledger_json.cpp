// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <vector>

#include "gate/core/date.hpp"
#include "gate/ledger/ledger.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

constexpr int ledger_version = 1;
constexpr std::size_t digits = 16;
constexpr std::size_t hashes_a_line = 8;

Json sketch_json(const Sketch& sketch) {
  Json lines = Json::array();
  std::string line;
  for (std::size_t i = 0; i < sketch.size(); ++i) {
    line += fmt::format("{:016x}", sketch[i]);
    if ((i + 1) % hashes_a_line != 0 && i + 1 < sketch.size()) continue;
    lines.push_back(std::move(line));
    line.clear();
  }
  return lines;
}

Json candidate_json(const JudgedCandidate& candidate) {
  Json looks = Json::array();
  for (const Look& look : candidate.looks)
    looks.push_back({{"data", look.data}, {"rows", look.rows}, {"date", look.date}});
  return {{"candidate", candidate.digest}, {"version", candidate.version}, {"looks", std::move(looks)}};
}

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

Sketch sketch_from(const Json& lines) {
  Sketch sketch;
  require(lines.is_array(), "\"ids\" is no list");
  for (const Json& entry : lines) {
    const auto line = entry.get<std::string>();
    require(!line.empty() && line.size() % digits == 0, "a line of \"ids\" is cut");
    for (std::size_t at = 0; at < line.size(); at += digits) {
      std::uint64_t hash = 0;
      const char* const first = line.data() + at;
      const auto [end, error] = std::from_chars(first, first + digits, hash, 16);
      require(error == std::errc{} && end == first + digits, "\"ids\" is not hexadecimal");
      sketch.push_back(hash);
    }
  }
  require(sketch.size() <= sketch_size, "\"ids\" is too long");
  require(std::ranges::adjacent_find(sketch, std::greater_equal<>{}) == sketch.end(), "\"ids\" is not in order");
  return sketch;
}

/// Of two equal keys the reader would keep one and drop what the other counts.
class NoKeyTwice {
 public:
  bool operator()(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key)
      require(open_.back().insert(parsed.get<std::string>()).second, "a key stands there twice");
    return true;
  }

 private:
  std::vector<std::set<std::string>> open_;
};

const Json& list_in(const Json& json, const char* key) {
  const Json& list = json.at(key);
  require(list.is_array(), "what should be a list is none");
  return list;
}

Look look_from(const Json& json) {
  Look look{json.at("data").get<std::string>(), json.at("rows").get<std::size_t>(), json.at("date").get<std::string>()};
  require(json.size() == 3, "a look has an unknown key");
  require(!look.data.empty() && json.at("rows").is_number_unsigned() && look.rows > 0, "a look has no data");
  require(date_from(look.date).has_value(), "a look has no date");
  return look;
}

JudgedCandidate candidate_from(const Json& json) {
  JudgedCandidate candidate{json.at("candidate").get<std::string>(), json.at("version").get<std::string>(), {}};
  require(json.size() == 3, "a candidate has an unknown key");
  require(!candidate.digest.empty(), "a candidate has no digest");
  for (const Json& look : list_in(json, "looks")) candidate.looks.push_back(look_from(look));
  require(!candidate.looks.empty(), "a candidate has no look");
  return candidate;
}

Ledger ledger_from(const Json& json) {
  Ledger ledger;
  require(json.is_object() && json.at("modelgate_ledger").is_number_integer() &&
              json.at("modelgate_ledger").get<std::int64_t>() == ledger_version,
          "it is of no version that is known here");
  require(json.size() == 2, "it has an unknown key");
  for (const Json& entry : list_in(json, "golden_sets")) {
    GoldenSet set{sketch_from(entry.at("ids")), {}};
    require(entry.size() == 2, "a golden set has an unknown key");
    for (const Json& candidate : list_in(entry, "candidates")) set.candidates.push_back(candidate_from(candidate));
    require(!set.candidates.empty(), "a golden set has no candidate");
    ledger.sets.push_back(std::move(set));
  }
  return ledger;
}

}  // namespace

std::string ledger_text(const Ledger& ledger) {
  Json sets = Json::array();
  for (const GoldenSet& set : ledger.sets) {
    Json candidates = Json::array();
    for (const JudgedCandidate& candidate : set.candidates) candidates.push_back(candidate_json(candidate));
    sets.push_back({{"candidates", std::move(candidates)}, {"ids", sketch_json(set.ids)}});
  }
  const Json json{{"modelgate_ledger", ledger_version}, {"golden_sets", std::move(sets)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Ledger> parse_ledger(std::string_view text, const std::string& path) {
  try {
    NoKeyTwice no_key_twice;
    return ledger_from(
        Json::parse(text, [&](int, Json::parse_event_t event, Json& parsed) { return no_key_twice(event, parsed); }));
  } catch (const std::exception& why) {
    return data_error(fmt::format(
        "The ledger {} is damaged ({}). It is never reset: restore it from version control or the CI's cache.", path,
        why.what()));
  }
}

}  // namespace modelgate
