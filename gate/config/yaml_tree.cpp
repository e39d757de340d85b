// SPDX-License-Identifier: Apache-2.0
#include "gate/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

#include "gate/config/clean_text.hpp"

namespace modelgate {
namespace {

/// Ends the parse at the first thing that is not to be walked any further; caught in parse_yaml.
struct Refused {
  Place place;
  std::string what;
  std::string hint;
};

Place place_of(const YAML::Mark& mark, int file) {
  return {.line = mark.line + 1, .column = mark.column + 1, .argument = -1, .file = file};
}

/// Reads from bytes that somebody else keeps.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // std::streambuf wants char*, but nothing writes through a get area.
    char* const begin = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    setg(begin, begin, begin + text.size());
  }
};

/// Builds the tree from yaml-cpp's events and refuses what is out of bounds while the parser still runs.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, Problems& problems, const TreeBounds& bounds, int file)
      : problems_(problems), bounds_(bounds), file_(file) {
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
    text_ = text;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Refused{place_of(mark, file_), "a second document begins here", "a gate file is one document"};
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{place_of(mark, file_), "aliases (*name) are refused", "write the value out"};
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    throw Refused{place_of(mark, file_), fmt::format("anchors are refused: \"&{}\"", name), "write the value out"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, {}, YamlNode::Kind::null, {}); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    add(mark, tag, YamlNode::Kind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> take_root() { return std::exchange(root_, std::nullopt); }

 private:
  /// A container that is still open: its node, and for a map the key that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<NodeKey> key;
    std::map<std::string, int, std::less<>> lines;  ///< keys so far → line
  };

  char source_at(const Place& place) const {
    const auto line = static_cast<std::size_t>(place.line) - 1;
    if (line >= line_starts_.size()) return '\0';
    const std::size_t at = line_starts_[line] + static_cast<std::size_t>(place.column) - 1;
    return at < text_.size() ? text_[at] : '\0';
  }

  YamlNode made(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
    const Place place = place_of(mark, file_);
    // yaml-cpp tells a lone "!" or a tag on an empty value apart from nothing; the source does.
    const bool tagged = (!tag.empty() && tag != "?" && tag != "!") || source_at(place) == '!';
    if (tagged) throw Refused{place, "tags (!name) are refused", "write the plain value"};
    if (++nodes_ > bounds_.nodes) {
      throw Refused{place, fmt::format("more than {} values", bounds_.nodes),
                    "no gate needs as many: is this the file?"};
    }
    YamlNode node;
    node.kind = kind;
    node.place = place;
    return node;
  }

  void add(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind, std::string value) {
    YamlNode node = made(mark, tag, kind);
    if (first_bad_text(value)) {
      throw Refused{node.place, "this text holds a control character or is no UTF-8", "write it without the escape"};
    }
    node.text = std::move(value);
    node.quoted = tag == "!";
    while (node.quoted && node.text.ends_with('\n')) node.text.pop_back();  // every block scalar ends in one
    place(std::move(node));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
    YamlNode node = made(mark, tag, kind);
    if (open_.size() + 1 > bounds_.depth) {
      throw Refused{node.place, fmt::format("nested deeper than {} levels", bounds_.depth), {}};
    }
    if (waits_for_key()) throw Refused{node.place, "a key must be plain text", {}};
    open_.push_back({std::move(node), std::nullopt, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }

  bool waits_for_key() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::map && !open_.back().key;
  }

  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (node.kind != YamlNode::Kind::scalar) throw Refused{node.place, "a key must be plain text", {}};
      parent.key = NodeKey{std::move(node.text), node.place};
    } else {
      place_value(parent, std::move(node));
    }
  }

  void place_value(Open& parent, YamlNode node) {
    NodeKey key = std::exchange(parent.key, std::nullopt).value_or(NodeKey{});
    const auto [known, is_new] = parent.lines.try_emplace(key.text, key.place.line);
    if (!is_new) {
      problems_.add(key.place, fmt::format("duplicate key \"{}\"", key.text),
                    fmt::format("it stands on line {} already; remove one of them", known->second));
      return;
    }
    parent.node.keys.push_back(std::move(key));
    parent.node.items.push_back(std::move(node));
  }

  Problems& problems_;
  TreeBounds bounds_;
  int file_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

bool has_bounded_plain_text(std::string_view text, Problems& problems, const TreeBounds& bounds, int file) {
  const Place whole{.line = 0, .column = 0, .argument = -1, .file = file};
  if (text.size() > bounds.bytes) {
    problems.add(whole, fmt::format("the file is larger than {} bytes", bounds.bytes),
                 "no gate needs as much: is this the file?");
    return false;
  }
  const auto bad = first_bad_text(text);
  if (!bad) return true;
  const auto before = text.substr(0, *bad);
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  problems.add(
      {.line = static_cast<int>(line), .column = static_cast<int>(*bad - start) + 1, .argument = -1, .file = file},
      fmt::format("byte 0x{:02x} is not text", static_cast<unsigned char>(text[*bad])),
      "save the file as UTF-8 without byte order mark and control characters");
  return false;
}

/// The most common reason, which no editor shows.
std::string tab_hint(std::string_view text, const Place& place) {
  for (int line = 1; line < place.line; ++line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  const std::string_view indent = text.substr(0, text.find_first_not_of(" \t"));
  return indent.find('\t') == std::string_view::npos ? "" : "this line is indented by a tab; YAML wants spaces";
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto hit = std::ranges::find(keys, key, &NodeKey::text);
  return hit == keys.end() ? nullptr : &items[static_cast<std::size_t>(hit - keys.begin())];
}

YamlNode* YamlNode::find(std::string_view key) {
  return const_cast<YamlNode*>(std::as_const(*this).find(key));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void YamlNode::erase(std::string_view key) {
  const auto hit = std::ranges::find(keys, key, &NodeKey::text);
  if (hit == keys.end()) return;
  items.erase(items.begin() + (hit - keys.begin()));
  keys.erase(hit);
}

std::optional<YamlNode> parse_yaml(std::string_view text, Problems& problems, const TreeBounds& bounds, int file) {
  if (!has_bounded_plain_text(text, problems, bounds, file)) return std::nullopt;
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder(text, problems, bounds, file);
    while (parser.HandleNextDocument(builder)) {
    }
    auto root = builder.take_root();
    if (!root) {
      problems.add({.line = 0, .column = 0, .argument = -1, .file = file}, "the file is empty",
                   "a gate file begins with \"version: 1\"");
    }
    return root;
  } catch (const Refused& refused) {
    problems.add(refused.place, refused.what, refused.hint);
  } catch (const YAML::Exception& error) {
    const Place place = place_of(error.mark, file);
    problems.add(place, fmt::format("this is not YAML: {}", error.msg), tab_hint(text, place));
  }
  return std::nullopt;
}

}  // namespace modelgate
