// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tinyxml2.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace modelgate {

/// Writes XML that is HTML5, too: every text and attribute is escaped, every element but a void one has its end tag.
class Markup {
 public:
  using Attribute = std::pair<const char*, std::string_view>;
  using Attributes = std::initializer_list<Attribute>;

  Markup() : printer_(nullptr, true) {}

  void doctype() { printer_.PushUnknown("DOCTYPE html"); }

  /// Opens an element; an attribute without a value is left out.
  void open(const char* name, Attributes attributes = {});
  void close();
  void text(std::string_view text);
  /// Style sheet text, unescaped: ours alone, never a value of the report.
  void raw(const char* text) { printer_.PushText(text, true); }
  /// An element with text alone; never written as an empty tag.
  void leaf(const char* name, std::string_view text, Attributes attributes = {});
  /// An element that has no content by its nature: img, meta, line.
  void empty(const char* name, Attributes attributes);
  /// A line break between elements, where white space has no meaning.
  void line() { printer_.PushText("\n"); }

  std::string take() const { return {printer_.CStr(), static_cast<std::size_t>(printer_.CStrSize()) - 1}; }

 private:
  tinyxml2::XMLPrinter printer_;
};

/// A coordinate with at most two decimals: "12.5".
std::string coordinate(double value);

}  // namespace modelgate
