// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "gate/config/gate_file.hpp"
#include "gate/config/keys.hpp"

namespace modelgate {
namespace {

constexpr std::string_view head = R"(# The gate file: every key

Printed by `modelgate validate --reference` from the table that the reader itself uses; a test holds this page to it.
Editors complete the keys by the schema beside this page. Put its path into the first line of a gate file:

```yaml
# yaml-language-server: $schema=../../gate/config/modelgate.schema.json
version: 1
name: card_fraud
extends: ../policy/credit.yaml       # terms and checks that this file may tighten, never loosen
candidate: {model: candidate.pt}
production: {model: production.pt}
dataset: {path: golden.parquet, id: transaction_id, label: is_fraud, inputs: [{columns: ["v*"]}]}
checks:
  accuracy: [{metric: recall, max_regression: 1pp}]
```

Unknown keys, wrong types and values out of range are errors with file, line and what was meant. A bare limit is in the
metric's unit, `pp` is 0.01, `%` is relative to production; times and sizes carry a unit (`20ms`, `8GiB`).

## A model that must be signed

`signature: {bundle: model.sig, public_key: owner.pem}` beside `model` asks for an OpenSSF model signature made with a
plain key pair (ECDSA on P-256). It says who vouches for these bytes, nothing of what the model does. What is missing,
of other bytes or of another key ends the run with exit code 3 before the model is opened; the reports name the SHA-256
of the key (its DER). Keep the public key where only its owner can change it. No option of the command line takes the
signature away; `--candidate` names another model, which must then be signed, too.

```sh
openssl ecparam -name prime256v1 -genkey -noout -out owner.key
openssl ec -in owner.key -pubout -out owner.pem
model_signing sign key --private_key owner.key --signature model.sig model.pt   # pip install model-signing pyOpenSSL
```

## A policy and the gate files that extend it

`extends` names one file, relative to the gate file; that file extends no other. What it says holds in the gate file, too,
and the column *a gate file that extends* says what may be changed. A check is taken over by its id as the reports print
it: family, `id` or metric, limit word, attribute, class, batch, load, and the column of its slice. Anything looser is an
error that shows both lines. What the policy leaves out stands at its default. Let code owners guard the policy file:
its thresholds then belong to them. [`fixtures/policy`](../../fixtures/policy) is an example;
`modelgate validate --resolved` prints what is judged in the end and where each part comes from. The `gate_sha256` of
the reports covers both files. `--first-release` needs `first_release` in the policy.

What a gate file adds cannot hide a fail of its policy. The checks that the policy holds, those that the gate file
tightens among them, share an error budget of their own, as if there were no others: any false fail among them comes in
at most 5 % of runs. What the gate file adds has 5 % of its own: checks, values of slices, warnings that it makes block.
Both together: at most 10 %, all models being as bad as every limit just allows. Latency and resources are split alike.
Groups of an attribute cannot be added to a check of the policy (their pairs would share its budget): write them as a
check with another `id`. A file printed by `--resolved` extends nothing, so that one budget serves all of it.

Neither direction of `min_rows`, `min_group_size`, the ledger's budget and looks, `target_prevalence` and `costs` is the
stricter one: these may only be repeated.
)";

constexpr std::array<std::pair<Where, std::string_view>, 17> places{{
    {Where::top, "Top of the file"},
    {Where::model, "candidate, production"},
    {Where::signature, "candidate.signature, production.signature"},
    {Where::output, "output"},
    {Where::dataset, "dataset"},
    {Where::label, "dataset.label"},
    {Where::weight, "dataset.weight"},
    {Where::input, "An entry of inputs"},
    {Where::runtime, "runtime"},
    {Where::families, "checks"},
    {Where::check, "A check"},
    {Where::slice, "An entry of slices or attributes"},
    {Where::tolerance, "A check's tolerance"},
    {Where::costs, "costs (binary)"},
    {Where::ledger, "ledger"},
    {Where::first_release, "first_release"},
    {Where::reports, "reports"},
}};

std::string range_of(const Key& key) {
  constexpr double endless = 9007199254740991.0;
  const bool low = std::fabs(key.low) < endless;
  const bool high = std::fabs(key.high) < endless;
  if (low && high) return fmt::format("{:.15g} to {:.15g}{}", key.low, key.high, key.open ? ", both excluded" : "");
  if (low) return fmt::format("from {:.15g}", key.low);
  return "";
}

std::string choices_of(const Key& key) {
  std::string text;
  for (const std::string_view word : words_of(key.words)) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", word);
  return text;
}

std::string with(std::string_view kind, const std::string& range) {
  return range.empty() ? std::string{kind} : fmt::format("{}, {}", kind, range);
}

std::string values_of(const Key& key) {
  switch (key.shape) {
    case Shape::text: return "text";
    case Shape::path: return "path";
    case Shape::flag: return "`true`, `false`";
    case Shape::whole: return with("whole number", range_of(key));
    case Shape::number: return with("number", range_of(key));
    case Shape::word: return choices_of(key);
    case Shape::digest: return "64 hex digits";
    case Shape::duration: return "time with a unit: `20ms`, `5min`";
    case Shape::size: return "size with a unit: `8GiB`";
    case Shape::rate: return "number a second, " + range_of(key) + ": `100/s`";
    case Shape::date: return "date: `2026-12-31`";
    case Shape::limit: return "number; `pp`, `%` or a unit as the metric takes it";
    case Shape::texts: return "list of texts";
    case Shape::wholes: return "list of whole numbers";
    case Shape::whole_or_wholes: return with("whole number, or a list of them", range_of(key));
    case Shape::word_or_whole: return choices_of(key) + ", or a " + with("whole number", range_of(key));
    case Shape::word_or_number: return choices_of(key) + ", or a number";
    case Shape::number_or_section: return with("number", range_of(key)) + "; or map";
    case Shape::section: return "map";
    case Shape::sections: return "list of maps";
    case Shape::text_or_section: return "text or map";
    case Shape::texts_or_sections: return "list of texts or maps";
    case Shape::costs: return "map or list";
  }
  return {};
}

std::string_view rule_of(const Key& key) {
  switch (key.heir) {
    case Heir::same: return "may add it, not change it";
    case Heir::fixed: return "may not change it";
    case Heir::raise: return "may raise it";
    case Heir::lower: return key.shape == Shape::flag ? "may make it false" : "may lower it";
    case Heir::stricter: return "may choose a word further left";
    case Heir::more: return "may add values";
    case Heir::parts: return "key by key";
    case Heir::identity: return "another value is another check";
    case Heir::free: return "may change it";
    case Heir::own: return "its own: not in a policy";
  }
  return {};
}

/// A gate file's own maps are not merged: neither are the keys in them.
bool shows_rule(Where where) {
  return is_merged(where) || where == Where::check || where == Where::slice || where == Where::tolerance;
}

}  // namespace

std::string gate_file_reference() {
  std::string text{head};
  for (const auto& [where, title] : places) {
    const bool rules = shows_rule(where);
    text += fmt::format("\n## {}\n\n| key | values | default | meaning |{}\n|---|---|---|---|{}\n", title,
                        rules ? " a gate file that extends |" : "", rules ? "---|" : "");
    for (const Key& key : all_keys()) {
      if (key.where != where) continue;
      const std::string fallback = key.required           ? "**required**"
                                   : key.fallback.empty() ? ""
                                                          : fmt::format("`{}`", key.fallback);
      text += fmt::format("| `{}` | {} | {} | {} |", key.name, values_of(key), fallback, key.doc);
      text += rules ? fmt::format(" {} |\n", rule_of(key)) : "\n";
    }
  }
  return text;
}

}  // namespace modelgate
