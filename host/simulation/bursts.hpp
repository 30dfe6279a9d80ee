#pragma once

#include <cstddef>
#include <span>

namespace tripartite::simulation {

/// Bursts of a network: upward crossings by its mean rate of the middle between the lowest and the highest one.
struct Bursts {
  std::size_t count = 0;
  double first = 0, last = 0;  // [s]
  double median_interval = 0;  // [s] from one to the next; 0 with fewer than two
};

/// `rate` is at 0, `interval`, ... [s]. A rate that moves by less than `least` does not burst.
Bursts bursts_in(std::span<const double> rate, double interval, double least);

}  // namespace tripartite::simulation
