// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
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
constexpr const char* size_pattern = R"(^[0-9.]+(e[-+]?[0-9]+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$)";
constexpr const char* limit_pattern =
    R"(^-?[0-9.]+(e[-+]?[0-9]+)?( ?(pp|%|/s|ns|us|ms|s|min|h|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB))?$)";

Json ref(Where where) {
  constexpr const char* names[]{"top",   "model",   "output",   "dataset", "label", "weight",
                                "input", "runtime", "families", "check",   "slice"};
  return {{"$ref", fmt::format("#/$defs/{}", names[static_cast<std::size_t>(where)])}};
}

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
  if (key.high > 1e300) return schema;
  if (key.shape == Shape::number) {
    schema["minimum"] = key.low;
    schema["maximum"] = key.high;
  } else {
    schema["minimum"] = static_cast<std::int64_t>(key.low);
    schema["maximum"] = static_cast<std::int64_t>(key.high);
  }
  return schema;
}

Json either(Json a, Json b) { return {{"anyOf", {std::move(a), std::move(b)}}}; }

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
    case Shape::limit: return either({{"type", "number"}}, {{"type", "string"}, {"pattern", limit_pattern}});
    case Shape::texts: return list_of(text());
    case Shape::wholes: return list_of(number(key, "integer"));
    case Shape::whole_or_wholes: return either(number(key, "integer"), list_of(number(key, "integer")));
    case Shape::word_or_whole: return either(words(key), number(key, "integer"));
    case Shape::word_or_number: return either(words(key), number(key, "number"));
    case Shape::section: return ref(key.inside);
    case Shape::sections: return list_of(ref(key.inside));
    case Shape::text_or_section: return either(text(), ref(key.inside));
    case Shape::texts_or_sections: return list_of(either(text(), ref(key.inside)));
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
    if (key.where != where || key.later) continue;
    properties[std::string{key.name}] = property(key);
    if (key.required) required.push_back(key.name);
  }
  Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

/// The check of one family: the common keys, its own metrics, each with what it says of itself.
Json family_of(const Key& family, Specs specs) {
  Json metrics = Json::array();
  for (const CheckSpec* spec : specs) {
    if (to_string(spec->family) != family.name) continue;
    metrics.push_back({{"const", spec->metric}, {"description", spec->summary}});
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
    if (key.where == Where::families && !key.later) schema["properties"][std::string{key.name}] = family_of(key, specs);
  }
  return schema;
}

}  // namespace

std::string gate_file_schema(Specs specs) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "modelgate gate file"},
              {"description", "What a model must prove before it is deployed."}};
  schema.update(object_of(Where::top));
  schema["$defs"] = {{"model", object_of(Where::model)},     {"output", object_of(Where::output)},
                     {"dataset", object_of(Where::dataset)}, {"label", object_of(Where::label)},
                     {"weight", object_of(Where::weight)},   {"input", object_of(Where::input)},
                     {"runtime", object_of(Where::runtime)}, {"families", families(specs)},
                     {"slice", object_of(Where::slice)}};
  return schema.dump(2) + "\n";
}

}  // namespace modelgate
