// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "gate/config/read.hpp"

namespace modelgate {
namespace {

bool is_predictions_file(std::string_view path) { return path.ends_with(".parquet") || path.ends_with(".csv"); }

bool is_package(std::string_view path) { return path.ends_with(".pt2"); }

/// Reads one model; each method looks at one side of it.
class ModelReader {
 public:
  ModelReader(const Section& top, Role role, const Scene& scene)
      : top_(top), section_(top.section(to_string(role))), scene_(scene) {}

  ModelSpec read() {
    model_.line = section_.place().line;
    read_source();
    read_columns();
    read_signature();
    model_.version = section_.text("version");
    model_.sha256 = section_.digest("sha256");
    if (model_.source == ModelSource::dataset && section_.given("sha256")) {
      refuse("sha256", "predictions from the dataset have no file of their own", "pin dataset.sha256");
    }
    model_.output = read_output(top_.section("output"), section_.section("output"), model_.source, scene_);
    read_model_inputs();
    return model_;
  }

 private:
  void refuse(std::string_view key, std::string what, std::string hint = {}) {
    scene_.problems.add(section_.key_place(key), std::move(what), std::move(hint));
  }

  void read_source() {
    const bool live = section_.written("model");
    const bool recorded = section_.written("predictions");
    if (live && recorded) {
      refuse("predictions", "\"model\" and \"predictions\" exclude each other", "keep one of them");
    } else if (!live && !recorded) {
      scene_.problems.add(section_.place(), "no model is named",
                          "write model: FILE.pt, or predictions: FILE.parquet for recorded predictions");
    }
    if (section_.given("model")) {
      read_live(section_.text("model"));
    } else if (section_.given("predictions")) {
      read_recorded(section_.text("predictions"));
    }
  }

  void read_live(const std::string& path) {
    model_.source = ModelSource::live;
    model_.written = path;
    model_.path = resolved_path(path, section_.value_place("model"), scene_);
    const Place place = section_.value_place("model");
    if (path.ends_with(".pt") || is_package(path)) return;
    if (is_predictions_file(path)) {
      scene_.problems.add(place, "this is a predictions file, not a model", "write predictions: in place of model:");
    } else {
      scene_.problems.add(place, "a model is a TorchScript file (.pt) or an AOTInductor package (.pt2)",
                          "other frameworks come as predictions: FILE.parquet or FILE.csv");
    }
  }

  void read_recorded(const std::string& path) {
    model_.written = path;
    if (path == "dataset") {
      model_.source = ModelSource::dataset;
      return;
    }
    model_.source = ModelSource::recorded;
    model_.path = resolved_path(path, section_.value_place("predictions"), scene_);
    if (!is_predictions_file(path)) {
      scene_.problems.add(
          section_.value_place("predictions"), "recorded predictions are a file or glob that ends in .parquet or .csv",
          path.ends_with(".pt") || is_package(path) ? "write model: in place of predictions:"
                                                    : "or the word dataset, for columns of the golden rows");
    }
  }

  void read_columns() {
    model_.columns = section_.texts("columns");
    if (section_.given("columns") && model_.source == ModelSource::live) {
      refuse("columns", "\"columns\" belongs to recorded predictions, not to a model that is run",
             "a model's inputs are named in inputs");
    } else if (!section_.written("columns") && model_.source == ModelSource::dataset) {
      refuse("predictions", "predictions from the dataset need \"columns\"", "write columns: [NAME]");
    }
  }

  void read_signature() {
    if (!section_.given("signature")) return;
    const Section signature = section_.section("signature");
    SignatureSpec spec;
    spec.line = signature.place().line;
    spec.bundle_written = signature.text("bundle");
    spec.public_key_written = signature.text("public_key");
    if (spec.bundle_written.empty() || spec.public_key_written.empty()) return;  // told already
    spec.bundle = resolved_path(spec.bundle_written, signature.value_place("bundle"), scene_);
    spec.public_key = resolved_path(spec.public_key_written, signature.value_place("public_key"), scene_);
    if (model_.source == ModelSource::live) {
      model_.signature = std::move(spec);
    } else if (model_.source != ModelSource::absent) {
      refuse("signature", "a signature is held against the bytes of a model that is run, not against its predictions",
             "remove it, or name the model file in place of the predictions");
    }
  }

  void read_model_inputs() {
    const Section dataset = top_.section("dataset");
    const bool own = section_.written("inputs");
    if (own && (model_.source == ModelSource::recorded || model_.source == ModelSource::dataset)) {
      refuse("inputs", "recorded predictions take no inputs", "remove it");
    }
    if (model_.source != ModelSource::live) return;
    model_.inputs = read_inputs(own ? section_ : dataset, scene_);
    const auto is_text = [](const InputSpec& input) { return input.dtype == DType::string; };
    if (is_package(model_.path) && std::ranges::any_of(model_.inputs, is_text)) {
      scene_.problems.add((own ? section_ : dataset).key_place("inputs"),
                          "an AOTInductor package (.pt2) takes tensors, and an input is text (dtype: string)",
                          "give it codes (vocabulary: FILE.json), or save the model as TorchScript (.pt)");
    }
    if (!own && !dataset.written("inputs")) {
      scene_.problems.add(dataset.place(), "\"inputs\" is missing: a model that is run must be given its columns",
                          "write inputs: [{columns: [NAME, ...], dtype: float32}]");
    }
  }

  const Section& top_;
  Section section_;
  const Scene& scene_;
  ModelSpec model_;
};

void check_common_classes(const Section& top, const std::array<ModelSpec, 2>& models, Problems& problems) {
  const auto& [candidate, production] = models;
  if (candidate.source == ModelSource::absent || production.source == ModelSource::absent) return;
  if (candidate.output.classes == production.output.classes) return;
  problems.add(top.key_place("candidate"), "the two models have different \"classes\"",
               "give both the same classes in the same order, in the common output");
}

}  // namespace

std::array<ModelSpec, 2> read_models(const Section& top, const Scene& scene) {
  std::array<ModelSpec, 2> models;
  for (const Role role : both_roles) {
    if (top.given(to_string(role))) models[index_of(role)] = ModelReader(top, role, scene).read();
  }
  check_common_classes(top, models, scene.problems);
  return models;
}

}  // namespace modelgate
