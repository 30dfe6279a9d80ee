#include "host/network/tile_arrivals.hpp"

#include <algorithm>

namespace tripartite {

void TileArrivals::collect(const std::shared_ptr<const SpikeSource>& source, std::uint64_t first, std::uint64_t last,
                           std::int64_t begin, int steps, std::vector<Arrival>& arrivals) {
  constexpr int stretch = SpikeSource::stretch_steps;
  const std::int64_t from = begin / stretch * stretch;
  // A window that has a stretch to itself, or a part of several, leaves nothing for another one.
  if (begin + steps > from + stretch || steps == stretch) return source->collect(first, last, begin, steps, arrivals);
  const std::size_t known = arrivals.size();
  if (source_ != source || begin_ != from) {
    source->collect(first, last, from, stretch, arrivals);
    kept_.clear();
    weight_.clear();
    const bool all_one = std::all_of(arrivals.begin() + std::ptrdiff_t(known), arrivals.end(),
                                     [](const Arrival& arrival) { return arrival.weight == 1; });
    for (std::size_t i = known; i < arrivals.size(); ++i) {
      kept_.push_back({std::uint16_t(arrivals[i].element - first), std::uint16_t(arrivals[i].step)});
      if (!all_one) weight_.push_back(arrivals[i].weight);
    }
    source_ = source;
    begin_ = from;
  }
  // No branch for what is in the window: it would be taken at random.
  arrivals.resize(known + kept_.size());
  std::size_t next = known;
  const auto offset = std::uint32_t(begin - from);
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const std::uint32_t step = kept_[i].step - offset;
    arrivals[next] = {first + kept_[i].element, std::int32_t(step), weight_.empty() ? 1.0F : weight_[i]};
    next += std::size_t(step < std::uint32_t(steps));
  }
  arrivals.resize(next);
}

}  // namespace tripartite
