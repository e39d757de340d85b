// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelgate::propose {

/// The words of a column's name in lower case: "isFraud_2y" → is, fraud, 2, y. Bytes beyond ASCII stay in their word.
std::vector<std::string> words_of(std::string_view name);

/// How much a name speaks for the column of true answers: 0 (not at all) to 100 (it says so).
int label_grade(std::string_view name);
/// A key of rows: "id", "transaction_id", "uuid", "row".
bool names_a_key(std::string_view name);
/// Somebody whose rows belong together: "customer_id", "patient", "household".
bool names_a_unit(std::string_view name);
/// The query that a row answers: "query", "qid", "search_id".
bool names_a_query(std::string_view name);
/// A sampling weight: "sample_weight", "fnlwgt". A plain "weight" is as likely a weight in kilograms.
bool names_a_weight(std::string_view name);
/// Something that people must not be treated differently for, in English and six more languages.
bool names_an_attribute(std::string_view name);
/// A model's output: "score", "probability", "prediction_0".
bool names_a_score(std::string_view name);
/// A value of a binary label that says yes: "yes", "fraud", ">50K"; one that says no: "no", "legit".
bool says_yes(std::string_view value);
bool says_no(std::string_view value);

/// Whether the name is one of these.
bool contains(const std::vector<std::string>& names, std::string_view name);

/// False for what no gate file can hold in one line: control characters (C0, C1, DEL) and byte order marks.
bool fits_a_line(std::string_view text);

}  // namespace modelgate::propose
