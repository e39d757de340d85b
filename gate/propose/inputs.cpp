// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/inputs.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "gate/propose/names.hpp"

namespace modelgate::propose {
namespace {

constexpr std::size_t most_guesses = 80;
constexpr std::size_t most_choices = 60;  // of some numbers out of all, each in the file's order

/// One argument's possible inputs, the likeliest first.
struct Option {
  InputSpec spec;
  bool certain = false;
  std::string why;
};

bool has_nulls(const TableProfile& golden, const std::vector<std::string>& columns) {
  return std::ranges::any_of(columns, [&](const std::string& name) {
    const ColumnProfile* column = golden.find(name);
    return column != nullptr && column->nulls > 0;
  });
}

InputSpec numbers_spec(const TableProfile& golden, std::vector<std::string> columns) {
  InputSpec spec;
  if (has_nulls(golden, columns)) spec.nulls.kind = NullPolicy::Kind::nan;
  spec.columns = std::move(columns);
  return spec;
}

/// What stands before the first digit or behind the last word: "mean_radius" → "mean_", "v12" → "v".
std::string prefix_of(std::string_view name) {
  const std::size_t end = name.find_first_of("_0123456789");
  if (end == std::string_view::npos || end == 0) return {};
  return std::string(name.substr(0, name[end] == '_' ? end + 1 : end));
}

std::string suffix_of(std::string_view name) {
  const std::size_t begin = name.rfind('_');
  return begin == std::string_view::npos || begin == 0 ? std::string{} : std::string(name.substr(begin));
}

class InputGuesser {
 public:
  InputGuesser(const TableProfile& golden, const Roles& roles, const Signature& signature,
               const std::vector<Vocabulary>& vocabularies)
      : golden_(golden), roles_(roles), signature_(signature), vocabularies_(vocabularies) {}

  std::vector<InputGuess> guess() {
    const std::size_t arguments = std::max<std::size_t>(1, signature_.arguments.size());
    std::vector<std::vector<Option>> by_argument(arguments);
    for (std::size_t i = 0; i < arguments; ++i) by_argument[i] = options_of(i, arguments);
    std::vector<InputGuess> guesses;
    combine(by_argument, {}, guesses);
    std::ranges::stable_sort(guesses, [](const auto& a, const auto& b) { return a.certain && !b.certain; });
    if (guesses.size() > most_guesses) guesses.resize(most_guesses);
    return guesses;
  }

 private:
  bool wanted(std::size_t width) const {
    return std::ranges::find(signature_.widths, width) != signature_.widths.end();
  }

  void add_numbers(std::vector<Option>& options, const std::vector<std::string>& columns, bool certain,
                   std::string why) const {
    if (columns.empty()) return;
    const auto same = [&](const Option& option) { return option.spec.columns == columns; };
    if (std::ranges::any_of(options, same)) return;
    options.push_back({numbers_spec(golden_, columns), certain, std::move(why)});
  }

  /// Runs of columns named alike that are exactly as many as the model takes.
  void add_families(std::vector<Option>& options, std::size_t width) const {
    std::map<std::string, std::vector<std::string>> families;
    for (const std::string& name : roles_.numbers) {
      if (auto prefix = prefix_of(name); !prefix.empty()) families[prefix].push_back(name);
      if (auto suffix = suffix_of(name); !suffix.empty()) families["*" + suffix].push_back(name);
    }
    std::vector<std::pair<std::size_t, std::string>> order;  // as the file has them
    for (const auto& [word, columns] : families) {
      if (columns.size() == width)
        order.emplace_back(std::ranges::find(roles_.numbers, columns.front()) - roles_.numbers.begin(), word);
    }
    std::ranges::sort(order);
    for (const auto& [place, word] : order)
      add_numbers(options, families[word], false, fmt::format("{} columns are named alike ({})", width, word));
  }

  /// Ways to choose so many of n, at most one more than most_choices.
  static std::size_t ways(std::size_t n, std::size_t chosen) {
    double product = 1.0;
    for (std::size_t i = 0; i < std::min(chosen, n - chosen); ++i)
      product *= static_cast<double>(n - i) / static_cast<double>(i + 1);
    return product > most_choices ? most_choices + 1 : static_cast<std::size_t>(std::llround(product));
  }

