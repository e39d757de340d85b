// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/report/sample.hpp"

#include <algorithm>
#include <array>

namespace modelgate::sample {
namespace {

constexpr CheckSpec spec(Family family, std::string_view metric, Direction direction, Unit unit,
                         std::string_view summary) {
  CheckSpec row;
  row.family = family;
  row.metric = metric;
  row.direction = direction;
  row.unit = unit;
  row.summary = summary;
  return row;
}

constexpr auto higher = Direction::higher_is_better;
constexpr auto lower = Direction::lower_is_better;
constexpr CheckSpec roc_auc = spec(Family::accuracy, "roc_auc", higher, Unit::rate,
                                   "Chance that a random positive scores above a random negative.");
constexpr CheckSpec recall = spec(Family::accuracy, "recall", higher, Unit::rate, "Share of positives that are found.");
constexpr CheckSpec log_loss = spec(Family::accuracy, "log_loss", lower, Unit::plain,
                                    "Mean negative logarithm of the probability given to the true class.");
constexpr CheckSpec equalized_odds = spec(Family::bias, "equalized_odds_difference", lower, Unit::rate,
                                          "Largest gap of true or false positive rate between two groups.");
constexpr CheckSpec parity_ratio = spec(Family::bias, "demographic_parity_ratio", higher, Unit::ratio,
                                        "Smallest ratio of the selection rates of two groups.");
constexpr CheckSpec latency = spec(Family::latency, "latency", lower, Unit::seconds,
                                   "Time of one request, candidate against production in turn.");
constexpr CheckSpec latency_p99 =
    spec(Family::latency, "latency_p99", lower, Unit::seconds, "99th percentile of a request's time.");

CheckResult base(const CheckSpec& row, LimitWord word, double limit, const std::string& text, int line) {
  CheckResult result;
  result.planned.family = row.family;
  result.planned.metric = std::string(row.metric);
  result.planned.spec = &row;
  result.planned.limit = {word, limit, text.ends_with('%'), text};
  result.planned.line = line;
  result.planned.on_inconclusive = OnInconclusive::guard;
  result.planned.base_id =
      std::string(to_string(row.family)) + "." + std::string(row.metric) + "." + std::string(to_string(word));
  result.id = result.planned.base_id;
  result.rows = 40000;
  result.seconds = 0.0125;
  result.outcome = Outcome::pass;
  result.reason = Reason::none;
  result.blocking = false;
  return result;
}

CheckResult absolute(CheckResult result, double candidate, Interval interval, double production) {
  result.candidate = {candidate, interval};
  result.production = {production, {}};
  result.parts = {Part{.label = "", .passes = true, .p_fail = 1.0, .p_adjusted = 1.0, .discordant = {}}};
  return result;
}

CheckResult paired(CheckResult result, double candidate, double production, Interval interval, double margin) {
  result.candidate = {candidate, {}};
  result.production = {production, {}};
  result.difference = {candidate - production, interval};
  result.margin = margin;
  result.parts = {Part{.label = "", .passes = true, .p_fail = 0.9871, .p_adjusted = 1.0, .discordant = 812}};
  return result;
}

CheckResult sliced(CheckResult result, std::vector<std::pair<std::string, std::string>> slice, std::size_t rows) {
  Scope scope;
  for (const auto& [column, value] : slice) {
    scope.columns.push_back(column);
    result.id.append(".").append(column).append("=").append(value);
  }
  result.planned.slice = scope;
  result.slice = std::move(slice);
  result.rows = rows;
  return result;
}

CheckResult attributed(CheckResult result, std::vector<std::string> columns) {
  result.planned.attribute = Scope{std::move(columns), {}};
  std::string joined;
  for (const std::string& column : result.planned.attribute->columns) joined += (joined.empty() ? "" : "+") + column;
  result.id += ".attribute=" + joined;
  result.planned.base_id = result.id;
  return result;
}

CheckResult judged(CheckResult result, Outcome outcome, Reason reason, bool blocking, const std::string& message) {
  result.outcome = outcome;
  result.reason = reason;
  result.blocking = blocking;
  result.message = message;
  for (Part& part : result.parts) part.passes = outcome == Outcome::pass;
  return result;
}

CheckResult with_p(CheckResult result, double p, double adjusted) {
  for (Part& part : result.parts) {
    part.p_fail = p;
    part.p_adjusted = adjusted;
  }
  return result;
}

CheckResult without_numbers(CheckResult result) {
  result.candidate = result.production = result.difference = {};
  result.margin.reset();
  result.parts.clear();
  result.rows = 0;
  return result;
}

CheckResult method(CheckResult result, const std::string& name) {
  result.method = name;
  return result;
}

CheckResult overall_recall(double candidate, double production, Interval interval) {
  return method(paired(base(recall, LimitWord::max_regression, 0.05, "5pp", 19), candidate, production, interval, 0.05),
                "Tango score");
}

void add_accuracy(std::vector<CheckResult>& checks) {
  checks.push_back(method(absolute(base(roc_auc, LimitWord::min, 0.85, "0.85", 17), 0.9213, {0.9150, 0.9276}, 0.9187),
                          "DeLong on the logit scale"));
  checks.push_back(method(
      paired(base(roc_auc, LimitWord::max_regression, 0.01, "1%", 17), 0.9213, 0.9187, {-0.0011, 0.0063}, 0.009187),
      "paired DeLong"));
  checks.push_back(method(
      paired(base(log_loss, LimitWord::max_regression, 0.02, "0.02", 18), 0.1832, 0.1875, {-0.0071, -0.0015}, 0.02),
      "linearised paired t"));
  checks.back().flips = Flips{412, 501};
  const std::array regions{"north", "east", "south", "west", "(missing)"};
  const std::array<double, 5> values{0.8391, 0.8127, 0.8466, 0.8305, 0.8250};
  for (std::size_t i = 0; i < regions.size(); ++i)
    checks.push_back(sliced(overall_recall(values[i], values[i] - 0.004, {-0.0182, 0.0263}), {{"region", regions[i]}},
                            6000 + 137 * i));
  checks.push_back(judged(sliced(with_p(overall_recall(0.7810, 0.8620, {-0.1203, -0.0551}), 0.00004, 0.0009),
                                 {{"sex", "F"}, {"age_band", "18-29"}}, 1840),
                          Outcome::fail, Reason::none, true,
                          "recall 0.7810 against production's 0.8620, -0.0810, interval [-0.1203, -0.0551]: beyond the "
                          "allowed regression of 0.0500."));
  checks.back().planned.owner = "model-risk";
  checks.back().flips = Flips{.right_to_wrong = 171,
                              .wrong_to_right = 22,
                              .rows = 1840,
                              .slices = {{"channel", "branch", 96, 420}, {"region", "islands", 31, 130}}};
  checks.push_back(
      judged(sliced(overall_recall(0.8402, 0.8455, {-0.0611, 0.0498}), {{"sex", "M"}, {"age_band", "18-29"}}, 911),
             Outcome::inconclusive, Reason::straddles_limit, false,
             "recall 0.8402 against production's 0.8455, -0.0053, interval [-0.0611, +0.0498]: 911 rows cannot "
             "rule out -0.0611 against the allowed regression of 0.0500; about 480 more would decide."));
  checks.back().rows_needed = 1391;
  checks.push_back(
      sliced(overall_recall(0.8531, 0.8498, {-0.0212, 0.0279}), {{"sex", "F"}, {"age_band", "30-59"}}, 7210));
  checks.push_back(
      sliced(overall_recall(0.8577, 0.8601, {-0.0199, 0.0152}), {{"sex", "M"}, {"age_band", "30-59"}}, 8004));
  checks.push_back(
      judged(sliced(without_numbers(overall_recall(0, 0, {})), {{"sex", "X"}, {"age_band", "60+"}}, 7),
             Outcome::not_assessable, Reason::too_few_events, true,
             "recall cannot be judged. The slice has 7 rows; min_rows is 20. Add rows, or declare the slice "
             "with on_not_assessable: warn."));
}

void add_bias(std::vector<CheckResult>& checks) {
  CheckResult odds = method(
      attributed(absolute(base(equalized_odds, LimitWord::max, 0.10, "0.10", 24), 0.0312, {0.0101, 0.0524}, 0.0287),
                 {"sex"}),
      "Newcombe score");
  odds.groups = {{"F", "tpr", 812, 661, {0.8140, Interval{0.7858, 0.8393}}, {0.8276, Interval{0.8, 0.85}}, true},
                 {"M", "tpr", 1003, 847, {0.8445, Interval{0.8207, 0.8656}}, {0.8415, Interval{0.81, 0.86}}, true},
                 {"X", "tpr", 6, 5, {}, {}, false}};
  odds.pairs = {{"F", "M", "tpr", 812, 1003, {0.0305, Interval{-0.0043, 0.0656}}, 1.0, 1.0}};
  odds.value_all_groups = 0.1893;
  checks.push_back(odds);
  checks.push_back(judged(
      with_p(
          method(attributed(absolute(base(parity_ratio, LimitWord::min, 0.8, "0.8", 25), 0.661, {0.602, 0.723}, 0.774),
                            {"sex", "age_band"}),
                 "Koopman score"),
          0.0000012, 0.00003),
      Outcome::fail, Reason::none, true,
      "demographic_parity_ratio 0.661 (F, 18-29 vs M, 30-59, selection_rate), interval [0.602, 0.723]: "
      "beyond the required 0.800."));
  checks.push_back(judged(
      attributed(absolute(base(parity_ratio, LimitWord::min, 0.8, "0.8", 26), 0.841, {0.779, 0.902}, 0.85), {"region"}),
      Outcome::inconclusive, Reason::straddles_limit, false,
      "demographic_parity_ratio 0.841 (west vs north, selection_rate), interval [0.779, 0.902]: 40,000 "
      "rows cannot rule out 0.779 against the required 0.800."));
}

void add_latency(std::vector<CheckResult>& checks) {
  CheckResult ratio = base(latency, LimitWord::max_regression, 0.05, "5%", 30);
  ratio.candidate = {0.001213, {}};
  ratio.production = {0.001184, {}};
  ratio.difference = {0.0245, Interval{0.012, 0.0381}};
  ratio.parts = {Part{.label = "", .passes = true, .p_fail = 1.0, .p_adjusted = 1.0, .discordant = {}}};
  ratio.method = "t over rounds";
  ratio.latency = LatencyReport{.shape = {},
                                .requests = 6400,
                                .rounds = 16,
                                .candidate = {{1.198, Interval{1.19, 1.21}},
                                              {1.301, Interval{1.29, 1.33}},
                                              {1.402, Interval{1.37, 1.45}},
                                              {1.911, Interval{1.84, 2.05}},
                                              {2.518, {}},
                                              834.0},
                                .production = {{1.171, Interval{1.16, 1.19}},
                                               {1.27, Interval{1.25, 1.3}},
                                               {1.377, Interval{1.34, 1.42}},
                                               {1.874, Interval{1.8, 2.01}},
                                               {2.402, {}},
                                               854.0},
                                .wall = Estimate{0.0245, Interval{0.012, 0.0381}},
                                .cpu = Estimate{0.0239, Interval{0.0117, 0.037}},
                                .gate_cost_us = 41.0,
                                .control_rounds = 5,
                                .control_wall = Estimate{0.001, Interval{-0.004, 0.006}},
                                .control_cpu = Estimate{0.0008, Interval{-0.003, 0.004}},
                                .preempted_share = 0.031,
                                .seconds = 9.4,
                                .waited_s = 2.5,
                                .allocator = "pinned",
                                .machine = {.load = 3.2, .steal = 0.004, .cpu_pressure = 0.12}};
  checks.push_back(ratio);
  CheckResult p99 =
      absolute(base(latency_p99, LimitWord::max, 0.02, "20ms", 31), 0.001911, {0.00184, 0.00205}, 0.001874);
  p99.latency = ratio.latency;
  p99.planned.shape = p99.latency->shape = {.load = Load::server, .batch = 1, .rate = 200.0, .clients = 4};
  p99.latency->candidate.utilisation = {0.24, Interval{0.235, 0.247}};
  p99.latency->production.utilisation = {0.23, Interval{0.226, 0.236}};
  p99.latency->late_p50_us = 6.1;
  p99.latency->late_p99_us = 74.0;
  checks.push_back(p99);
}

void add_rest(std::vector<CheckResult>& checks) {
  CheckResult error =
      judged(without_numbers(overall_recall(0, 0, {})), Outcome::error, Reason::model_crashed, true,
             "The candidate's worker ended by signal 11 (segmentation fault) after 12,288 rows; its last "
             "words: \"terminate called\". Run modelgate predict --model candidate to see it alone.");
  error.id = error.planned.base_id = "accuracy.recall@fpr.min";
  error.planned.metric = "recall_at_fpr@0.01";
  checks.push_back(error);
  CheckResult waived =
      judged(sliced(overall_recall(0.7, 0.8, {-0.15, -0.06}), {{"region", "islands"}}, 310), Outcome::waived,
             Reason::none, false,
             "Waived by model-risk until 2026-12-31, no worse than 0.6500: known gap, retraining in December. recall "
             "0.7000 against production's 0.8000, beyond the allowed regression of 0.0500.");
  waived.waiver = WaiverInForce{Waiver{.check = waived.id,
                                       .owner = "model-risk",
                                       .reason = "known gap, retraining in December",
                                       .until = *date_from("2026-12-31"),
                                       .worst = 0.65,
                                       .line = 2},
                                Outcome::fail};
  checks.push_back(waived);
  CheckResult warn =
      judged(sliced(overall_recall(0.7411, 0.8120, {-0.093, -0.0531}), {{"channel", "branch"}}, 1204), Outcome::fail,
             Reason::none, false,
             "recall 0.7411 against production's 0.8120, -0.0709, interval [-0.0930, -0.0531]: beyond the "
             "allowed regression of 0.0500.");
  warn.planned.severity = Severity::warn;
  checks.push_back(with_p(warn, 0.0002, 0.0002));
  CheckResult left_out = without_numbers(base(latency_p99, LimitWord::max, 0.02, "20ms", 32));
  left_out.id = left_out.planned.base_id = "latency.latency_p99.max.batch=64";
  left_out.planned.shape.batch = 64;
  checks.push_back(judged(left_out, Outcome::not_selected, Reason::none, false, "Left out by --only."));
}

Plan plan() {
  Plan plan;
  plan.gate_file = "modelgate.yaml";
  plan.gate_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  plan.name = "card_fraud";
  plan.overrides = {{"dataset.path", "golden/2026-11/*.parquet"}};
  return plan;
}

RunRecord run() {
  RunRecord run;
  run.tool_version = "0.1.0";
  run.git_commit = "63b3949c0ffee";
  run.hostname = "runner-1";
  run.started = "2026-11-22T13:40:00Z";
  run.seconds = 3.4123;
  run.waivers_file = "waivers.yaml";
  run.waivers_sha256 = "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592";
  run.ledger = {"fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
                "baa5a0964d3320fbc0c6a922140453c8513ea24ab8fd0577034804a967248096"};
  run.models[0] = {true, "models/v2.2/model.pt", std::string(64, 'a'), "fraud_model_v2.2", "torchscript"};
  run.models[1] = {true, "models/v2.1/model.pt", std::string(64, 'b'), "fraud_model_v2.1", "torchscript"};
  run.dataset_path = "golden/2026-11/*.parquet";
  run.dataset_sha256 = std::string(64, 'c');
  run.dataset_rows = 40000;
  run.environment = {{"cpu", "x86_64, 4 cores"}, {"kernel", "6.1"}};
  return run;
}

}  // namespace

CheckResult result(const std::string& id, Outcome outcome, const std::string& message) {
  CheckResult one = overall_recall(0.7810, 0.8620, {-0.1203, -0.0551});
  const bool bad = outcome != Outcome::pass && outcome != Outcome::waived && outcome != Outcome::not_selected;
  one = judged(one, outcome, Reason::none, bad, message);
  one.id = one.planned.base_id = id;
  return one;
}

namespace {

Curve curve(std::size_t points, double (*x)(double), double (*y)(double)) {
  Curve made;
  for (std::size_t i = 0; i <= points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(points);
    made.x.push_back(x(share));
    made.y.push_back(y(share));
  }
  return made;
}

double same(double share) { return share; }

ReliabilityBin bin(double score, double observed, std::size_t rows) {
  return {score, observed, {std::max(0.0, observed - 0.04), std::min(1.0, observed + 0.04)}, rows};
}

/// What a run draws beside a ranking, a calibration, decisions and latency.
void add_pictures(std::vector<CheckResult>& checks) {
  for (std::size_t i = 0; i < 2; ++i) {
    Pictures& pictures = checks[i].pictures;
    pictures.curves.push_back({CurveKind::roc,
                               curve(20, same, [](double t) { return 1 - (1 - t) * (1 - t) * (1 - t); }),
                               curve(20, same, [](double t) { return t * (2 - t); })});
    pictures.curves.push_back({CurveKind::precision_recall, curve(20, same, [](double t) { return 1 - 0.7 * t * t; }),
                               curve(20, same, [](double t) { return 1 - 0.8 * t; })});
  }
  checks[2].pictures.reliability = Reliability{{bin(0.05, 0.04, 30100), bin(0.35, 0.31, 5200), bin(0.75, 0.82, 4700)},
                                               {bin(0.06, 0.09, 29800), bin(0.4, 0.36, 5400), bin(0.7, 0.71, 4800)}};
  for (CheckResult& one : checks) {
    if (one.planned.owner == "model-risk")
      one.pictures.confusion = Confusion{{"legitimate", "fraud"}, {1310, 42, 107, 381}, {1318, 34, 67, 421}};
    if (one.latency)
      one.pictures.curves.push_back(
          {CurveKind::latency_ecdf,
           curve(
               20, [](double t) { return 1.1 + 0.2 * t + 2 * t * t * t * t * t * t; }, same),
           curve(20, [](double t) { return 1.07 + 0.2 * t + 2 * t * t * t * t * t * t; }, same)});
  }
}

}  // namespace

OwnedReport fraud() {
  OwnedReport report{plan(), {}, run()};
  std::vector<CheckResult>& checks = report.verdict.checks;
  add_accuracy(checks);
  add_bias(checks);
  add_latency(checks);
  add_rest(checks);
  add_pictures(checks);
  for (CheckResult& one : checks)
    if (one.outcome == Outcome::pass) one.message = one.planned.metric + " is within its limit.";
  report.verdict.kind = VerdictKind::block;
  report.verdict.exit_code = ExitCode::block;
  report.verdict.partial = true;
  report.verdict.not_judged = {{"resources.throughput.max_regression.batch=4096",
                                "Recorded predictions cannot be timed; give a live model.", true, 33,
                                Family::resources}};
  report.verdict.warnings = {"Only 1,840 rows have label fraud; accuracy alone says little at a prevalence of 4.6%."};
  report.verdict.block_chance = BlockChance{0.0714, "10% of the rows discordant, margins as declared."};
  report.verdict.headline = "Blocked: recall in sex=F, age_band=18-29 fell by 0.0810, more than the allowed 0.0500.";
  return report;
}

OwnedReport passing() {
  OwnedReport report = fraud();
  std::erase_if(report.verdict.checks, [](const CheckResult& one) { return one.outcome != Outcome::pass; });
  report.verdict.kind = VerdictKind::pass;
  report.verdict.exit_code = ExitCode::pass;
  report.verdict.partial = false;
  report.verdict.not_judged.clear();
  report.verdict.warnings.clear();
  report.verdict.headline = "Every check passed.";
  return report;
}

OwnedReport many(std::size_t count) {
  OwnedReport report = fraud();
  for (std::size_t i = report.verdict.checks.size(); i < count; ++i) {
    const double lost = 0.001 * static_cast<double>(i % 40) - 0.01;
    const Interval interval{-lost - 0.015, -lost + 0.015};
    CheckResult one =
        sliced(overall_recall(0.85 - lost, 0.85, interval), {{"merchant", std::to_string(1000 + i)}}, 900 + i);
    one.message = "recall is within its limit.";
    if (i % 100 == 0)
      one =
          judged(one, Outcome::fail, Reason::none, true, "recall fell by more than the allowed regression of 0.0500.");
    report.verdict.checks.push_back(one);
  }
  return report;
}

OwnedReport gate_error() {
  OwnedReport report{plan(), {}, run()};
  report.verdict.kind = VerdictKind::error;
  report.verdict.exit_code = ExitCode::error;
  report.verdict.headline = "golden/2026-11/*.parquet matches no file. Run dvc pull, or correct dataset.path.";
  return report;
}

std::string rendered(const std::string& path, const OwnedReport& report) {
  return reporter_for(path).value()->render(report.view(), path).back().bytes;
}

}  // namespace modelgate::sample
