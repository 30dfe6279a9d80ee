#include "host/report/envelope.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tripartite::report {

Envelope::Envelope(std::size_t points, std::size_t buckets)
    : points_(points), buckets_(points > 2 * buckets ? std::max<std::size_t>(1, buckets) : 0) {}

double Envelope::per_bucket() const { return thins() ? double(points_) / double(buckets_) : 1; }

std::vector<double> Envelope::places(std::span<const double> x) const {
  if (!thins()) return {x.begin(), x.end()};
  std::vector<double> places;
  for (std::size_t b = 0; b < buckets_; ++b) {
    const double first = x[begin_of(b)], last = x[begin_of(b + 1) - 1];
    places.push_back(first + 0.25 * (last - first));
    places.push_back(first + 0.75 * (last - first));
  }
  return places;
}

std::vector<double> Envelope::values(std::span<const double> y) const {
  if (!thins()) return {y.begin(), y.end()};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> values;
  for (std::size_t b = 0; b < buckets_; ++b) {
    std::size_t least = points_, largest = points_;
    for (std::size_t i = begin_of(b); i < begin_of(b + 1); ++i) {
      if (!std::isfinite(y[i])) continue;
      if (least == points_ || y[i] < y[least]) least = i;
      if (largest == points_ || y[i] > y[largest]) largest = i;
    }
    values.push_back(least == points_ ? nan : y[std::min(least, largest)]);
    values.push_back(least == points_ ? nan : y[std::max(least, largest)]);
  }
  return values;
}

}  // namespace tripartite::report