  /// Every choice of so many numbers, where they are few: the labels tell which is right.
  void add_choices(std::vector<Option>& options, std::size_t width) const {
    const std::size_t all = roles_.numbers.size();
    if (ways(all, width) > most_choices) return;
    std::vector<char> chosen(all, 0);
    std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(width), 1);
    do {
      std::vector<std::string> columns;
      for (std::size_t i = 0; i < all; ++i) {
        if (chosen[i] != 0) columns.push_back(roles_.numbers[i]);
      }
      const auto left = static_cast<std::size_t>(std::ranges::find(chosen, 0) - chosen.begin());
      add_numbers(options, columns, false,
                  width + 1 == all ? "all numbers but " + roles_.numbers[left]
                                   : fmt::format("{} of the {} numbers", width, all));
    } while (std::ranges::prev_permutation(chosen).found);
  }

  std::vector<Option> number_options() const {
    std::vector<std::string> impersonal;
    for (const std::string& name : roles_.numbers) {
      if (!contains(roles_.attributes, name)) impersonal.push_back(name);
    }
    const std::size_t all = roles_.numbers.size();
    std::vector<Option> options;
    if (wanted(all))
      add_numbers(options, roles_.numbers, true, "every number that is left, as many as the model takes");
    if (wanted(impersonal.size()))
      add_numbers(options, impersonal, true, "every number but sensitive ones, as many as the model takes");
    for (const std::uint64_t width : signature_.widths) {
      if (width == 0 || width >= all) continue;
      add_families(options, width);
      add_choices(options, width);
      add_numbers(options, {roles_.numbers.begin(), roles_.numbers.begin() + static_cast<std::ptrdiff_t>(width)}, false,
                  fmt::format("the first {} numbers", width));
    }
    add_numbers(options, roles_.numbers, false, "every number that is left");
    add_numbers(options, impersonal, false, "every number but sensitive ones");
    return options;
  }

