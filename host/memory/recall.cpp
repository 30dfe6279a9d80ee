#include "tripartite/memory/recall.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include "host/run/course.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::memory {
namespace {

/// Bytes of state that a batch of cues may have: enough to keep a device busy, little beside its memory.
constexpr double batch_bytes = double(std::size_t(1) << 30);
constexpr int most_cues = 64;

template <class Real>
int cues_at_a_time(const MemorySetup& setup, std::size_t memories) {
  const double n = setup.patterns.neurons();
  const double of_one = (setup.parameters.solver == Solver::adaptive ? 4 : 2) * n * n * sizeof(Real);
  const int affordable = int(std::clamp(batch_bytes / of_one, 1.0, double(most_cues)));
  return int(std::min<std::size_t>(std::size_t(affordable), memories));
}

/// Cues that are recalled side by side, as a course of steps of their solver: those of `adaptive` end at times of their
/// own.
template <class Real>
class Batch final : run::Course, run::Visitor {
 public:
  Batch(MemoryEngine<Real>& engine, const MemorySetup& setup, std::span<const std::int64_t> memories,
        const RecallOptions& options)
      : engine_(engine), setup_(setup), options_(options), results_(memories.size()) {
    std::vector<Real> states;
    for (std::size_t i = 0; i < memories.size(); ++i) {
      Recalled& result = results_[i];
      result.pattern = memories[i];
      result.cue = corrupted(setup.patterns, memories[i], options.corruption, options.level, options.seed);
      result.wrong_before = wrong_signs(setup.patterns, memories[i], result.cue);
      states.insert(states.end(), result.cue.begin(), result.cue.end());
    }
    // A batch that is not full repeats its last cue.
    const std::size_t n = std::size_t(setup.patterns.neurons());
    while (states.size() < n * std::size_t(setup.cues))
      states.insert(states.end(), results_.back().cue.begin(), results_.back().cue.end());
    engine_.stop_when(options.stop);
    engine_.start(states, options.regime);
  }

  void run(const std::function<void(double)>& progress) {
    const std::int64_t frame_steps = has_frames() ? options_.record_every : options_.steps;
    run::run(*this, {.steps = options_.steps, .frame_steps = frame_steps},
             {.progress = [&](double fraction) { progress(std::max(fraction, expected_fraction())); },
              .should_stop = options_.stop},
             *this);
    if (has_frames() && made_ % frame_steps != 0) record();  // where it ended
  }

  std::vector<Recalled> take() {
    const auto overlaps = engine_.overlaps();
    for (std::size_t i = 0; i < results_.size(); ++i) {
      Recalled& result = results_[i];
      const auto neurons = engine_.rows(Field::neuron, int(i), 0, 1);
      result.neurons.assign(neurons.begin(), neurons.end());
      result.wrong_after = wrong_signs(setup_.patterns, result.pattern, result.neurons);
      result.overlap = overlaps[i * std::size_t(setup_.patterns.count()) + std::size_t(result.pattern)];
      result.status = engine_.status(int(i));
    }
    return std::move(results_);
  }

 private:
  std::int64_t at() const override { return made_; }
  void advance(std::int64_t steps) override {
    engine_.advance(steps, 1e300);
    made_ += steps;
  }
  /// All cues have settled.
  bool is_over() const override {
    for (std::size_t i = 0; i < results_.size(); ++i)
      if (!engine_.status(int(i)).is_settled) return false;
    return true;
  }
  void stop_when(std::function<bool()> stop) override { engine_.stop_when(std::move(stop)); }
  void frame() override {
    if (has_frames()) record();
  }

  bool has_frames() const { return options_.record_every > 0; }

  /// Of the steps until all cues have settled, if their largest rate goes on to fall as fast as it did over the later
  /// half of the steps so far. Far fewer than options_.steps, as a rule.
  double expected_fraction() {
    const double limit = setup_.parameters.settled_rate;
    double rate = 0;
    for (std::size_t i = 0; i < results_.size(); ++i) rate = std::max(rate, engine_.status(int(i)).rate);
    if (limit <= 0 || !std::isfinite(rate) || rate <= 0) return 0;
    rates_.emplace_back(made_, std::log(rate));
    const auto then =
        std::find_if(rates_.begin(), rates_.end(), [&](const auto& old) { return 2 * old.first >= made_; });
    const double fell = then->second - std::log(rate), left = std::log(rate / limit);
    if (left <= 0) return 1;
    if (fell <= 0) return 0;
    return double(made_) / (double(made_) + left / fell * double(made_ - then->first));
  }

