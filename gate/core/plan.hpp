// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/check_spec.hpp"
#include "gate/core/outcome.hpp"
#include "gate/core/policy.hpp"
#include "gate/core/same_within.hpp"

namespace modelgate {

/// The two sides of every comparison; also the index into per-model arrays.
enum class Role : std::uint8_t { candidate = 0, production = 1 };
constexpr std::size_t index_of(Role role) { return static_cast<std::size_t>(role); }
inline constexpr std::array both_roles{Role::candidate, Role::production};
std::string_view to_string(Role role);

enum class DType { float32, float64, int64, int32, uint8, boolean, string };
/// The gate file's spelling.
std::string_view to_string(DType dtype);
enum class OutputKind { probability, logit, klass, value, score };

/// What becomes of a null or NaN in an input column.
struct NullPolicy {
  enum class Kind { error, nan, number } kind = Kind::error;
  double number = 0.0;
};

/// One argument of the model's forward(), made of golden columns.
struct InputSpec {
  enum class Kind { columns, files, mask_of } kind = Kind::columns;
  std::vector<std::string> columns;  ///< names or patterns ("v*"), unexpanded; for files: the one path column
  DType dtype = DType::float32;
  std::vector<std::int64_t> shape;  ///< per-row shape; empty: one value a column
  NullPolicy nulls;
  std::string vocabulary;               ///< resolved path of a JSON object string → code, or empty
  std::optional<std::int64_t> unknown;  ///< code of a string absent from the vocabulary; none: an error
  std::optional<double> pad;            ///< ragged lists are padded with this to length
  std::int64_t length = 0;
  bool truncate = false;
  std::string mask_of;  ///< the ragged column whose presence this input marks with 1
  int line = 0;

  bool operator==(const InputSpec& other) const;  ///< ignores line
};

/// How a model's output is read.
struct OutputSpec {
  OutputKind kind = OutputKind::probability;
  std::optional<double> positive_threshold;  ///< binary: score >= threshold is positive; default 0.5
  std::optional<std::int64_t> index;         ///< which element of a tuple output
  std::string name;                          ///< which entry of a dict output
  std::vector<std::string> classes;          ///< class names in the order of the output columns

  bool operator==(const OutputSpec&) const = default;
};

/// Where a model's predictions come from.
enum class ModelSource { absent, live, recorded, dataset };

/// Who made a model file, told by a detached signature over its bytes.
struct SignatureSpec {
  std::string bundle;      ///< OpenSSF model-signing bundle; resolved path
  std::string public_key;  ///< PEM, ECDSA P-256; resolved path
  std::string bundle_written;
  std::string public_key_written;
  int line = 0;

  bool operator==(const SignatureSpec&) const = default;
};

struct ModelSpec {
  ModelSource source = ModelSource::absent;
  std::string path;                  ///< .pt file, or file/glob of recorded predictions; resolved
  std::string written;               ///< the path as the gate file or the command line has it
  std::vector<std::string> columns;  ///< prediction columns (recorded, dataset); empty: prediction_0…, or the only ones
  std::string version;
  std::string sha256;  ///< pin, lower-case hex; empty: none
  std::optional<SignatureSpec> signature;
  OutputSpec output;
  std::vector<InputSpec> inputs;
  int line = 0;
};

struct LabelSpec {
  std::vector<std::string> columns;     ///< one; several for multilabel
  std::optional<std::string> positive;  ///< label text that means 1 (binary)
};

enum class Population { sample, fixed };

/// What a weight means. sampling: inverse chance of being in the rows; frequency: so many rows alike; exposure: the
/// denominator of a rate.
enum class WeightKind { sampling, exposure, frequency };

struct DatasetSpec {
  std::string path;  ///< file, glob or folder; resolved
  std::string written;
  std::string id;  ///< id column; empty: the row number
  LabelSpec label;
  std::string weight;  ///< weight column; empty: none
  WeightKind weight_kind = WeightKind::sampling;
  std::string cluster;  ///< column of units whose rows are judged together; empty: every row is its own unit
  std::string query;    ///< ranking: column of the query a row belongs to, the unit of every metric
  Population population = Population::sample;
  std::string sha256;  ///< pin, lower-case hex; empty: none
  std::size_t min_rows = 0;
  int line = 0;
};

/// How far a worker is kept from all but its model. full: no attack of gate/sandbox's table succeeds; partial: some do,
/// told by name in the report; none: nothing but limits on memory and files.
enum class Isolation : std::uint8_t { none, partial, full };
std::string_view to_string(Isolation level);

struct RuntimeSpec {
  std::string device = "cpu";
  int threads = 1;
  std::size_t chunk = 0;                    ///< rows; 0: the smaller of 4,096 rows and 32 MiB of inputs
  double timeout_s = 600.0;                 ///< a worker's whole life
  double request_timeout_s = 60.0;          ///< one chunk or request
  std::uint64_t memory_bytes = 8ULL << 30;  ///< each worker
  std::uint64_t seed = 1;
  bool pinned_allocator = true;
  Isolation isolation = Isolation::partial;  ///< the least accepted
  bool allow_native_unisolated = false;      ///< a native model (.pt2) may run below full
};

/// A limit resolved to the metric's unit (rates: 5pp → 0.05; seconds; bytes) or to a share of production.
struct Limit {
  LimitWord word = LimitWord::min;
  double value = 0.0;     ///< in the metric's unit, or a fraction of production when relative
  bool relative = false;  ///< written with %: value 0.05 means 5 % of production
  std::string text;       ///< as written: "5pp"
};

/// A declared slice or attribute: one column, or a crossing of two.
struct Scope {
  std::vector<std::string> columns;
  std::vector<std::string> values;  ///< declared values (one column only); empty: every value seen
  std::string text() const;         ///< "sex & age_band"
};

/// How requests come, in the terms of MLPerf LoadGen. single_stream: one after the other; offline: all are there at
/// once; server: at random times (Poisson), whether or not the last one is answered.
enum class Load : std::uint8_t { single_stream, offline, server };
std::string_view to_string(Load load);

/// What a timed check asks of its requests; checks of one shape share one run of rounds.
struct LoadShape {
  Load load = Load::single_stream;
  std::int64_t batch = 1;    ///< rows of a request
  double rate = 0.0;         ///< server: requests a second of all clients together, > 0; else 0
  std::int64_t clients = 1;  ///< server: independent Poisson sources that share the rate

