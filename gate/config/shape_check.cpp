// SPDX-License-Identifier: Apache-2.0
#include "gate/config/shape_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "gate/config/quantity.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/date.hpp"

namespace modelgate {
namespace {

using Kind = YamlNode::Kind;

bool is_among(const std::vector<std::string_view>& words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

/// A check of one value; carries the row so that each message names the key.
struct Check {
  const Key& row;
  const Place& key;
  Problems& problems;

  bool refuse(const YamlNode& value, std::string_view what, std::string hint = {}) const {
    problems.add(value.kind == Kind::null ? key : value.place, fmt::format("\"{}\" {}", row.name, what),
                 std::move(hint));
    return false;
  }

  bool scalar(const YamlNode& value, std::string_view wanted) const {
    return value.kind == Kind::scalar || refuse(value, fmt::format("needs {}", wanted));
  }

  bool text(const YamlNode& value) const {
    if (!scalar(value, "a text")) return false;
    if (value.text.find_first_of("\n\r\t") != std::string::npos) return refuse(value, "must be one line without tabs");
    return !value.text.empty() || refuse(value, "is empty");
  }

  bool flag(const YamlNode& value) const {
    if (!scalar(value, "true or false")) return false;
    const bool good = !value.quoted && (value.text == "true" || value.text == "false");
    return good || refuse(value, "needs true or false");
  }

  std::string range_text() const {
    const bool endless = row.high > 1e300;
    if (endless && row.low > -1e300) return fmt::format("{:.16g} or more, and finite", row.low);
    return endless ? "any finite number" : fmt::format("{:.16g} to {:.16g}", row.low, row.high);
  }

  bool within(const YamlNode& value, double number) const {
    if (row.open) {
      if (number > row.low && number < row.high) return true;
      return refuse(value, fmt::format("must lie between {:.15g} and {:.15g}", row.low, row.high),
                    row.fallback.empty() ? "" : fmt::format("{} is the default", row.fallback));
    }
    if (number >= row.low && number <= row.high) return true;
    if (row.low == row.high) return refuse(value, fmt::format("must be {:.15g}", row.low));
    return refuse(value, fmt::format("is out of range: {}", range_text()));
  }

  std::string or_words(std::string_view kind) const {
    std::vector<std::string_view> choices = words_of(row.words);
    choices.push_back(kind);
    return one_of(choices);
  }

  bool whole(const YamlNode& value) const {
    if (!scalar(value, "a whole number")) return false;
    const auto number = value.quoted ? std::nullopt : parse_whole(value.text);
    if (!number)
      return refuse(value, fmt::format("needs {}", or_words("a whole number")), fmt::format("range: {}", range_text()));
    return within(value, static_cast<double>(*number));
  }

  bool number(const YamlNode& value) const {
    if (!scalar(value, "a number")) return false;
    const auto parsed = value.quoted ? std::nullopt : parse_number(value.text);
    if (!parsed)
      return refuse(value, fmt::format("needs {}", or_words("a number")), fmt::format("range: {}", range_text()));
    return within(value, *parsed);
  }

  bool word(const YamlNode& value) const {
    const auto words = words_of(row.words);
    if (!scalar(value, one_of(words))) return false;
    if (is_among(words, value.text)) return true;
    if (is_among(words_of(row.later_words), value.text)) {
      problems.add(value.place, fmt::format("\"{}: {}\" is not supported by this version", row.name, value.text),
                   fmt::format("write {}", one_of(words)));
      return false;
    }
    return refuse(value, fmt::format("cannot be \"{}\"", value.text),
                  did_you_mean(value.text, words, fmt::format("write {}", one_of(words))));
  }

  bool is_word(const YamlNode& value) const {
    return value.kind == Kind::scalar && is_among(words_of(row.words), value.text);
  }

  bool digest(const YamlNode& value) const {
    if (!scalar(value, "a SHA-256")) return false;
    const bool good = value.text.size() == 64 && std::ranges::all_of(value.text, [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                      });
    return good || refuse(value, "needs 64 hex digits", "sha256sum FILE prints them");
  }

  bool measured(const YamlNode& value, std::optional<double> amount, std::string_view what,
                std::string_view example) const {
    if (!scalar(value, what)) return false;
    if (!amount) return refuse(value, fmt::format("needs {} with its unit", what), fmt::format("such as {}", example));
    return *amount > 0.0 || refuse(value, "must be more than zero");
  }

  bool rate(const YamlNode& value) const {
    if (!scalar(value, "a rate")) return false;
    const auto a_second = parse_rate(value.text);
    return a_second ? within(value, *a_second) : refuse(value, "needs a rate with its unit", "such as 100/s");
  }

  bool date(const YamlNode& value) const {
    if (!scalar(value, "a date")) return false;
    if (date_from(value.text)) return true;
    return refuse(value, fmt::format("needs a day that exists, not \"{}\"", value.text), "write it as 2026-12-31");
  }

  bool cost(const YamlNode& value) const {
    const auto amount = value.kind != Kind::scalar || value.quoted ? std::nullopt : parse_number(value.text);
    if (!amount) return refuse(value, "needs a number for each cost");
    return *amount >= 0.0 || refuse(value, "cannot be negative", "what a right decision earns is a cost of 0");
  }

  /// A list of lists; the maps are held to what the task needs where they are read.
  bool costs(const YamlNode& value) const {
    if (value.kind == Kind::map) return true;
    return list(value, "rows, or a map", [&](const YamlNode& row_of_costs) {
      if (row_of_costs.kind != Kind::list) return refuse(row_of_costs, "needs a list in each row", "[[0, 1], [5, 0]]");
      return list(row_of_costs, "numbers", [&](const YamlNode& item) { return cost(item); });
    });
  }

  /// A list that is not empty, all elements of which are good; no element twice.
  template <class Good>
  bool list(const YamlNode& value, std::string_view of, Good&& good) const {
    if (value.kind == Kind::scalar) {
      return refuse(value, fmt::format("needs a list of {}", of), fmt::format("write [{}]", value.text));
    }
    if (value.kind != Kind::list) return refuse(value, fmt::format("needs a list of {}", of));
    if (value.items.empty()) return refuse(value, "is an empty list");
    bool all = true;
    for (const YamlNode& item : value.items) all = good(item) && all;
    return all;
  }

  bool texts(const YamlNode& value) const {
    std::set<std::string_view> seen;
    return list(value, "texts", [&](const YamlNode& item) {
      if (!text(item)) return false;
      return seen.insert(item.text).second || refuse(item, fmt::format("names \"{}\" twice", item.text));
    });
  }

  bool wholes(const YamlNode& value) const {
    return list(value, "whole numbers", [&](const YamlNode& item) { return whole(item); });
  }

  bool map(const YamlNode& value) const {
    return value.kind == Kind::map || refuse(value, "needs a map of keys", std::string{row.doc});
  }

  bool sections(const YamlNode& value) const {
    if (value.kind != Kind::list) return refuse(value, "needs a list", "each entry begins with \"- \"");
    if (value.items.empty()) return refuse(value, "is an empty list");
    return true;
  }
};

}  // namespace

bool check_shape(const Key& row, const YamlNode& value, const Place& key, Problems& problems) {
  const Check check{row, key, problems};
  if (value.kind == Kind::null) return check.refuse(value, "has no value", std::string{row.doc});
  switch (row.shape) {
    case Shape::text:
    case Shape::path: return check.text(value);
    case Shape::flag: return check.flag(value);
    case Shape::whole: return check.whole(value);
    case Shape::number: return check.number(value);
    case Shape::word: return check.word(value);
    case Shape::digest: return check.digest(value);
    case Shape::duration: return check.measured(value, parse_duration(value.text), "a duration", "90s or 10min");
    case Shape::size: return check.measured(value, parse_size(value.text), "a size", "500MiB or 8GiB");
    case Shape::rate: return check.rate(value);
    case Shape::date: return check.date(value);
    case Shape::limit: return check.scalar(value, "one value");
    case Shape::texts: return check.texts(value);
    case Shape::wholes: return check.wholes(value);
    case Shape::whole_or_wholes: return value.kind == Kind::list ? check.wholes(value) : check.whole(value);
    case Shape::word_or_whole: return check.is_word(value) || check.whole(value);
    case Shape::word_or_number: return check.is_word(value) || check.number(value);
    case Shape::number_or_section: return value.kind == Kind::scalar ? check.number(value) : check.map(value);
    case Shape::section: return check.map(value);
    case Shape::sections: return check.sections(value);
    case Shape::text_or_section: return value.kind == Kind::map || check.text(value);
    case Shape::texts_or_sections:
      return check.list(value, "columns",
                        [&](const YamlNode& item) { return item.kind == Kind::map || check.text(item); });
    case Shape::costs: return check.costs(value);
  }
  return false;
}

}  // namespace modelgate
