// SPDX-License-Identifier: Apache-2.0
#include "gate/config/waivers_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>

#include "gate/config/problems.hpp"
#include "gate/config/quantity.hpp"
#include "gate/config/suggest.hpp"
#include "gate/config/yaml_tree.hpp"
#include "gate/core/check_id.hpp"
#include "gate/integrity/digest.hpp"

namespace modelgate {
namespace {

constexpr std::array<std::string_view, 5> known_keys{"check", "owner", "reason", "until", "worst"};
constexpr std::size_t longest_text = 500;

/// An id that results of this plan will have, or for slices whose values the data decide, how it begins.
struct KnownId {
  std::string text;
  bool is_beginning = false;
  const PlannedCheck* check = nullptr;
};

std::vector<KnownId> known_ids(const Plan& plan) {
  std::vector<KnownId> ids;
  for (const PlannedCheck& check : plan.checks) {
    if (!check.slice) {
      ids.push_back({check.base_id, false, &check});
      continue;
    }
    const std::string stem = check.base_id + "." + id_text(check.slice->columns.front()) + "=";
    if (check.slice->values.empty()) ids.push_back({stem, true, &check});
    for (const std::string& value : check.slice->values) ids.push_back({stem + id_text(value), false, &check});
  }
  return ids;
}

/// Of the ids that begin alike the longest is meant.
const KnownId* find_id(const std::vector<KnownId>& ids, std::string_view typed) {
  const KnownId* found = nullptr;
  for (const KnownId& id : ids) {
    if (id.is_beginning ? typed.starts_with(id.text) : typed == id.text) {
      if (found == nullptr || found->text.size() < id.text.size()) found = &id;
    }
  }
  return found;
}

class Reader {
 public:
  Reader(const Plan& plan, Problems& problems) : plan_(plan), ids_(known_ids(plan)), problems_(problems) {}

  std::vector<Waiver> read(const YamlNode& root) {
    std::vector<Waiver> waivers;
    if (root.kind != YamlNode::Kind::list) {
      problems_.add(root.place, "here a list of waivers is needed",
                    "- {check: ID, owner: WHO, reason: WHY, until: 2026-12-31, worst: 0.83}");
      return waivers;
    }
    for (const YamlNode& item : root.items) waivers.push_back(read_one(item));
    return waivers;
  }

 private:
  Waiver read_one(const YamlNode& item) {
    Waiver waiver;
    waiver.line = item.place.line;
    if (item.kind != YamlNode::Kind::map) {
      problems_.add(item.place, "here a map is needed", "known here: " + one_of(known_keys));
      return waiver;
    }
    for (const NodeKey& key : item.keys) {
      if (std::ranges::find(known_keys, key.text) == known_keys.end())
        problems_.add(key.place, fmt::format("unknown key \"{}\"", key.text),
                      did_you_mean(key.text, known_keys, "known here: " + one_of(known_keys)));
    }
    waiver.check = text(item, "check");
    waiver.owner = text(item, "owner");
    waiver.reason = text(item, "reason");
    read_until(item, waiver);
    const KnownId* id = waiver.check.empty() ? nullptr : known(item, waiver.check);
    if (id != nullptr) read_worst(item, *id->check, waiver);
    return waiver;
  }

  /// A text that must stand there and say something.
  std::string text(const YamlNode& item, std::string_view key) {
    const YamlNode* const value = item.find(key);
    if (value == nullptr) {
      problems_.add(item.place, fmt::format("\"{}\" is missing", key), "a waiver says what, who, why and until when");
      return {};
    }
    const bool fits = value->kind == YamlNode::Kind::scalar && value->text.size() <= longest_text &&
                      value->text.find_first_not_of(" \t\n") != std::string::npos;
    if (fits) return value->text;
    problems_.add(value->place, fmt::format("\"{}\" must be a text that says something", key),
                  fmt::format("at most {} bytes", longest_text));
    return {};
  }

  void read_until(const YamlNode& item, Waiver& waiver) {
    const std::string written = text(item, "until");
    if (written.empty()) return;
    if (const auto date = date_from(written)) {
      waiver.until = *date;
    } else {
      problems_.add(item.find("until")->place, "\"until\" is no date", "write the last day as 2026-12-31");
    }
  }

