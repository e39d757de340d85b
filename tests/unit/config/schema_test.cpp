// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gate/config/keys.hpp"
#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using Json = nlohmann::json;

Json schema() { return Json::parse(gate_file_schema(specs())); }

std::vector<std::string> metrics_of(const std::string& family) {
  std::vector<std::string> names;
  const Json metric =
      schema().at("$defs").at("families").at("properties").at(family).at("items").at("properties").at("metric");
  for (const Json& choice : metric.at("oneOf")) names.push_back(choice.value("const", choice.value("pattern", "")));
  return names;
}

TEST(Schema, is_a_draft_2020_12_schema_of_a_closed_object) {
  EXPECT_EQ(schema().at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema().at("additionalProperties"), false);
  EXPECT_THAT(schema().at("else").at("required"), testing::Contains("on_inconclusive"));
  EXPECT_THAT(schema().at("then").at("required"), testing::ElementsAre("version", "name", "candidate"));
}

TEST(Schema, names_the_metrics_of_each_family) {
  EXPECT_THAT(metrics_of("bias"), testing::ElementsAre("equalized_odds_difference", "demographic_parity_ratio", "tpr"));
  EXPECT_THAT(metrics_of("latency"), testing::ElementsAre("latency", "latency_p99"));
}

TEST(Schema, has_every_key_that_the_reader_takes_and_no_other) {
  const Json all = schema();
  const auto properties_of = [&](const char* name) { return all.at("$defs").at(name).at("properties"); };
  EXPECT_TRUE(properties_of("runtime").contains("threads"));
  EXPECT_TRUE(properties_of("runtime").contains("isolation"));
  EXPECT_TRUE(properties_of("dataset").contains("cluster"));
  EXPECT_TRUE(properties_of("reports").contains("samples"));
  EXPECT_TRUE(all.at("properties").contains("extends"));
  for (const Key& key : all_keys()) {
    if (key.where != Where::top) continue;
    EXPECT_TRUE(all.at("properties").contains(std::string{key.name})) << key.name;
  }
}

TEST(Schema, takes_any_number_behind_the_at_of_a_metric_with_a_parameter) {
  EXPECT_THAT(metrics_of("accuracy"), testing::IsSupersetOf({"^ndcg(@[1-9][0-9]*)?$", "^top_k_accuracy(@[1-9][0-9]*)$",
                                                             "^recall_at_fpr(@0?[.][0-9]+)$"}));
}

TEST(Schema, bounds_that_are_themselves_outside_are_exclusive) {
  const Json prevalence = schema().at("properties").at("target_prevalence");
  EXPECT_EQ(prevalence.at("exclusiveMinimum"), 0);
  EXPECT_EQ(prevalence.at("exclusiveMaximum"), 1);
}

TEST(Schema, gives_defaults_and_descriptions) {
  const Json threads = schema().at("$defs").at("runtime").at("properties").at("threads");
  EXPECT_EQ(threads.at("default"), 1);
  EXPECT_EQ(threads.at("minimum"), 1);
  EXPECT_EQ(threads.at("description"),
            "Threads of each worker; with more than one, latency is judged by wall time alone.");
}

TEST(Schema, every_reference_leads_somewhere) {
  const Json all = schema();
  const std::string text = all.dump();
  for (std::size_t at = text.find("#/$defs/"); at != std::string::npos; at = text.find("#/$defs/", at + 1)) {
    const std::string name = text.substr(at + 8, text.find('"', at) - at - 8);
    EXPECT_TRUE(all.at("$defs").contains(name)) << name;
  }
}

}  // namespace
}  // namespace modelgate::test
