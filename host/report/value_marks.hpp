#pragma once

#include <vector>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// The axis of values that a study went through: logarithmic if they span a decade, with marks at the values
/// themselves, as many as fit.
struct ValueAxis {
  bool is_log = false;
  Span span;
  double zero = 0;  // where 0 stands on a logarithmic axis: left of all other values

  double place(double value) const { return is_log && value <= 0 ? zero : value; }
};

ValueAxis value_axis(const std::vector<double>& values);

/// Sets axis x of the current panel, `width` pixels wide.
void set_value_axis(Figure& figure, const ValueAxis& axis, std::vector<double> values, double width);

}  // namespace tripartite::report
