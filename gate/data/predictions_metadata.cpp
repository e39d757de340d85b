// SPDX-License-Identifier: Apache-2.0
#include "gate/data/predictions_metadata.hpp"

#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

namespace modelgate {
namespace {

constexpr std::string_view model_key = "modelgate.model_sha256";
constexpr std::string_view dataset_key = "modelgate.dataset_sha256";
constexpr std::string_view version_key = "modelgate.version";
constexpr std::string_view shard_key = "modelgate.shard";
constexpr std::string_view kind_key = "modelgate.kind";

constexpr std::array kinds{
    std::pair{OutputKind::probability, std::string_view("probability")},
    std::pair{OutputKind::logit, std::string_view("logit")}, std::pair{OutputKind::klass, std::string_view("class")},
    std::pair{OutputKind::value, std::string_view("value")}, std::pair{OutputKind::score, std::string_view("score")}};

std::string value_of(const arrow::KeyValueMetadata* metadata, std::string_view key) {
  if (metadata == nullptr) return {};
  const auto found = metadata->Get(key);
  return found.ok() ? *found : std::string();
}

std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() && end == text.data() + text.size() ? number : 0;
}

/// Which shards are missing or there more than once; how many there are is a claim of the files, so that not every
/// missing one is named.
std::string not_once(std::size_t shards, const std::map<std::size_t, std::size_t>& seen) {
  constexpr std::size_t most_named = 20;
  std::vector<std::size_t> gaps;
  for (std::size_t shard = 1; gaps.size() < std::min(most_named, shards - seen.size()); ++shard) {
    if (!seen.contains(shard)) gaps.push_back(shard);
  }
  std::vector<std::size_t> overlaps;
  for (const auto& [shard, times] : seen) {
    if (times > 1) overlaps.push_back(shard);
  }
  std::string what;
  if (!gaps.empty()) what = fmt::format("missing: {}", fmt::join(gaps, ", "));
  if (gaps.size() < shards - seen.size()) what += fmt::format(", … ({} in all)", shards - seen.size());
  if (!overlaps.empty()) {
    what += fmt::format("{}more than once: {}", what.empty() ? "" : "; ", fmt::join(overlaps, ", "));
  }
  return what;
}

}  // namespace

std::shared_ptr<arrow::KeyValueMetadata> metadata_of(const PredictionsOrigin& origin, OutputKind kind) {
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  const auto append = [&](std::string_view key, std::string value) {
    metadata->Append(std::string(key), std::move(value));
  };
  append(model_key, origin.model_sha256);
  append(dataset_key, origin.dataset_sha256);
  append(version_key, origin.tool_version);
  if (origin.shards > 0) append(shard_key, fmt::format("{}/{}", origin.shard, origin.shards));
  for (const auto& [value, name] : kinds) {
    if (value == kind) append(kind_key, std::string(name));
  }
  return metadata;
}

PredictionsOrigin origin_of(const arrow::KeyValueMetadata* metadata) {
  PredictionsOrigin origin{value_of(metadata, model_key), value_of(metadata, dataset_key),
                           value_of(metadata, version_key)};
  const auto shard = value_of(metadata, shard_key);
  const auto slash = shard.find('/');
  if (slash != std::string::npos) {
    origin.shard = number_in(std::string_view(shard).substr(0, slash));
    origin.shards = number_in(std::string_view(shard).substr(slash + 1));
  }
  return origin;
}

std::optional<OutputKind> kind_of(const arrow::KeyValueMetadata* metadata) {
  const auto text = value_of(metadata, kind_key);
  for (const auto& [kind, name] : kinds) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

Result<void> check_shards(std::span<const std::string> files, std::span<const PredictionsOrigin> origins) {
  std::size_t shards = 0;
  for (const auto& origin : origins) shards = std::max(shards, origin.shards);
  if (shards == 0) return {};
  std::map<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& origin = origins[i];
    if (origin.shards != shards || origin.shard == 0 || origin.shard > shards) {
      return data_error(
          fmt::format("{} is not one of {} shards like the other files. Give the shards of one predict, no more.",
                      files[i], shards));
    }
    if (origin.model_sha256 != origins[0].model_sha256 || origin.dataset_sha256 != origins[0].dataset_sha256) {
      return data_error(fmt::format("{} was recorded with another model or dataset than {} (their digests differ).",
                                    files[i], files[0]),
                        Reason::digest_mismatch);
    }
    ++seen[origin.shard];
  }
  const std::string what = not_once(shards, seen);
  if (what.empty()) return {};
  return data_error(
      fmt::format("Of the {} shards beside {} not each is there exactly once ({}). Run predict for the missing "
                  "ones, and take repeated ones away.",
                  shards, files[0], what));
}

}  // namespace modelgate
