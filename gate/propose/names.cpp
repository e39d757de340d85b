// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/names.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace modelgate::propose {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto label_words = std::to_array<std::string_view>(
    {"label",    "labels",    "target",    "y",      "outcome",   "class",   "truth",   "groundtruth", "actual",
     "response", "diagnosis", "relevance", "income", "price",     "churn",   "churned", "default",     "defaulted",
     "survived", "ziel",      "etiqueta",  "cible",  "etiquette", "quality", "species"});
constexpr auto parts_of_labels =
    std::to_array<std::string_view>({"label", "target", "outcome", "truth", "actual", "relevance"});
constexpr auto questions = std::to_array<std::string_view>({"is", "has", "was", "did", "will"});

constexpr auto keys = std::to_array<std::string_view>({"id", "uuid", "guid", "key", "row", "index", "idx", "pk"});
constexpr auto units = std::to_array<std::string_view>({"customer", "client", "user", "patient", "account", "household",
                                                        "person", "member", "subject", "session", "borrower",
                                                        "cardholder", "kunde", "cliente", "usuario", "utilisateur"});
constexpr auto things =
    std::to_array<std::string_view>({"row", "record", "case", "order", "transaction", "loan", "user", "customer",
                                     "client", "patient", "account", "person", "image"});
constexpr auto queries = std::to_array<std::string_view>({"query", "qid", "srch", "search", "anfrage", "requete"});
constexpr auto weights =
    std::to_array<std::string_view>({"sample_weight", "sampling_weight", "survey_weight", "fnlwgt", "instance_weight",
                                     "case_weight", "importance_weight", "design_weight", "perwt"});
constexpr auto attributes = std::to_array<std::string_view>(
    {"sex",          "gender",       "race",          "ethnicity",    "ethnic",       "religion",     "nationality",
     "disability",   "disabled",     "citizenship",   "geschlecht",   "altersgruppe", "altersklasse", "religión",
     "nationalität", "ethnie",       "rasse",         "sexe",         "genre",        "handicap",     "nationalité",
     "ethnicité",    "sexo",         "genero",        "género",       "gênero",       "raza",         "raça",
     "etnia",        "nacionalidad", "nacionalidade", "discapacidad", "sesso",        "genere",       "razza",
     "nazionalità",  "geslacht",     "nationaliteit", "kön",          "płeć"});
constexpr auto ages =
    std::to_array<std::string_view>({"age", "ages", "alter", "âge", "edad", "idade", "età", "eta", "leeftijd", "wiek"});
constexpr auto people = std::to_array<std::string_view>({"applicant", "person", "patient", "customer", "client", "user",
                                                         "member", "driver", "employee", "borrower", "subject"});
constexpr auto scores = std::to_array<std::string_view>({"score", "scores", "prediction", "predictions", "predicted",
                                                         "pred", "preds", "probability", "proba", "prob", "p", "logit",
                                                         "logits", "output", "value", "yhat", "forecast", "estimate"});
constexpr auto yes = std::to_array<std::string_view>(
    {"yes",     "y",       "true",      "t",      "1",        "pos",       "positive", "fraud", "fraudulent",
     "bad",     "default", "defaulted", "churn",  "churned",  "malignant", "spam",     "sick",  "disease",
     "died",    "dead",    "fail",      "failed", "abnormal", "attack",    "anomaly",  "toxic", "click",
     "clicked", "win",     "won",       "hit",    "si",       "oui",       "ja",       "sim"});
constexpr auto no = std::to_array<std::string_view>(
    {"no",    "n",      "false",  "f",    "0",       "neg",   "negative", "legit", "legitimate", "good",
     "paid",  "stayed", "benign", "ham",  "healthy", "alive", "ok",       "pass",  "passed",     "normal",
     "clean", "loss",   "lost",   "miss", "non",     "nein",  "nao",      "não",   "none"});

bool among(Words words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

bool any_of_words(std::string_view name, Words words) {
  return std::ranges::any_of(words_of(name), [&](const std::string& word) { return among(words, word); });
}

enum class Letter { upper, small, digit, other };

Letter letter_of(char c) {
  if (c >= 'A' && c <= 'Z') return Letter::upper;
  if ((c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0) return Letter::small;
  return c >= '0' && c <= '9' ? Letter::digit : Letter::other;
}

/// A new word begins where a capital follows a small letter and where digits begin or end.
bool begins_word(Letter before, Letter now) {
  if (now == Letter::upper) return before != Letter::upper;
  return (now == Letter::digit) != (before == Letter::digit);
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  Letter before = Letter::other;
  for (const char c : name) {
    const Letter now = letter_of(c);
    if (now != Letter::other) {
      if (before == Letter::other || begins_word(before, now)) words.emplace_back();
      words.back() += lower(std::string_view(&c, 1));
    }
    before = now;
  }
  return words;
}

int label_grade(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  if (words.empty()) return 0;
  if (words.size() == 1 && among(label_words, words[0])) return 100;
  if (std::ranges::any_of(words, [](const auto& word) { return among(parts_of_labels, word); })) return 80;
  return words.size() > 1 && among(questions, words[0]) ? 40 : 0;
}

bool names_a_key(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  if (words.empty()) return false;
  if (among(keys, words.back())) return true;
  const std::string& word = words.back();  // "rowid", but not "paid"
  return words.size() == 1 && word.ends_with("id") && among(things, std::string_view(word).substr(0, word.size() - 2));
}

bool names_a_unit(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  if (words.empty() || !among(units, words[0])) return false;
  return words.size() == 1 || (words.size() == 2 && among(keys, words[1]));
}

bool names_a_query(std::string_view name) {
  const std::vector<std::string> words = words_of(name);
  if (words.empty() || !among(queries, words[0])) return false;
  return words.size() == 1 ? words[0] != "search" && words[0] != "srch" : words.size() == 2 && among(keys, words[1]);
}

bool names_a_weight(std::string_view name) { return among(weights, lower(name)); }

bool names_an_attribute(std::string_view name) {
  if (any_of_words(name, attributes)) return true;
  const std::vector<std::string> words = words_of(name);
  for (std::size_t i = 0; i < words.size(); ++i) {  // accounts and cards have an age, too
    if (among(ages, words[i]) && (i == 0 || among(people, words[i - 1]))) return true;
  }
  return false;
}

bool names_a_score(std::string_view name) { return any_of_words(name, scores); }

bool says_yes(std::string_view value) {
  const std::string folded = lower(value);
  return among(yes, folded) || folded.starts_with('>');
}

bool says_no(std::string_view value) {
  const std::string folded = lower(value);
  return among(no, folded) || folded.starts_with('<');
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool fits_a_line(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next >= 0x80 && next < 0xA0)) return false;
    if (text.substr(i).starts_with("\xEF\xBB\xBF")) return false;
  }
  return true;
}

}  // namespace modelgate::propose
