// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/exact_whole.hpp"

namespace modelgate {

/// The maps of a gate file, each with its own keys.
enum class Where {
  top,
  model,
  signature,
  output,
  dataset,
  label,
  weight,
  input,
  runtime,
  families,
  check,
  slice,
  tolerance,
  costs,
  ledger,
  first_release,
  reports
};

/// The name of a kind of map in the JSON Schema: "first_release".
std::string_view to_string(Where where);

/// What may stand behind a key. *_or_* take either; sections hold the keys of Key::inside.
/// number_or_section: the number stands for the first of the keys inside, the others being at their defaults. costs:
/// the map of Key::inside, a list of lists of numbers, or a map of maps of numbers.
enum class Shape {
  text,
  path,
  flag,
  whole,
  number,
  word,
  digest,
  duration,
  size,
  rate,
  date,
  limit,
  texts,
  wholes,
  whole_or_wholes,
  word_or_whole,
  word_or_number,
  number_or_section,
  section,
  sections,
  text_or_section,
  texts_or_sections,
  costs,
};

/// What a gate file may do with what the file says that it extends. What that file leaves out stands there as its
/// default, or as left out.
enum class Heir {
  same,      ///< nothing but repeat it; it may add what is left out
  fixed,     ///< nothing but repeat it; what is left out stays out
  raise,     ///< write a larger value
  lower,     ///< write a smaller value; flags: false in place of true
  stricter,  ///< write a word that stands earlier in Key::words
  more,      ///< add to the list
  parts,     ///< key by key, as the keys inside say
  identity,  ///< tells checks apart: another value is another check
  free,      ///< write another value
  own,       ///< it is the gate file's own and may not stand in a file that is extended
};

/// One row of the only table of keys: reader, JSON Schema and reference are made of it.
struct Key {
  Where where = Where::top;
  std::string_view name;
  Shape shape = Shape::text;
  Where inside = Where::top;          ///< sections: which keys they hold
  std::string_view words;             ///< words taken, "a|b"
  std::string_view later_words;       ///< words of the contract that this version refuses by name
  std::string_view fallback;          ///< default as a gate file would write it; "" for none
  double low = 0.0;                   ///< whole, number, rate: smallest value
  double high = largest_exact_whole;  ///< whole, number, rate: largest value, which every JSON reader keeps
  bool open = false;                  ///< number: low and high themselves are outside
  bool required = false;
  bool settable = false;   ///< --set reaches it
  Heir heir = Heir::same;  ///< what a gate file may do that extends another
  std::string_view doc;    ///< one sentence
};

/// Every key there is, in the order of the reference.
std::span<const Key> all_keys();

/// True for maps that a gate file and the file it extends fill together.
bool is_merged(Where where);

/// The row of a key, or null.
const Key* find_key(Where where, std::string_view name);

/// The names that may be written in a map of this kind, those refused by name left out.
std::vector<std::string_view> names_in(Where where);

/// "a|b" → {"a", "b"}; "" → {}.
std::vector<std::string_view> words_of(std::string_view joined);

}  // namespace modelgate
