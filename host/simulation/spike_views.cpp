#include "host/simulation/spike_views.hpp"

#include <utility>

namespace tripartite::simulation {
namespace {

class FinerSteps final : public SpikeSource {
 public:
  FinerSteps(std::shared_ptr<const SpikeSource> spikes, int parts) : spikes_(std::move(spikes)), parts_(parts) {}

  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override {
    // What acts at the end of step k of the source acts at the end of the last of its parts.
    const std::int64_t from = begin / parts_, to = (begin + steps) / parts_;
    if (from == to) return;
    const std::size_t before = arrivals.size();
    spikes_->collect(first, last, from, int(to - from), arrivals);
    for (std::size_t i = before; i < arrivals.size(); ++i)
      arrivals[i].step = std::int32_t((from + arrivals[i].step + 1) * parts_ - 1 - begin);
  }
  double dt() const override { return spikes_->dt() / parts_; }

 private:
  std::shared_ptr<const SpikeSource> spikes_;
  int parts_;
};

class Part final : public SpikeSource {
 public:
  Part(std::shared_ptr<const SpikeSource> spikes, std::uint64_t first) : spikes_(std::move(spikes)), first_(first) {}

  void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
               std::vector<Arrival>& arrivals) const override {
    const std::size_t before = arrivals.size();
    spikes_->collect(first_ + first, first_ + last, begin, steps, arrivals);
    for (std::size_t i = before; i < arrivals.size(); ++i) arrivals[i].element -= first_;
  }
  double dt() const override { return spikes_->dt(); }

 private:
  std::shared_ptr<const SpikeSource> spikes_;
  std::uint64_t first_;
};

}  // namespace

std::shared_ptr<const SpikeSource> at_finer_steps(std::shared_ptr<const SpikeSource> spikes, int parts) {
  if (parts == 1) return spikes;
  return std::make_shared<FinerSteps>(std::move(spikes), parts);
}

std::shared_ptr<const SpikeSource> from_element(std::shared_ptr<const SpikeSource> spikes, std::uint64_t first) {
  if (first == 0 || spikes == nullptr) return spikes;
  return std::make_shared<Part>(std::move(spikes), first);
}

}  // namespace tripartite::simulation
