// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate::propose::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Names, fall_into_words_at_marks_capitals_and_digits) {
  EXPECT_THAT(words_of("isFraud_2y"), ElementsAre("is", "fraud", "2", "y"));
  EXPECT_THAT(words_of("customer ID"), ElementsAre("customer", "id"));
  EXPECT_THAT(words_of("Größe"), ElementsAre("größe"));
  EXPECT_THAT(words_of("--"), IsEmpty());
}

TEST(Names, grade_labels_by_how_plainly_they_say_it) {
  for (const char* name : {"label", "Target", "y", "outcome", "class", "diagnosis"})
    EXPECT_EQ(label_grade(name), 100) << name;
  for (const char* name : {"loan_outcome", "target_2", "label_fraud"}) EXPECT_EQ(label_grade(name), 80) << name;
  for (const char* name : {"is_fraud", "hasChurned", "was_late"}) EXPECT_EQ(label_grade(name), 40) << name;
  for (const char* name : {"amount", "classify", "this", "is", "yield"}) EXPECT_EQ(label_grade(name), 0) << name;
}

TEST(Names, of_keys_units_and_queries_are_told_apart) {
  for (const char* name : {"id", "transaction_id", "customerId", "uuid", "row", "rowid"})
    EXPECT_TRUE(names_a_key(name)) << name;
  for (const char* name : {"paid", "humid_days", "identity"}) EXPECT_FALSE(names_a_key(name)) << name;
  for (const char* name : {"customer_id", "patient", "userId"}) EXPECT_TRUE(names_a_unit(name)) << name;
  for (const char* name : {"customer_age", "id", "patients_seen"}) EXPECT_FALSE(names_a_unit(name)) << name;
  for (const char* name : {"query", "qid", "query_id", "search_id"}) EXPECT_TRUE(names_a_query(name)) << name;
  for (const char* name : {"search", "query_length", "research_id"}) EXPECT_FALSE(names_a_query(name)) << name;
}

TEST(Names, of_weights_are_not_those_of_kilograms) {
  for (const char* name : {"sample_weight", "fnlwgt", "Survey_Weight"}) EXPECT_TRUE(names_a_weight(name)) << name;
  for (const char* name : {"weight", "body_weight", "weight_kg"}) EXPECT_FALSE(names_a_weight(name)) << name;
}

TEST(Names, of_sensitive_attributes_are_known_in_several_languages) {
  for (const char* name : {"sex", "sex_group", "age", "customer_age", "applicantGender", "age_band", "race",
                           "Geschlecht", "Altersgruppe", "sexe", "âge", "género", "raça", "etnia", "geslacht"})
    EXPECT_TRUE(names_an_attribute(name)) << name;
  for (const char* name : {"essex", "page", "stage", "traces", "message", "average", "card_age_days", "page_age"})
    EXPECT_FALSE(names_an_attribute(name)) << name;
}

TEST(Names, of_values_say_yes_or_no) {
  for (const char* value : {"yes", "TRUE", "fraud", ">50K", "malignant"})
    EXPECT_TRUE(says_yes(value) && !says_no(value)) << value;
  for (const char* value : {"no", "False", "legit", "<=50K", "benign"})
    EXPECT_TRUE(says_no(value) && !says_yes(value)) << value;
  EXPECT_FALSE(says_yes("red") || says_no("red"));
}

TEST(Names, that_no_gate_file_can_hold_are_known) {
  for (const char* name : {"sex", "Geschlecht", "âge", "a: b", " b", "\U0001F600", "naïve"})
    EXPECT_TRUE(fits_a_line(name)) << name;
  for (const char* name : {"a\nb", "a\tb", "\x1B[31mred", "\x7F", "\u0085next", "\uFEFFbom", "end\r"})
    EXPECT_FALSE(fits_a_line(name)) << name;
}

}  // namespace
}  // namespace modelgate::propose::test
