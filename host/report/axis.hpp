#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// What an axis covers. Grows with what it has to show; values that are not finite do not count.
struct Span {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool is_empty() const { return !(low <= high); }
  double length() const { return high - low; }
  void include(double value);
  void include(std::span<const double> values);
  /// The same for a logarithmic axis: what is not positive does not count.
  void include_positive(double value);
};

/// A little wider than what it shows, never of length 0.
Span with_margins(Span span, double fraction = 0.06);
/// Widened to at least half a decade, with a margin, for a logarithmic axis.
Span with_log_margins(Span span);

/// Makes axis `x` or `y` of the present panel span `span`, with about `marks` round marks.
void set_linear_axis(Figure& figure, char axis, const Span& span, int marks);
/// The same, logarithmic, marked at powers of ten; without numbers where another panel below has them.
void set_log_axis(Figure& figure, char axis, const Span& span, bool has_numbers = true);

/// Places for labels that want to be at `wanted` pixels from above: in the same order, at least `distance` apart, as
/// near as that allows, within [top, bottom] if they fit.
std::vector<double> spread(std::span<const double> wanted, double distance, double top, double bottom);

/// Pixel of `value` on an axis that spans `span` between `first` and `last`.
double linear_pixel(double value, const Span& span, double first, double last);
double log_pixel(double value, const Span& span, double first, double last);

}  // namespace tripartite::report
