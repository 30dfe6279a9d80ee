#pragma once

#include <span>
#include <vector>

namespace tripartite::report {

/// Quartiles of the finite values; NaN if there are none.
struct Quartiles {
  double low, median, high;
};
Quartiles quartiles(std::span<const double> values);

/// The largest of the finite values, NaN if there are none.
double largest(std::span<const double> values);

/// Quartiles of each row of a matrix with `columns` columns.
std::vector<Quartiles> row_quartiles(std::span<const double> values, std::size_t columns);

}  // namespace tripartite::report
