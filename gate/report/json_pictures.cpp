// SPDX-License-Identifier: Apache-2.0
#include "gate/report/json_pictures.hpp"

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

Json numbers(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) json.push_back(number_or_null(value));
  return json;
}

Json curve_json(const std::optional<Curve>& curve) {
  return curve ? Json{{"x", numbers(curve->x)}, {"y", numbers(curve->y)}} : Json(nullptr);
}

Json bins_json(const std::vector<ReliabilityBin>& bins) {
  Json json = Json::array();
  for (const ReliabilityBin& bin : bins)
    json.push_back({{"score", number_or_null(bin.score)},
                    {"observed", number_or_null(bin.observed)},
                    {"interval", Json::array({number_or_null(bin.interval.low), number_or_null(bin.interval.high)})},
                    {"rows", bin.rows}});
  return json;
}

}  // namespace

std::string_view to_string(CurveKind kind) {
  switch (kind) {
    case CurveKind::roc: return "roc";
    case CurveKind::precision_recall: return "precision_recall";
    case CurveKind::error_ecdf: return "error_ecdf";
    case CurveKind::latency_ecdf: return "latency_ecdf";
  }
  return "roc";
}

void add_pictures(Json& evidence, const Pictures& pictures) {
  if (!pictures.curves.empty()) {
    Json curves = Json::array();
    for (const CurvePair& pair : pictures.curves)
      curves.push_back({{"kind", to_string(pair.kind)},
                        {"candidate", curve_json(pair.candidate)},
                        {"production", curve_json(pair.production)}});
    evidence["curves"] = std::move(curves);
  }
  if (pictures.reliability)
    evidence["reliability"] = {{"candidate", bins_json(pictures.reliability->candidate)},
                               {"production", bins_json(pictures.reliability->production)}};
  if (pictures.confusion) {
    Json classes = Json::array();
    for (const std::string& name : pictures.confusion->classes) classes.push_back(clean_text(name));
    evidence["confusion"] = {{"classes", std::move(classes)},
                             {"candidate", pictures.confusion->candidate},
                             {"production", pictures.confusion->production}};
  }
}

}  // namespace modelgate
