#include "host/report/axis.hpp"

#include <algorithm>
#include <charconv>
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

/// "2.5e-4": without the zeros and signs that tell nothing.
std::string with_exponent(double value) {
  if (value == 0) return "0";
  std::string words = fmt::format("{:.5e}", value);
  const std::size_t e = words.find('e');
  int exponent = 0;
  const char* const begin = words.data() + e + (words[e + 1] == '+' ? 2 : 1);
  std::from_chars(begin, words.data() + words.size(), exponent);
  words.resize(e);
  words.resize(words.find_last_not_of('0') + 1);
  if (words.back() == '.') words.pop_back();
  return exponent == 0 ? words : fmt::format("{}e{}", words, exponent);
}

/// [px] About how wide numbers are in the wider of the usual fonts.
double width_of(std::string_view number) {
  double width = 0;
  for (const char c : number) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80) continue;  // within a character
    width += c == '.' ? 4.5 : c == '-' ? 5 : static_cast<unsigned char>(c) >= 0x80 ? 6.5 : 9;
  }
  return width;
}

double widest_of(const std::vector<std::string>& numbers) {
  double widest = 0;
  for (const std::string& each : numbers) widest = std::max(widest, width_of(each));
  return widest;
}

// [px] From the axis y to its numbers, and from its label to them; how far left of the axis a label may stand.
constexpr double before_axis = 15, behind_label = 11, usual_label = 60, farthest_label = 80;
constexpr double widest_numbers = farthest_label - behind_label - before_axis;

/// Numbers that leave no room for the label are drawn smaller.
void note_numbers(Figure& figure, double width) {
  const bool is_wide = width > widest_numbers;
  figure.known().y_numbers = is_wide ? width * 12 / 14 : width;
  if (is_wide) figure.add("set ytics font 'sans-serif,12'");
}

}  // namespace

std::vector<std::string> axis_numbers(std::span<const double> marks) {
  std::vector<std::string> plain, scientific;
  bool is_long = false;
  for (const double mark : marks) {
    plain.push_back(fmt::format("{:.6g}", mark));
    scientific.push_back(with_exponent(mark));
    is_long |= plain.back().size() > 5;
  }
  return is_long && widest_of(scientific) < widest_of(plain) ? scientific : plain;
}

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

void set_linear_axis(Figure& figure, char axis, const Span& span, int marks, bool has_numbers) {
  known_axis(figure, axis).span = span;
  const double raw = span.length() / std::max(marks, 1);
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  double step = decade * 10;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * decade >= raw) step = factor * decade;
  std::vector<double> places;
  const double first = std::ceil(span.low / step - 1e-9);
  for (int i = 0; i <= 2 * marks && (first + i) * step <= span.high + 1e-9 * step; ++i)
    places.push_back((first + i) * step + 0.0);  // never "-0"
  const auto numbers = axis_numbers(places);
  std::string words;
  for (std::size_t i = 0; i < places.size(); ++i)
    words += fmt::format("{}{} {:.9g}", i > 0 ? ", " : "", figure.text(has_numbers ? numbers[i] : ""), places[i]);
  figure.add("set {0}range [{1:.9g}:{2:.9g}]; set {0}tics ({3})", axis, span.low, span.high, words);
  if (axis == 'y' && has_numbers) note_numbers(figure, widest_of(numbers));
}

void set_log_axis(Figure& figure, char axis, const Span& span, bool has_numbers) {
  known_axis(figure, axis).span = span;
  known_axis(figure, axis).is_log = true;
  const int first = static_cast<int>(std::ceil(std::log10(span.low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(span.high) + 1e-9));
  std::string marks;
  double widest = 0;
  const auto add = [&](double value, const std::string& words) {
    widest = std::max(widest, width_of(words));
    marks += fmt::format("{}{} {:.9g}", marks.empty() ? "" : ", ", figure.text(has_numbers ? words : ""), value);
  };
  const bool is_short = last - first < 2;  // powers of ten alone would give only one or two marks
  const int step = std::max(1, (last - first + 7) / 8);
  for (int exponent = first; exponent <= last; exponent += step) {
    const double value = std::pow(10.0, exponent);
    add(value, is_short ? fmt::format("{:g}", value) : power_of_ten(exponent));
  }
  if (is_short) {
    const auto between = [&](std::initializer_list<double> factors) {
      std::vector<double> values;
      for (int exponent = first - 1; exponent <= last; ++exponent)
        for (const double factor : factors)
          if (const double value = factor * std::pow(10.0, exponent); value >= span.low && value <= span.high)
            values.push_back(value);
      return values;
    };
    auto values = between({2, 5});
    if (values.size() + std::size_t(last - first + 1) < 3) values = between({1.5, 2, 3, 5, 7});
    for (const double value : values) add(value, fmt::format("{:g}", value));
  }
  figure.add("set logscale {0}; set {0}range [{1:.9g}:{2:.9g}]; set {0}tics ({3})", axis, span.low, span.high, marks);
  if (axis == 'y' && has_numbers) note_numbers(figure, widest);
}

void set_axis_label(Figure& figure, char axis, std::string_view words) {
  known_axis(figure, axis).label = words;
  if (axis == 'x') {
    figure.add("set xlabel {}", figure.symbols(words));
    return;
  }
  // At a place of its own: gnuplot moves it with the width of the numbers, so that labels of rows would not align. Only
  // numbers that would touch it move it.
  const Box& box = figure.known().box;
  const double left = std::clamp(before_axis + figure.known().y_numbers + behind_label, usual_label, farthest_label);
  figure.symbols_at(box.left - left, (box.top + box.bottom) / 2, words, "center rotate by 90");
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
