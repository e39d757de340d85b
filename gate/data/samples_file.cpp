// SPDX-License-Identifier: Apache-2.0
#include "gate/data/samples_file.hpp"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include <optional>

#include "gate/data/replace_file.hpp"

namespace modelgate {
namespace {

constexpr std::int64_t row_group_rows = 1 << 17;

/// The turn a request belongs to; places count from 0.
struct Place {
  std::int32_t group = 0;
  std::int32_t turn = 0;
  const Turn* taken = nullptr;
};

/// The place of every request of one model in a round, in their order; empty where the turns do not account for them.
std::vector<Place> places_of(const Round& round, std::size_t side) {
  std::vector<Place> places;
  places.reserve(round.request_s[side].size());
  for (std::size_t group = 0; group < round.groups.size(); ++group) {
    const auto& turns = round.groups[group].turns[side];
    for (std::size_t turn = 0; turn < turns.size(); ++turn) {
      if (places.size() + turns[turn].requests > round.request_s[side].size()) return {};
      places.insert(places.end(), turns[turn].requests,
                    {static_cast<std::int32_t>(group), static_cast<std::int32_t>(turn), &turns[turn]});
    }
  }
  return places.size() == round.request_s[side].size() ? places : std::vector<Place>{};
}

/// One worker's requests in one round.
struct Lane {
  const LoadShape& shape;
  std::string_view model;
  std::int32_t number = 0;  // of the round, from 0
  const Round& round;
  std::size_t side = 0;
};

/// The columns in their order, filled lane by lane.
class Columns {
 public:
  static std::shared_ptr<arrow::Schema> schema() {
    return arrow::schema(
        {arrow::field("model", arrow::utf8(), false), arrow::field("load", arrow::utf8(), false),
         arrow::field("batch", arrow::int64(), false), arrow::field("rate", arrow::float64()),
         arrow::field("clients", arrow::int64(), false), arrow::field("round", arrow::int32(), false),
         arrow::field("cpu", arrow::int32()), arrow::field("group", arrow::int32()),
         arrow::field("turn", arrow::int32()), arrow::field("request", arrow::int64(), false),
         arrow::field("wall_ms", arrow::float64(), false), arrow::field("turn_requests", arrow::int32()),
         arrow::field("turn_wall_ms", arrow::float64()), arrow::field("turn_cpu_ms", arrow::float64()),
         arrow::field("turn_voluntary_switches", arrow::int64()),
         arrow::field("turn_involuntary_switches", arrow::int64()), arrow::field("turn_faults", arrow::int64())});
  }

  arrow::Status add(const Lane& lane) {
    const std::vector<float>& seconds = lane.round.request_s[lane.side];
    const std::vector<Place> places = places_of(lane.round, lane.side);
    for (std::size_t at = 0; at < seconds.size(); ++at) {
      ARROW_RETURN_NOT_OK(add_scene(lane));
      ARROW_RETURN_NOT_OK(add_place(places.empty() ? Place{} : places[at]));
      ARROW_RETURN_NOT_OK(request_.Append(static_cast<std::int64_t>(at)));
      ARROW_RETURN_NOT_OK(wall_ms_.Append(1000.0 * static_cast<double>(seconds[at])));
    }
    return arrow::Status::OK();
  }

