// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/call_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace modelgate {
namespace {

using Json = nlohmann::json;
using Read = std::expected<OutputTree, std::string>;

constexpr int deepest = 16;
constexpr std::size_t most_children = 1024;

std::unexpected<std::string> malformed() {
  return std::unexpected(std::string("the package describes its outputs in a way that this version does not read"));
}

/// The names of a container's parts; empty where it has none. Its context is JSON inside a JSON string.
std::vector<std::string> keys_of(const Json& context, std::size_t children) {
  std::vector<std::string> keys;
  if (!context.is_string()) return keys;
  const Json names = Json::parse(context.get_ref<const std::string&>(), nullptr, false);
  if (!names.is_array() || names.size() != children || children == 0) return keys;
  if (!std::ranges::all_of(names, [](const Json& name) { return name.is_string(); })) return keys;
  keys.reserve(children);
  for (const Json& name : names) keys.push_back(name.get<std::string>());
  return keys;
}

Read read_node(const Json& node, int depth) {
  if (depth > deepest || !node.is_object()) return malformed();
  const auto type = node.find("type");
  const auto context = node.find("context");
  const auto children = node.find("children_spec");
  if (type == node.end() || context == node.end() || children == node.end() || !children->is_array())
    return malformed();
  if (children->size() > most_children) return malformed();
  OutputTree tree;
  if (type->is_null()) return children->empty() ? Read(tree) : malformed();
  tree.children.reserve(children->size());
  for (const Json& child : *children) {
    Read read = read_node(child, depth + 1);
    if (!read) return read;
    tree.children.push_back(std::move(*read));
  }
  tree.kind = *type == "builtins.list" ? OutputTree::Kind::list : OutputTree::Kind::tuple;
  if (*type == "builtins.list" || *type == "builtins.tuple" || *type == "collections.namedtuple") return tree;
  tree.keys = keys_of(*context, tree.children.size());
  if (!tree.keys.empty()) tree.kind = OutputTree::Kind::dict;
  return tree;
}

}  // namespace

std::size_t count_tensors(const OutputTree& tree) {
  if (tree.kind == OutputTree::Kind::tensor) return 1;
  std::size_t count = 0;
  for (const OutputTree& child : tree.children) count += count_tensors(child);
  return count;
}

std::expected<OutputTree, std::string> read_output_tree(std::string_view json) {
  const Json spec = Json::parse(json, nullptr, false);
  constexpr int protocol = 1;
  if (!spec.is_array() || spec.size() != 2 || spec[0] != protocol) return malformed();
  return read_node(spec[1], 0);
}

}  // namespace modelgate