  auto operator<=>(const LoadShape&) const = default;
};

/// One judged limit: an entry of checks × limit word × (overall, or one slice declaration, or one attribute).
struct PlannedCheck {
  std::string base_id;  ///< family.metric.limit[.attribute=…][.class=…][.batch=…][.load=…]; slices append .column=value
  Family family = Family::accuracy;
  std::string metric;
  Limit limit;
  std::optional<Scope> slice;
  std::optional<Scope> attribute;
  std::string klass;
  LoadShape shape;  ///< latency, resources
  std::size_t min_rows = 20;
  std::size_t min_group_size = 20;
  SameWithin tolerance;              ///< parity, determinism: numbers so far apart still count as the same
  double parameter = 0.0;            ///< what stands behind the @ of the metric: ranks, or a share; 0: none
  std::string reference_group;       ///< bias: the group all others are compared with; empty: every pair
  bool small_groups_listed = false;  ///< small_groups: report: groups below min_group_size are listed, never judged
  Severity severity = Severity::block;
  OnInconclusive on_inconclusive = OnInconclusive::block;
  OnNotAssessable on_not_assessable = OnNotAssessable::block;
  std::optional<double> hard_margin;  ///< in the limit's own terms; default 3 × the margin
  double confidence = 0.95;           ///< one-sided
  std::string owner;
  std::string note;
  std::string file;  ///< that declares it, where that is the parent of the gate file (extends); empty: the gate file
  int line = 0;
  bool of_policy = false;  ///< the parent of the gate file holds it already, as one that blocks: what the gate file
                           ///< adds takes nothing of its error budget
  std::vector<std::string> added_values;  ///< of_policy: values of its slice that only the gate file names
  bool selected = true;                   ///< false: left out by --only
  const CheckSpec* spec = nullptr;        ///< row of the registry; outlives the plan
};

/// Whether the check looks at production: its limit is relative, or its metric compares by itself (negative_flips).
inline bool compares(const PlannedCheck& check) {
  return is_relative(check.limit.word) || (check.spec != nullptr && check.spec->needs_production);
}

struct Override {
  std::string key;
  std::string value;
};

/// What a wrong decision costs, in any one unit. Binary: false positive and false negative; else by [label][decision].
struct CostSpec {
  double false_positive = 1.0;
  double false_negative = 1.0;
  std::vector<std::vector<double>> matrix;  ///< classes × classes, 0 on the diagonal; empty for a binary task
};

/// Where it is remembered how many candidates were judged on this golden set.
struct LedgerSpec {
  std::string path;  ///< resolved
  std::string written;
  std::size_t budget = 1;  ///< distinct candidates the golden set may judge; pass is judged at alpha / budget
  std::size_t looks = 1;   ///< looks at growing data; alpha is spent over them
  int line = 0;
};

/// Who answers for a release without a production model, why, and until when.
struct FirstRelease {
  std::string owner;
  std::string reason;
  std::string until;  ///< 2026-12-31, the last day
  int line = 0;
  std::string file;  ///< as PlannedCheck::file
};

enum class RowEvidence { off, hashed, plain };

/// What the reports may hold of the golden rows.
struct ReportsSpec {
  RowEvidence row_evidence = RowEvidence::off;
  std::size_t suppress_below = 0;  ///< slices with fewer flips are not named
  bool samples = false;            ///< every timed request goes into samples.parquet, every round into latency.json
};

/// The gate file resolved, known before any data or model is opened.
struct Plan {
  std::string gate_file;       ///< as given
  std::string gate_sha256;     ///< of the effective gate (bytes of the file and of its parent, overrides)
  std::string extends_file;    ///< the parent, as messages name it; empty: none
  std::string extends_sha256;  ///< of the parent's bytes
  std::string name;
  Task task = Task::binary;
  OnInconclusive on_inconclusive = OnInconclusive::block;
  std::array<ModelSpec, 2> models;  ///< by Role
  DatasetSpec dataset;
  RuntimeSpec runtime;
  std::vector<PlannedCheck> checks;         ///< in the order of the file
  std::optional<double> target_prevalence;  ///< binary: share of positives in deployment, to which rows are reweighted
  std::optional<CostSpec> costs;
  std::string waivers;  ///< resolved path of the waivers file; empty: none
  std::optional<LedgerSpec> ledger;
  std::optional<FirstRelease>
      first_release_terms;  ///< of the gate file; the option of the command line is first_release
  ReportsSpec reports;
  bool first_release = false;
  bool allow_identical = false;
  std::vector<Override> overrides;
  std::vector<std::string> warnings;

  const ModelSpec& model(Role role) const { return models[index_of(role)]; }

  /// "modelgate.yaml:30": where a line of the gate file or of the file named (its parent) stands; "" for line 0.
  std::string declared_at(const std::string& file, int line) const;
};

}  // namespace modelgate
