#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// Slightly wider than the values, never of length 0.
Span with_margins(Span span, double fraction = 0.06);
/// Widened to at least half a decade, with a margin, for a logarithmic axis.
Span with_log_margins(Span span);

/// What stands beside the marks of an axis: in the fewest characters, all of them with an exponent or none.
std::vector<std::string> axis_numbers(std::span<const double> marks);

/// Sets the range of axis `x` or `y` of the current panel to `span`, with about `marks` round marks; without numbers if
/// another panel shows them.
void set_linear_axis(Figure& figure, char axis, const Span& span, int marks, bool has_numbers = true);
/// Sets a logarithmic range, with marks at powers of ten; without numbers if a panel below shows them.
void set_log_axis(Figure& figure, char axis, const Span& span, bool has_numbers = true);

/// Labels axis `x` or `y` of the current panel, whose range has been set.
void set_axis_label(Figure& figure, char axis, std::string_view words);

/// Positions for labels with preferred positions `wanted` [pixels from the top]: in the same order, at least `distance`
/// apart, as near as possible, within [top, bottom] if they fit.
std::vector<double> spread(std::span<const double> wanted, double distance, double top, double bottom);

/// Pixel of `value` on an axis that spans `span` between `first` and `last`.
double linear_pixel(double value, const Span& span, double first, double last);
double log_pixel(double value, const Span& span, double first, double last);

}  // namespace tripartite::report
