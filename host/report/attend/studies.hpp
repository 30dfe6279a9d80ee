#pragma once

#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::report::attend {

/// The error of all heads as a function of a value: median and middle half of the heads at each value.
struct Curve {
  std::string name;
  std::vector<double> x, low, median, high;
};

/// Reads `x` [n] and `error` [n, heads] of a group.
Curve read_curve(const io::Hdf5File& file, const std::string& group, const std::string& name, const std::string& x);

}  // namespace tripartite::report::attend
