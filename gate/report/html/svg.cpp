// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/svg.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace modelgate {
namespace {

struct Colour {
  const char* name;  ///< class in the style sheet for dark pages
  const char* light;
  const char* dark;
};

/// By Ink. Candidate and production after Okabe and Ito (blue, orange), darkened or lightened until text of the colour
/// has a contrast of 4.5 with the paper.
constexpr std::array<Colour, 13> colours{{{"paper", "#ffffff", "#1c2026"},
                                          {"text", "#1c2128", "#e8eaed"},
                                          {"quiet", "#57606a", "#a9b1bb"},
                                          {"grid", "#dde2e8", "#3a414a"},
                                          {"candidate", "#0b5fbf", "#74b6ff"},
                                          {"production", "#ad5200", "#f2a65a"},
                                          {"limit", "#1c2128", "#e8eaed"},
                                          {"harm", "#fbe3e4", "#47242a"},
                                          {"passed", "#0d7350", "#4fcb9d"},
                                          {"warning", "#7438ab", "#c9a1ff"},
                                          {"waived", "#57606a", "#a9b1bb"},
                                          {"blocking", "#bd1628", "#ff828b"},
                                          {"shade", "#0b5fbf", "#74b6ff"}}};

const Colour& colour_of(Ink ink) { return colours.at(static_cast<std::size_t>(ink)); }

const char* anchor_of(Anchor anchor) {
  switch (anchor) {
    case Anchor::start: return "";
    case Anchor::middle: return "middle";
    case Anchor::end: return "end";
  }
  return "";
}

std::string dark_style() {
  std::string style = "@media (prefers-color-scheme: dark) {";
  for (const Colour& one : colours) {
    style += fmt::format(" .f-{0} {{ fill: {1} }} .s-{0} {{ stroke: {1} }}", one.name, one.dark);
  }
  return style + " }";
}

std::string filled(Ink ink) { return std::string("f-") + colour_of(ink).name; }
std::string stroked(Ink ink) { return std::string("s-") + colour_of(ink).name; }

std::string corners(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) {
    if (!text.empty()) text += ' ';
    text += coordinate(point.x) + "," + coordinate(point.y);
  }
  return text;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view title, std::string_view description)
    : width_(width), height_(height) {
  const std::string box = "0 0 " + coordinate(width) + " " + coordinate(height);
  markup_.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                       {"viewBox", box},
                       {"width", coordinate(width)},
                       {"height", coordinate(height)},
                       {"role", "img"},
                       {"aria-labelledby", "title description"},
                       {"font-family", "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"}});
  markup_.leaf("title", title, {{"id", "title"}});
  markup_.leaf("desc", description, {{"id", "description"}});
  markup_.open("style");
  markup_.raw(dark_style().c_str());
  markup_.close();
  rect({0, 0}, width, height, Ink::paper);
}

void Svg::line(Point from, Point to, Ink ink, double width, std::string_view dashes) {
  markup_.line();
  markup_.empty("line", {{"x1", coordinate(from.x)},
                         {"y1", coordinate(from.y)},
                         {"x2", coordinate(to.x)},
                         {"y2", coordinate(to.y)},
                         {"class", stroked(ink)},
                         {"stroke", colour_of(ink).light},
                         {"stroke-width", coordinate(width)},
                         {"stroke-dasharray", dashes}});
}

void Svg::polyline(const std::vector<Point>& points, Ink ink, double width, std::string_view dashes) {
  markup_.line();
  markup_.empty("polyline", {{"points", corners(points)},
                             {"fill", "none"},
                             {"class", stroked(ink)},
                             {"stroke", colour_of(ink).light},
                             {"stroke-width", coordinate(width)},
                             {"stroke-linejoin", "round"},
                             {"stroke-dasharray", dashes}});
}

void Svg::rect(Point at, double width, double height, Ink ink, double opacity) {
  markup_.line();
  markup_.empty("rect", {{"x", coordinate(at.x)},
                         {"y", coordinate(at.y)},
                         {"width", coordinate(width)},
                         {"height", coordinate(height)},
                         {"class", filled(ink)},
                         {"fill", colour_of(ink).light},
                         {"fill-opacity", opacity < 1.0 ? coordinate(opacity) : ""}});
}

void Svg::frame(Point at, double width, double height, Ink ink, double stroke) {
  markup_.line();
  markup_.empty("rect", {{"x", coordinate(at.x)},
                         {"y", coordinate(at.y)},
                         {"width", coordinate(width)},
                         {"height", coordinate(height)},
                         {"fill", "none"},
                         {"class", stroked(ink)},
                         {"stroke", colour_of(ink).light},
                         {"stroke-width", coordinate(stroke)}});
}

void Svg::circle(Point centre, double radius, Ink ink) {
  markup_.line();
  markup_.empty("circle", {{"cx", coordinate(centre.x)},
                           {"cy", coordinate(centre.y)},
                           {"r", coordinate(radius)},
                           {"class", filled(ink)},
                           {"fill", colour_of(ink).light}});
}

void Svg::polygon(const std::vector<Point>& points, Ink ink, bool hollow) {
  const Ink inside = hollow ? Ink::paper : ink;
  markup_.line();
  markup_.empty("polygon", {{"points", corners(points)},
                            {"class", filled(inside) + " " + stroked(ink)},
                            {"fill", colour_of(inside).light},
                            {"stroke", colour_of(ink).light},
                            {"stroke-width", "1.6"}});
}

void Svg::text(Point at, std::string_view text, TextStyle style) {
  markup_.line();
  markup_.leaf("text", text,
               {{"x", coordinate(at.x)},
                {"y", coordinate(at.y)},
                {"font-size", coordinate(style.size)},
                {"font-weight", style.bold ? "600" : ""},
                {"text-anchor", anchor_of(style.anchor)},
                {"class", filled(style.ink)},
                {"fill", colour_of(style.ink).light}});
}

void Svg::upwards(Point at, std::string_view text, TextStyle style) {
  markup_.line();
  markup_.leaf("text", text,
               {{"transform", "translate(" + coordinate(at.x) + " " + coordinate(at.y) + ") rotate(-90)"},
                {"font-size", coordinate(style.size)},
                {"text-anchor", "middle"},
                {"class", filled(style.ink)},
                {"fill", colour_of(style.ink).light}});
}

std::string Svg::take() {
  markup_.line();
  markup_.close();
  markup_.line();
  return markup_.take();
}

}  // namespace modelgate