  void record() {
    const std::size_t count = std::size_t(setup_.patterns.count());
    const auto overlaps = engine_.overlaps();
    const auto energies = options_.with_energy ? engine_.energy() : std::vector<double>{};
    for (std::size_t i = 0; i < results_.size(); ++i) {
      Recalled& result = results_[i];
      result.times.push_back(engine_.status(int(i)).time);
      double best = 0;
      for (std::size_t mu = 0; mu < count; ++mu) {
        const double overlap = overlaps[i * count + mu];
        if (mu == std::size_t(result.pattern))
          result.overlaps.push_back(overlap);
        else
          best = std::max(best, std::abs(overlap));
      }
      result.best_others.push_back(best);
      if (options_.with_energy) result.energies.push_back(energies[i]);
    }
  }

  MemoryEngine<Real>& engine_;
  const MemorySetup& setup_;
  const RecallOptions& options_;
  std::vector<Recalled> results_;
  std::int64_t made_ = 0;                               // steps
  std::vector<std::pair<std::int64_t, double>> rates_;  // after so many steps, the logarithm of the cues' largest rate
};

template <class Real>
void recall_as(MemorySetup setup, std::span<const std::int64_t> memories, const RecallOptions& options,
               std::vector<Recalled>& results, const RecallProgress& progress) {
  setup.cues = cues_at_a_time<Real>(setup, memories.size());
  const auto engine = make_memory_engine<Real>(options.backend, setup, options.threads);
  if (options.prepared) options.prepared();
  for (std::size_t first = 0; first < memories.size(); first += std::size_t(setup.cues)) {
    const std::size_t size = std::min(std::size_t(setup.cues), memories.size() - first);
    if (auto before = options.kept ? options.kept(first) : std::vector<Recalled>(); before.size() == size) {
      std::move(before.begin(), before.end(), std::back_inserter(results));
      continue;
    }
    Batch<Real> batch(*engine, setup, memories.subspan(first, size), options);
    batch.run([&](double fraction) {
      const double done = (double(first) + fraction * double(size)) / double(memories.size());
      if (progress && !progress(done)) throw Cancelled("interrupted");
    });
    auto found = batch.take();
    if (options.keep) options.keep(first, found);
    std::move(found.begin(), found.end(), std::back_inserter(results));
  }
}

}  // namespace

std::vector<double> corrupted(const Patterns& patterns, std::int64_t pattern, Corruption corruption, double level,
                              std::uint64_t seed) {
  const int n = patterns.neurons();
  if (!(level >= 0) || (corruption != Corruption::noise && level > 1))
    throw ConfigError("corruption = " + std::to_string(level) + ": must be in [0, 1], of noise at least 0");
  std::vector<double> cue;
  cue.reserve(std::size_t(n));
  for (int i = 0; i < n; ++i) cue.push_back(patterns.sign(i, pattern));
  const auto count = std::ptrdiff_t(std::lround(std::min(level, 1.0) * n));
  // Streams above 2^63 keep clear of the patterns' own draws under the same seed.
  const random::Philox philox{seed};
  const std::uint64_t stream = (std::uint64_t(1) << 63) + std::uint64_t(pattern);
  switch (corruption) {
    case Corruption::flip: {
      std::vector<std::pair<double, int>> order;
      order.reserve(std::size_t(n));
      for (int i = 0; i < n; ++i) order.emplace_back(philox.uniform(std::uint64_t(i), stream), i);
      std::sort(order.begin(), order.end());
      for (std::ptrdiff_t i = 0; i < count; ++i) cue[std::size_t(order[std::size_t(i)].second)] *= -1;
      break;
    }
    case Corruption::occlude: std::fill(cue.end() - count, cue.end(), -1.0); break;
    case Corruption::noise:
      for (int i = 0; i < n; ++i) cue[std::size_t(i)] += level * philox.normal(std::uint64_t(i), stream);
      break;
  }
  return cue;
}

int wrong_signs(const Patterns& patterns, std::int64_t pattern, std::span<const double> neurons) {
  int wrong = 0;
  for (int i = 0; i < patterns.neurons(); ++i)
    if (!(neurons[std::size_t(i)] * patterns.sign(i, pattern) > 0)) ++wrong;
  return wrong;
}

void recall(const MemorySetup& setup, std::span<const std::int64_t> memories, const RecallOptions& options,
            std::vector<Recalled>& results, const RecallProgress& progress) {
  for (const std::int64_t memory : memories)
    if (memory < 0 || memory >= setup.patterns.count())
      throw ConfigError("recall of pattern " + std::to_string(memory) + ": there are " +
                        std::to_string(setup.patterns.count()));
  if (memories.empty()) return;
  if (options.precision == Precision::float64)
    recall_as<double>(setup, memories, options, results, progress);
  else
    recall_as<float>(setup, memories, options, results, progress);
}

}  // namespace tripartite::memory