  /// What was added since the last call.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> take() {
    const std::int64_t rows = request_.length();
    arrow::ArrayVector arrays;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &model_, &load_, &batch_, &rate_, &clients_, &round_, &cpu_, &group_, &turn_, &request_, &wall_ms_,
             &requests_, &turn_wall_ms_, &turn_cpu_ms_, &voluntary_, &involuntary_, &faults_}) {
      ARROW_ASSIGN_OR_RAISE(auto array, builder->Finish());
      arrays.push_back(std::move(array));
    }
    return arrow::RecordBatch::Make(schema(), rows, arrays);
  }

 private:
  template <class Builder, class Value>
  static arrow::Status append(Builder& builder, const std::optional<Value>& value) {
    return value ? builder.Append(*value) : builder.AppendNull();
  }

  arrow::Status add_scene(const Lane& lane) {
    const LoadShape& shape = lane.shape;
    ARROW_RETURN_NOT_OK(model_.Append(lane.model));
    ARROW_RETURN_NOT_OK(load_.Append(to_string(shape.load)));
    ARROW_RETURN_NOT_OK(batch_.Append(shape.batch));
    ARROW_RETURN_NOT_OK(append(rate_, shape.load == Load::server ? std::optional(shape.rate) : std::nullopt));
    ARROW_RETURN_NOT_OK(clients_.Append(shape.clients));
    ARROW_RETURN_NOT_OK(round_.Append(lane.number));
    return append(cpu_, lane.round.cpu >= 0 ? std::optional(lane.round.cpu) : std::nullopt);
  }

  arrow::Status add_place(const Place& place) {
    const Turn* turn = place.taken;
    const auto known = [&](auto value) { return turn == nullptr ? std::nullopt : std::optional(value); };
    const Turn seen = turn == nullptr ? Turn{} : *turn;
    ARROW_RETURN_NOT_OK(append(group_, known(place.group)));
    ARROW_RETURN_NOT_OK(append(turn_, known(place.turn)));
    ARROW_RETURN_NOT_OK(append(requests_, known(static_cast<std::int32_t>(seen.requests))));
    ARROW_RETURN_NOT_OK(append(turn_wall_ms_, known(1000.0 * seen.wall_s)));
    ARROW_RETURN_NOT_OK(append(turn_cpu_ms_, known(1000.0 * seen.cpu_s)));
    ARROW_RETURN_NOT_OK(append(voluntary_, known(std::int64_t{seen.voluntary_switches})));
    ARROW_RETURN_NOT_OK(append(involuntary_, known(std::int64_t{seen.involuntary_switches})));
    return append(faults_, known(std::int64_t{seen.faults}));
  }

  arrow::StringBuilder model_;
  arrow::StringBuilder load_;
  arrow::Int64Builder batch_;
  arrow::DoubleBuilder rate_;
  arrow::Int64Builder clients_;
  arrow::Int32Builder round_;
  arrow::Int32Builder cpu_;
  arrow::Int32Builder group_;
  arrow::Int32Builder turn_;
  arrow::Int64Builder request_;
  arrow::DoubleBuilder wall_ms_;
  arrow::Int32Builder requests_;
  arrow::DoubleBuilder turn_wall_ms_;
  arrow::DoubleBuilder turn_cpu_ms_;
  arrow::Int64Builder voluntary_;
  arrow::Int64Builder involuntary_;
  arrow::Int64Builder faults_;
};

using Writer = parquet::arrow::FileWriter;

/// Rounds of one kind; models names who stands in the candidate's and in production's place.
arrow::Status write_rounds(Writer& writer, const LoadShape& shape, const std::vector<Round>& rounds,
                           std::array<std::string_view, 2> models) {
  for (std::size_t number = 0; number < rounds.size(); ++number) {
    Columns columns;
    for (std::size_t side = 0; side < models.size(); ++side) {
      ARROW_RETURN_NOT_OK(columns.add({shape, models[side], static_cast<std::int32_t>(number), rounds[number], side}));
    }
    ARROW_ASSIGN_OR_RAISE(const auto batch, columns.take());
    if (batch->num_rows() > 0) ARROW_RETURN_NOT_OK(writer.WriteRecordBatch(*batch));
  }
  return arrow::Status::OK();
}

arrow::Status write(const std::string& path, const Samples& samples) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::FileOutputStream::Open(path));
  auto properties = parquet::WriterProperties::Builder()
                        .compression(parquet::Compression::ZSTD)
                        ->max_row_group_length(row_group_rows)
                        ->build();
  ARROW_ASSIGN_OR_RAISE(auto writer, Writer::Open(*Columns::schema(), arrow::default_memory_pool(), file, properties));
  for (const LatencyRun& run : samples.runs) {
    ARROW_RETURN_NOT_OK(write_rounds(*writer, run.shape, run.rounds, {"candidate", "production"}));
    ARROW_RETURN_NOT_OK(write_rounds(*writer, run.shape, run.control, {"control_a", "control_b"}));
  }
  ARROW_RETURN_NOT_OK(writer->Close());
  return file->Close();
}

}  // namespace

Result<void> write_samples(const std::string& path, const Samples& samples) {
  const auto why = replace_file(path, [&](const std::string& temporary) { return write(temporary, samples); });
  if (!why) return {};
  return report_error(fmt::format("{} cannot be written: {}.", path, *why));
}

}  // namespace modelgate
