#include "host/report/axis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tripartite::report {
namespace {

AxisRange& known_axis(Figure& figure, char axis) { return axis == 'x' ? figure.known().x : figure.known().y; }

/// 10 to an integer power as text: "10⁻³".
std::string power_of_ten(int exponent) {
  static constexpr std::string_view digits[] = {"\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",
                                                "\xE2\x81\xB4", "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7",
                                                "\xE2\x81\xB8", "\xE2\x81\xB9"};
  if (exponent == 0) return "1";
  if (exponent == 1) return "10";
  std::string words = "10";
  for (const char c : std::to_string(exponent)) words += c == '-' ? "\xE2\x81\xBB" : digits[c - '0'];
  return words;
}

}  // namespace

Span with_margins(Span span, double fraction) {
  if (span.is_empty()) return {0, 1};
  const double size = std::max({span.length(), 1e-12, 1e-3 * std::max(std::abs(span.low), std::abs(span.high))});
  return {span.low - fraction * size, span.high + fraction * size};
}

Span with_log_margins(Span span) {
  if (span.is_empty()) return {0.1, 1};
  const double widen = std::max(1.25, std::sqrt(std::max(1.0, 3.2 * span.low / span.high)));
  return {span.low / widen, span.high * widen};
}

void set_linear_axis(Figure& figure, char axis, const Span& span, int marks) {
  known_axis(figure, axis).span = span;
  const double raw = span.length() / std::max(marks, 1);
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  double step = decade * 10;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * decade >= raw) step = factor * decade;
  figure.add("set {0}range [{1:.9g}:{2:.9g}]; set {0}tics {3:.9g}", axis, span.low, span.high, step);
}

void set_log_axis(Figure& figure, char axis, const Span& span, bool has_numbers) {
  known_axis(figure, axis).span = span;
  known_axis(figure, axis).is_log = true;
  const int first = static_cast<int>(std::ceil(std::log10(span.low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(span.high) + 1e-9));
  std::string marks;
  const auto add = [&](double value, const std::string& words) {
    marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(has_numbers ? words : ""), value);
  };
  const bool is_short = last - first < 2;  // powers of ten alone would give only one or two marks
  const int step = std::max(1, (last - first + 7) / 8);
  for (int exponent = first; exponent <= last; exponent += step) {
    const double value = std::pow(10.0, exponent);
    add(value, is_short ? fmt::format("{:g}", value) : power_of_ten(exponent));
  }
  if (is_short)
    for (int exponent = first - 1; exponent <= last; ++exponent)
      for (const int factor : {2, 5})
        if (const double value = factor * std::pow(10.0, exponent); value >= span.low && value <= span.high)
          add(value, fmt::format("{:g}", value));
  figure.add("set logscale {0}; set {0}range [{1:.9g}:{2:.9g}]; set {0}tics ({3})", axis, span.low, span.high, marks);
}

void set_axis_label(Figure& figure, char axis, std::string_view words) {
  known_axis(figure, axis).label = words;
  if (axis == 'x') {
    figure.add("set xlabel {}", figure.symbols(words));
    return;
  }
  // At a place of its own: gnuplot moves it with the width of the numbers.
  const Box& box = figure.known().box;
  figure.symbols_at(box.left - 60, (box.top + box.bottom) / 2, words, "center rotate by 90");
}

std::vector<double> spread(std::span<const double> wanted, double distance, double top, double bottom) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return wanted[a] < wanted[b]; });
  std::vector<double> places(wanted.begin(), wanted.end());
  double above = top - distance;
  for (const auto i : order) above = places[i] = std::max(places[i], above + distance);
  double below = bottom + distance;
  for (auto i = order.rbegin(); i != order.rend(); ++i) below = places[*i] = std::min(places[*i], below - distance);
  return places;
}

double linear_pixel(double value, const Span& span, double first, double last) {
  return first + (value - span.low) / span.length() * (last - first);
}

double log_pixel(double value, const Span& span, double first, double last) {
  return first + std::log(value / span.low) / std::log(span.high / span.low) * (last - first);
}

}  // namespace tripartite::report