  const KnownId* known(const YamlNode& item, const std::string& id) {
    const Place place = item.find("check")->place;
    if (const auto [first, is_new] = lines_.emplace(id, item.place.line); !is_new) {
      problems_.add(place, fmt::format("two waivers for {}: the other stands in line {}", id, first->second),
                    "keep one");
      return nullptr;
    }
    const KnownId* const found = find_id(ids_, id);
    if (found == nullptr) problems_.add(place, fmt::format("no check has the id \"{}\"", id), hint_for(id));
    return found;
  }

  /// The id meant; for a slice as a whole, that each value has an id of its own.
  std::string hint_for(const std::string& id) const {
    for (const PlannedCheck& check : plan_.checks) {
      if (check.slice && check.base_id == id)
        return fmt::format("each slice has an id of its own: {}.{}=VALUE; the reports list them", id,
                           id_text(check.slice->columns.front()));
    }
    std::vector<std::string_view> choices(ids_.size());
    std::ranges::transform(ids_, choices.begin(), &KnownId::text);
    return did_you_mean(id, choices, "the reports list every id");
  }

  void read_worst(const YamlNode& item, const PlannedCheck& check, Waiver& waiver) {
    const YamlNode* const value = item.find("worst");
    if (value == nullptr) return;
    const auto quantity = value->kind == YamlNode::Kind::scalar ? parse_quantity(value->text) : std::nullopt;
    const Unit unit = check.spec == nullptr ? Unit::plain : check.spec->unit;
    if (quantity) waiver.worst = in_unit(*quantity, unit);
    if (!waiver.worst)
      problems_.add(value->place, "\"worst\" is no value of " + check.metric,
                    unit == Unit::seconds ? "write a duration: 20ms"
                    : unit == Unit::bytes ? "write a size: 500MiB"
                                          : "write the candidate's worst tolerated value as a bare number: 0.83");
  }

  static std::optional<double> in_unit(const Quantity& quantity, Unit unit) {
    const auto scale = [&](std::optional<double> factor) {
      return factor ? std::optional(quantity.value * *factor) : std::nullopt;
    };
    if (unit == Unit::seconds) return scale(seconds_in(quantity.unit));
    if (unit == Unit::bytes) return scale(bytes_in(quantity.unit));
    return quantity.unit.empty() ? std::optional(quantity.value) : std::nullopt;
  }

  const Plan& plan_;
  std::vector<KnownId> ids_;
  Problems& problems_;
  std::map<std::string, int> lines_;
};

Result<std::string> bytes_of(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return usage_error(fmt::format("there is no waivers file \"{}\"; \"waivers\" is relative to the gate file", path));
  std::ifstream file(path, std::ios::binary);
  std::string bytes(TreeBounds{}.bytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad() || (!file.eof() && file.fail()))
    return usage_error(fmt::format("the waivers file \"{}\" cannot be read; check its permissions", path));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

Result<std::vector<Waiver>> parse_waivers(std::string_view bytes, const std::string& name, const Plan& plan) {
  Problems problems(name, bytes);
  if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return usage_error(name + ": error: the file is empty; without waivers write [], or leave \"waivers\" out");
  const auto root = parse_yaml(bytes, problems);
  std::vector<Waiver> waivers;
  if (root) waivers = Reader(plan, problems).read(*root);
  if (!problems.empty()) return usage_error(problems.text());
  return waivers;
}

Result<WaiverBook> read_waivers(const Plan& plan) {
  WaiverBook book;
  if (plan.waivers.empty()) return book;
  const auto bytes = bytes_of(plan.waivers);
  if (!bytes) return std::unexpected(bytes.error());
  auto waivers = parse_waivers(*bytes, plan.waivers, plan);
  if (!waivers) return std::unexpected(waivers.error());
  book.file = plan.waivers;
  book.sha256 = sha256_hex(*bytes);
  book.waivers = std::move(*waivers);
  return book;
}

}  // namespace modelgate
