#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tripartite/network/spikes.hpp"

namespace tripartite {

/// What arrives at the elements of a population, step by step. Sources are asked for many steps at once, since Poisson
/// spikes are drawn from the beginning of such a stretch.
class StepArrivals {
 public:
  /// What arrives at elements [0, elements) at the end of `step` of the run, sorted by element; their own `step` is 0.
  std::span<const Arrival> at_end_of(std::int64_t step, const std::shared_ptr<const SpikeSource>& source,
                                     std::size_t elements, int threads);

 private:
  static constexpr int steps = SpikeSource::stretch_steps;
  void collect(std::size_t elements, int threads);

  std::shared_ptr<const SpikeSource> source_;
  std::int64_t begin_ = -1;        // step; a multiple of `steps`
  std::vector<Arrival> arrivals_;  // by step, then element
  std::vector<std::vector<Arrival>> parts_;
  std::array<std::size_t, steps + 1> first_{};  // of each step among them
};

}  // namespace tripartite
