// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/markup.hpp"

#include "gate/core/number_text.hpp"

namespace modelgate {

void Markup::open(const char* name, Attributes attributes) {
  printer_.OpenElement(name, true);
  for (const auto& [key, value] : attributes)
    if (!value.empty()) printer_.PushAttribute(key, std::string(value).c_str());
}

void Markup::close() { printer_.CloseElement(true); }

void Markup::text(std::string_view text) { printer_.PushText(std::string(text).c_str()); }

void Markup::leaf(const char* name, std::string_view content, Attributes attributes) {
  open(name, attributes);
  text(content);
  close();
}

void Markup::empty(const char* name, Attributes attributes) {
  open(name, attributes);
  close();
}

std::string coordinate(double value) {
  std::string text = fixed_text(value, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace modelgate
