// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "gate/config/gate_file.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/quantity.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;
using Specs = std::span<const CheckSpec* const>;

constexpr const char* duration_pattern = R"(^[0-9.]+(e[-+]?[0-9]+)? ?(ns|us|ms|s|min|h)$)";
constexpr const char* date_pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
constexpr const char* rate_pattern = R"(^[0-9.]+(e[-+]?[0-9]+)? ?/s$)";
constexpr const char* size_pattern = R"(^[0-9.]+(e[-+]?[0-9]+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$)";
constexpr const char* limit_pattern =
    R"(^-?[0-9.]+(e[-+]?[0-9]+)?( ?(pp|%|/s|ns|us|ms|s|min|h|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB))?$)";

Json ref(Where where) { return {{"$ref", fmt::format("#/$defs/{}", to_string(where))}}; }

/// YAML readers turn 2.2 into a number and yes into a boolean; we keep what was written.
Json text() { return {{"type", {"string", "number", "boolean"}}, {"minLength", 1}}; }

Json list_of(Json items) { return {{"type", "array"}, {"minItems", 1}, {"items", std::move(items)}}; }

Json words(const Key& key) {
  Json list = Json::array();
  for (const std::string_view word : words_of(key.words)) list.push_back(word);
  return {{"enum", std::move(list)}};
}

Json number(const Key& key, const char* type) {
  Json schema{{"type", type}};
  const auto bound = [&](const char* word, double value) {
    if (std::fabs(value) > 1e300) return;
    if (std::floor(value) == value) {
      schema[word] = static_cast<std::int64_t>(value);
    } else {
      schema[word] = value;
    }
  };
  bound(key.open ? "exclusiveMinimum" : "minimum", key.low);
  bound(key.open ? "exclusiveMaximum" : "maximum", key.high);
  return schema;
}

Json either(Json a, Json b) { return {{"anyOf", {std::move(a), std::move(b)}}}; }

Json costs(const Key& key) {
  const Json cost{{"type", "number"}, {"minimum", 0}};
  const auto by_class = [](Json values) {
    return Json{{"type", "object"}, {"minProperties", 2}, {"additionalProperties", std::move(values)}};
  };
  Json row{{"type", "object"}, {"minProperties", 1}, {"additionalProperties", cost}};
  return {{"anyOf", {ref(key.inside), list_of(list_of(cost)), by_class(std::move(row))}}};
}

Json shape_of(const Key& key) {
  switch (key.shape) {
    case Shape::text: return text();
    case Shape::path: return {{"type", "string"}, {"minLength", 1}};
    case Shape::flag: return {{"type", "boolean"}};
    case Shape::whole: return number(key, "integer");
    case Shape::number: return number(key, "number");
    case Shape::word: return words(key);
    case Shape::digest: return {{"type", "string"}, {"pattern", "^[0-9a-fA-F]{64}$"}};
    case Shape::duration: return {{"type", "string"}, {"pattern", duration_pattern}};
    case Shape::size: return {{"type", "string"}, {"pattern", size_pattern}};
    case Shape::rate: return {{"type", "string"}, {"pattern", rate_pattern}};
    case Shape::date: return {{"type", "string"}, {"pattern", date_pattern}};
    case Shape::limit: return either({{"type", "number"}}, {{"type", "string"}, {"pattern", limit_pattern}});
    case Shape::texts: return list_of(text());
    case Shape::wholes: return list_of(number(key, "integer"));
    case Shape::whole_or_wholes: return either(number(key, "integer"), list_of(number(key, "integer")));
    case Shape::word_or_whole: return either(words(key), number(key, "integer"));
    case Shape::word_or_number: return either(words(key), number(key, "number"));
    case Shape::number_or_section: return either(number(key, "number"), ref(key.inside));
    case Shape::section: return ref(key.inside);
    case Shape::sections: return list_of(ref(key.inside));
    case Shape::text_or_section: return either(text(), ref(key.inside));
    case Shape::texts_or_sections: return list_of(either(text(), ref(key.inside)));
    case Shape::costs: return costs(key);
  }
  return Json::object();
}

