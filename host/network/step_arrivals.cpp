#include "host/network/step_arrivals.hpp"

#include <algorithm>

#include "host/linear_algebra/parallel.hpp"

namespace tripartite {

std::span<const Arrival> StepArrivals::at_end_of(std::int64_t step, const std::shared_ptr<const SpikeSource>& source,
                                                 std::size_t elements, int threads) {
  if (source == nullptr) return {};
  const std::int64_t begin = step / steps * steps;
  if (source_ != source || begin_ != begin) {
    source_ = source;
    begin_ = begin;
    collect(elements, threads);
  }
  const auto at = std::size_t(step - begin);
  return std::span(arrivals_).subspan(first_[at], first_[at + 1] - first_[at]);
}

void StepArrivals::collect(std::size_t elements, int threads) {
  constexpr std::size_t part = 8192;
  parts_.resize((elements + part - 1) / part);
  linear_algebra::run_parallel(
      int(parts_.size()),
      [&](int index, int) {
        std::vector<Arrival>& arrivals = parts_[std::size_t(index)];
        arrivals.clear();
        const std::size_t first = std::size_t(index) * part;
        source_->collect(first, std::min(first + part, elements), begin_, steps, arrivals);
      },
      threads);
  // By step: a counting sort, which keeps the order of elements.
  first_ = {};
  for (const auto& arrivals : parts_)
    for (const Arrival& arrival : arrivals) ++first_[std::size_t(arrival.step) + 1];
  for (std::size_t step = 0; step < steps; ++step) first_[step + 1] += first_[step];
  arrivals_.resize(first_[steps]);
  auto next = first_;
  for (const auto& arrivals : parts_)
    for (const Arrival& arrival : arrivals)
      arrivals_[next[std::size_t(arrival.step)]++] = {arrival.element, 0, arrival.weight};
}

}  // namespace tripartite
