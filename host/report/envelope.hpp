#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tripartite::report {

/// Thins curves that share their places on an axis to at most two points per bucket, the least and the largest value in
/// the order in which they occur: drawn with one bucket per pixel, the line covers what the whole curve covers. Every
/// k-th value instead would show a beat of the sampling with the curve. Curves of at most twice as many points as
/// `buckets` stay as they are.
class Envelope {
 public:
  Envelope(std::size_t points, std::size_t buckets);

  bool thins() const { return buckets_ > 0; }
  /// Samples per bucket.
  double per_bucket() const;

  /// The places of the points: a quarter and three quarters of the way through each bucket.
  std::vector<double> places(std::span<const double> x) const;
  /// The values there. Values that are not finite are skipped; a bucket without a finite one is a gap.
  std::vector<double> values(std::span<const double> y) const;

 private:
  std::size_t begin_of(std::size_t bucket) const { return bucket * points_ / buckets_; }

  std::size_t points_, buckets_;  // the latter 0: nothing is thinned
};

}  // namespace tripartite::report
