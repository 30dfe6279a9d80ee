#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tripartite/network/spikes.hpp"

namespace tripartite {

/// What arrives at some elements of a population, window by window. Poisson spikes are drawn from the beginning of a
/// stretch of steps: windows shorter than that share what was drawn for one.
class TileArrivals {
 public:
  static constexpr std::uint64_t most_elements = 1 << 16;

  /// Appends to `arrivals` what SpikeSource::collect does; last - first <= most_elements. An object serves the same
  /// elements at every call.
  void collect(const std::shared_ptr<const SpikeSource>& source, std::uint64_t first, std::uint64_t last,
               std::int64_t begin, int steps, std::vector<Arrival>& arrivals);

 private:
  struct Kept {
    std::uint16_t element;  // from `first` on
    std::uint16_t step;     // of the stretch
  };
  std::shared_ptr<const SpikeSource> source_;
  std::int64_t begin_ = -1;    // of the stretch
  std::vector<Kept> kept_;     // by element, then step
  std::vector<float> weight_;  // of each; empty if all are 1
};

}  // namespace tripartite
