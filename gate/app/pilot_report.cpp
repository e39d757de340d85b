// SPDX-License-Identifier: Apache-2.0
#include "gate/app/pilot_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "gate/stats/level.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// The interval has level 1−2α with 1−α = confidence, so that its half-width is the critical z times the error.
PilotEstimate estimate_at(const Json& check, const char* key, double confidence) {
  PilotEstimate estimate;
  const auto found = check.find(key);
  if (found == check.end() || !found->is_object()) return estimate;
  const Json value = found->value("value", Json());
  if (value.is_number()) estimate.value = value.get<double>();
  const Json interval = found->value("interval", Json());
  const double alpha = 1.0 - confidence;
  if (!interval.is_array() || interval.size() != 2 || !interval[0].is_number() || !interval[1].is_number() ||
      !stats::usable_level(alpha))
    return estimate;
  const double half = (interval[1].get<double>() - interval[0].get<double>()) / 2.0;
  if (half > 0.0) estimate.std_error = half / stats::normal_critical(alpha);
  return estimate;
}

void add_discordant(PilotCheck& pilot, const Json& check) {
  const auto evidence = check.find("evidence");
  if (evidence == check.end() || !evidence->is_object()) return;
  for (const Json& part : evidence->value("parts", Json::array())) {
    const Json count = part.value("discordant", Json());
    if (count.is_number()) pilot.discordant[text_at(part, "label")] = count.get<double>();
  }
}

/// Rows on which one model is right and the other wrong: the flips of a result over all rows.
std::optional<double> overall_discordant(const Json& check, std::size_t rows) {
  const Json flips = check.value("flips", Json());
  const bool overall = check.value("slice", Json::object()).empty() && text_at(check, "attribute").empty();
  if (!flips.is_object() || !overall || rows == 0) return std::nullopt;
  const double count = flips.value("right_to_wrong", 0.0) + flips.value("wrong_to_right", 0.0);
  return std::min(1.0, std::max(count, 3.0) / static_cast<double>(rows));  // none seen: the rule of three
}

/// How fast the rounds of a timed check went; of one shape they are the same in each of its results.
void add_pace(Pilot& pilot, const Json& check) {
  const auto latency = check.find("latency");
  if (latency == check.end() || !latency->is_object()) return;
  LoadShape shape;
  const std::string load = text_at(*latency, "load");
  for (const Load known : {Load::offline, Load::server})
    if (load == to_string(known)) shape.load = known;
  shape.batch = latency->value("batch", std::int64_t{1});
  shape.clients = latency->value("clients", std::int64_t{1});
  const Json rate = latency->value("rate", Json());
  if (rate.is_number()) shape.rate = rate.get<double>();
  pilot.paces[shape] = {latency->value("requests", std::size_t{0}), latency->value("rounds", std::size_t{0}),
                        latency->value("seconds", 0.0)};
}

void add_check(Pilot& pilot, const Json& check) {
  add_pace(pilot, check);
  PilotCheck one;
  one.rows = check.value("rows", std::size_t{0});
  const double confidence = check.value("confidence", 0.95);
  one.candidate = estimate_at(check, "candidate", confidence);
  one.production = estimate_at(check, "production", confidence);
  one.difference = estimate_at(check, "difference", confidence);
  add_discordant(one, check);
  SliceValues slice;
  const Json place = check.value("slice", Json::object());
  for (const auto& [column, value] : place.items()) slice.emplace_back(column, value.get<std::string>());
  if (!pilot.discordant) pilot.discordant = overall_discordant(check, one.rows);
  const std::string key = pilot_key(text_at(check, "type"), text_at(check, "metric"), text_at(check, "class"), slice,
                                    text_at(check, "attribute"));
  const auto [known, added] = pilot.checks.emplace(key, one);
  // Of several limits the one against production says most.
  if (!added && !one.discordant.empty()) known->second = std::move(one);
}

}  // namespace

Result<Pilot> read_pilot(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(fmt::format("--pilot {}: the report cannot be opened.", path));
  Pilot pilot;
  pilot.path = path;
  try {
    const Json report = Json::parse(file);
    pilot.rows = report.at("dataset").at("rows").get<std::size_t>();
    for (const Json& check : report.at("checks")) add_check(pilot, check);
  } catch (const Json::exception&) {
    return data_error(fmt::format("--pilot {}: this is no report.json of modelgate run.", path));
  }
  if (pilot.rows == 0 || pilot.checks.empty())
    return data_error(fmt::format("--pilot {}: the report judged no rows, so it tells nothing of the spread.", path));
  return pilot;
}

}  // namespace modelgate