  /// Lists of one length, as a row of numbers or as a square picture of one or three colours.
  std::vector<Option> list_options() const {
    std::vector<Option> options;
    for (const std::string& name : roles_.lists) {
      const auto length = static_cast<std::int64_t>(golden_.find(name)->list_length);
      if (length == 0) continue;
      for (const std::int64_t colours : {1, 3}) {
        const std::int64_t pixels = length / colours;
        const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(pixels))));
        if (side > 1 && side * side * colours == length) add_list(options, name, {colours, side, side});
      }
      add_list(options, name, {length});
    }
    return options;
  }

  static void add_list(std::vector<Option>& options, const std::string& name, std::vector<std::int64_t> shape) {
    InputSpec spec;
    spec.columns = {name};
    spec.shape = std::move(shape);
    options.push_back({std::move(spec), true, fmt::format("the list {}", name)});
  }

  /// Text columns whose values a vocabulary mostly knows.
  std::vector<Option> code_options() const {
    std::vector<Option> options;
    for (const Vocabulary& vocabulary : vocabularies_) {
      InputSpec spec;
      spec.dtype = DType::int64;
      spec.vocabulary = vocabulary.path;
      bool gaps = false;
      for (const std::string& name : roles_.texts) {
        const auto [known, all] = coverage(vocabulary, *golden_.find(name));
        if (all == 0 || 2 * known <= all) continue;
        spec.columns.push_back(name);
        gaps |= known < all || golden_.find(name)->nulls > 0;
      }
      if (spec.columns.empty()) continue;
      const bool zero_is_free =
          std::ranges::none_of(vocabulary.codes, [](const auto& code) { return code.second == 0; });
      if (zero_is_free || gaps) spec.unknown = 0;
      options.push_back({std::move(spec), true, "the vocabulary knows their values"});
    }
    return options;
  }

  static std::pair<std::size_t, std::size_t> coverage(const Vocabulary& vocabulary, const ColumnProfile& column) {
    std::size_t known = 0;
    for (const auto& [value, rows] : column.values) {
      known += std::ranges::count(vocabulary.codes, value, &std::pair<std::string, std::int64_t>::first);
    }
    return {known, column.values.size()};
  }

  std::vector<Option> text_options() const {
    std::vector<Option> options;
    for (const std::string& name : roles_.texts) {
      InputSpec spec;
      spec.dtype = DType::string;
      spec.columns = {name};
      options.push_back({std::move(spec), false, "the model takes text"});
    }
    return options;
  }

  std::vector<Option> options_of(std::size_t argument, std::size_t arguments) const {
    const bool known = argument < signature_.arguments.size();
    const std::string name = known ? signature_.arguments[argument].first : "";
    std::vector<Option> options;
    if (known && signature_.arguments[argument].second.find("str") != std::string::npos) {
      options = text_options();
    } else {
      options = list_options();
      std::ranges::move(number_options(), std::back_inserter(options));
      if (arguments > 1) std::ranges::move(code_options(), std::back_inserter(options));
      if (arguments == 1 && roles_.numbers.empty()) std::ranges::move(code_options(), std::back_inserter(options));
    }
    if (arguments > 1 && contains(roles_.numbers, name)) add_numbers(options, {name}, true, "the argument's own name");
    std::ranges::stable_sort(options, [&](const Option& a, const Option& b) {
      const auto own = [&](const Option& o) { return o.spec.columns.size() == 1 && o.spec.columns[0] == name; };
      return own(a) && !own(b);
    });
    return options;
  }

  static bool overlap(const std::vector<InputSpec>& inputs, const InputSpec& spec) {
    return std::ranges::any_of(inputs, [&](const InputSpec& input) {
      return std::ranges::any_of(spec.columns, [&](const auto& name) { return contains(input.columns, name); });
    });
  }

  void combine(const std::vector<std::vector<Option>>& by_argument, InputGuess so_far,
               std::vector<InputGuess>& out) const {
    const std::size_t argument = so_far.inputs.size();
    if (argument == by_argument.size()) {
      out.push_back(std::move(so_far));
      return;
    }
    for (const Option& option : by_argument[argument]) {
      if (out.size() >= 4 * most_guesses) return;
      if (overlap(so_far.inputs, option.spec)) continue;
      InputGuess next = so_far;
      next.certain = option.certain && (argument == 0 || so_far.certain);
      next.why += (next.why.empty() ? "" : "; ") + option.why;
      next.inputs.push_back(option.spec);
      combine(by_argument, std::move(next), out);
    }
  }

  const TableProfile& golden_;
  const Roles& roles_;
  const Signature& signature_;
  const std::vector<Vocabulary>& vocabularies_;
};

}  // namespace

std::vector<InputGuess> guess_inputs(const TableProfile& golden, const Roles& roles, const Signature& signature,
                                     const std::vector<Vocabulary>& vocabularies) {
  return InputGuesser(golden, roles, signature, vocabularies).guess();
}

InputGuess with_dtype(InputGuess guess, DType dtype) {
  for (InputSpec& input : guess.inputs) {
    if (input.dtype != DType::string && input.vocabulary.empty()) input.dtype = dtype;
  }
  return guess;
}

std::vector<std::string> with_patterns(const std::vector<std::string>& columns, const TableProfile& golden) {
  constexpr std::size_t fewest = 4;
  std::vector<std::string> spelled;
  for (std::size_t i = 0; i < columns.size();) {
    const std::string pattern = prefix_of(columns[i]) + "*";
    std::vector<std::string> meant;
    for (const ColumnProfile& column : golden.columns) {
      if (::fnmatch(pattern.c_str(), column.name.c_str(), 0) == 0) meant.push_back(column.name);
    }
    const bool plain = pattern.size() > 1 && pattern.find_first_of("?[\\") == std::string::npos &&
                       pattern.find('*') == pattern.size() - 1;
    const bool fits = plain && meant.size() >= fewest && i + meant.size() <= columns.size() &&
                      std::equal(meant.begin(), meant.end(), columns.begin() + static_cast<std::ptrdiff_t>(i));
    spelled.push_back(fits ? pattern : columns[i]);
    i += fits ? meant.size() : 1;
  }
  return spelled;
}

}  // namespace modelgate::propose
