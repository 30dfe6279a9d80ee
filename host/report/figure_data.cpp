#include <cmath>
#include <nlohmann/json.hpp>

#include "host/report/page_script.hpp"

namespace tripartite::report {
namespace {

/// As a string of JSON within an element of HTML, which ends at "</script" whatever the string says.
std::string json_text(std::string_view text) {
  const std::string json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string safe;
  for (const char c : json) safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return safe;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : "null"; }

std::string list(std::span<const double> values) {
  std::string json = "[";
  for (const double value : values) json += (json.size() == 1 ? "" : ",") + number(value);
  return json + "]";
}

/// The list of what `each` makes of every element of `all`.
template <class All, class Each>
std::string list_of(const All& all, Each each) {
  std::string json = "[";
  for (const auto& one : all) json += (json.size() == 1 ? "" : ",") + each(one);
  return json + "]";
}

std::string axis(const AxisRange& range) {
  return fmt::format(R"({{"low":{},"high":{},"log":{},"label":{}}})", number(range.span.low), number(range.span.high),
                     range.is_log, json_text(range.label));
}

const char* shape_name(Shape shape) {
  switch (shape) {
    case Shape::line: return "line";
    case Shape::dashes: return "dashes";
    case Shape::points: return "points";
    case Shape::bars: return "bars";
    case Shape::band: return "band";
    case Shape::marks: return "marks";
  }
  return "";
}

std::string curve(const KnownCurve& known) {
  return fmt::format(R"({{"name":{},"ink":{},"column":{},"shape":"{}","x":{},"y":{}{}}})", json_text(known.name),
                     json_text(known.ink), json_text(known.column), shape_name(known.shape), known.x, list(known.y),
                     known.high.empty() ? "" : ",\"high\":" + list(known.high));
}

std::string map(const KnownMap& known) {
  return fmt::format(R"({{"column":{},"x":{},"y":{},"values":{}}})", json_text(known.column), list(known.x),
                     list(known.y), list(known.values));
}

std::string panel(const KnownPanel& known) {
  const double box[] = {known.box.left, known.box.top, known.box.right, known.box.bottom};
  return fmt::format(R"({{"box":{},"x":{},"y":{},"numbers":{},"curves":{},"maps":{}}})", list(box), axis(known.x),
                     axis(known.y), number(known.y_numbers), list_of(known.curves, curve), list_of(known.maps, map));
}

}  // namespace

std::string figure_data(const Figure& figure, std::string_view name, std::string_view title) {
  return fmt::format(
      "<script type=\"application/json\">{{\"name\":{},\"title\":{},\"columns\":{},\n\"panels\":{}}}</script>\n",
      json_text(name), json_text(title), list_of(figure.columns(), [](const auto& column) { return list(column); }),
      list_of(figure.panels(), panel));
}

}  // namespace tripartite::report