Json fallback_of(const Key& key) {
  std::string written{key.fallback};
  if (written == "true" || written == "false") return written == "true";
  if (const auto whole = parse_whole(written)) return *whole;
  if (const auto value = parse_number(written)) return *value;
  return written;
}

Json property(const Key& key) {
  Json schema = shape_of(key);
  schema["description"] = key.doc;
  if (!key.fallback.empty()) schema["default"] = fallback_of(key);
  return schema;
}

Json object_of(Where where) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : all_keys()) {
    if (key.where != where) continue;
    properties[std::string{key.name}] = property(key);
    if (key.required && !is_merged(where)) required.push_back(key.name);
  }
  Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

/// A metric with a parameter is a pattern: any number may stand behind its @.
Json metric_name(const CheckSpec& spec) {
  if (spec.parameter == MetricParameter::none) return {{"const", spec.metric}};
  const char* const number = spec.parameter == MetricParameter::ranks ? "[1-9][0-9]*" : "0?[.][0-9]+";
  return {{"type", "string"},
          {"pattern", fmt::format("^{}(@{}){}$", spec.metric, number, spec.parameter_optional ? "?" : "")}};
}

/// The check of one family: the common keys, its own metrics, each with what it says of itself.
Json family_of(const Key& family, Specs specs) {
  Json metrics = Json::array();
  for (const CheckSpec* spec : specs) {
    if (to_string(spec->family) != family.name) continue;
    Json choice = metric_name(*spec);
    choice["description"] = spec->summary;
    metrics.push_back(std::move(choice));
  }
  Json entry = object_of(Where::check);
  if (!metrics.empty()) entry["properties"]["metric"] = {{"description", "What is measured."}, {"oneOf", metrics}};
  Json any_limit = Json::array();
  for (const Key& key : all_keys()) {
    const bool is_limit = key.where == Where::check && key.shape == Shape::limit && key.name != "hard_margin";
    if (is_limit) any_limit.push_back({{"required", {key.name}}});
  }
  entry["anyOf"] = std::move(any_limit);
  Json list = list_of(std::move(entry));
  list["description"] = family.doc;
  return list;
}

Json families(Specs specs) {
  Json schema = object_of(Where::families);
  schema["minProperties"] = 1;
  for (const Key& key : all_keys()) {
    if (key.where == Where::families) schema["properties"][std::string{key.name}] = family_of(key, specs);
  }
  return schema;
}

Json required_in(Where where, bool own_alone) {
  Json names = Json::array();
  for (const Key& key : all_keys()) {
    const bool asked = !own_alone || key.heir == Heir::own || key.name == "version";
    if (key.where == where && key.required && asked) names.push_back(key.name);
  }
  return names;
}

/// A gate file that extends another may lack what that one gives.
void require_by_extends(Json& schema) {
  schema["if"] = {{"required", {"extends"}}};
  schema["then"] = {{"required", required_in(Where::top, true)}};
  Json inside = Json::object();
  for (const Key& key : all_keys()) {
    if (key.where != Where::top || key.heir != Heir::parts || key.shape != Shape::section) continue;
    Json names = required_in(key.inside, false);
    if (!names.empty()) inside[std::string{key.name}] = {{"required", std::move(names)}};
  }
  schema["else"] = {{"required", required_in(Where::top, false)}, {"properties", std::move(inside)}};
}

}  // namespace

std::string gate_file_schema(Specs specs) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "modelgate gate file"},
              {"description", "What a model must prove before it is deployed."}};
  schema.update(object_of(Where::top));
  require_by_extends(schema);
  Json& definitions = schema["$defs"] = Json::object();
  for (const Where where : {Where::model, Where::signature, Where::output, Where::dataset, Where::label, Where::weight,
                            Where::input, Where::runtime, Where::families, Where::slice, Where::tolerance, Where::costs,
                            Where::ledger, Where::first_release, Where::reports}) {
    definitions[std::string{to_string(where)}] = where == Where::families ? families(specs) : object_of(where);
  }
  return schema.dump(2) + "\n";
}

}  // namespace modelgate
