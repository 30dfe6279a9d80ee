#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "host/backend/require_memory.hpp"
#include "host/run/pieces.hpp"
#include "host/simulation/recall.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/hopfield.hpp"

namespace tripartite::simulation {
namespace {

using memory::CapacityCell;
using memory::Contender;

class Study {
 public:
  Study(const config::CapacityConfig& config, RunListener& listener) : config_(config), listener_(listener) {}

  /// `progress` is told the fraction of the cell that is done.
  CapacityCell ask(Contender contender, int neurons, std::int64_t load, std::uint64_t seed,
                   const std::function<void(double)>& progress) const {
    memory::MemorySetup setup;
    setup.patterns = memory::Patterns::random(neurons, load, seed);
    setup.parameters = config_.network.of(neurons);
    std::vector<std::int64_t> memories(std::size_t(std::min<std::int64_t>(config_.cues, load)));
    std::iota(memories.begin(), memories.end(), std::int64_t(0));
    CapacityCell cell{contender, neurons, load, seed, int(memories.size()), 0, 0};
    const std::vector<int> wrong = contender == Contender::astrocyte ? ask_astrocytes(setup, memories, seed, progress)
                                                                     : ask_hopfield(setup, memories, seed);
    for (const int count : wrong) {
      if (1 - 2.0 * count / neurons >= config_.overlap - 1e-12) ++cell.recalled;
      cell.wrong_fraction += double(count) / neurons / double(wrong.size());
    }
    return cell;
  }

 private:
  std::vector<int> ask_astrocytes(const memory::MemorySetup& setup, const std::vector<std::int64_t>& memories,
                                  std::uint64_t seed, const std::function<void(double)>& progress) const {
    memory::RecallOptions options;
    options.regime = config_.network.regime;
    options.corruption = config_.cue.corruption;
    options.level = config_.cue.level;
    options.seed = seed;
    options.steps = config_.steps;
    options.backend = resolve(config_.execution.backend);
    options.precision = config_.execution.precision;
    options.threads = config_.execution.threads;
    std::vector<memory::Recalled> cues;
    options.stop = [this] { return listener_.cancelled(); };
    memory::recall(setup, memories, options, cues, [&](double fraction) {
      progress(fraction);
      return !listener_.cancelled();
    });
    std::vector<int> wrong;
    wrong.reserve(cues.size());
    for (const auto& cue : cues) wrong.push_back(cue.wrong_after);
    return wrong;
  }

  std::vector<int> ask_hopfield(const memory::MemorySetup& setup, const std::vector<std::int64_t>& memories,
                                std::uint64_t seed) const {
    const memory::HopfieldNetwork network(setup.patterns, setup.parameters, [this] { return listener_.cancelled(); });
    std::vector<int> wrong;
    for (const std::int64_t mu : memories) {
      auto neurons = memory::corrupted(setup.patterns, mu, config_.cue.corruption, config_.cue.level, seed);
      network.advance(neurons, config_.steps, 1e300);
      wrong.push_back(memory::wrong_signs(setup.patterns, mu, neurons));
    }
    return wrong;
  }

  const config::CapacityConfig& config_;
  RunListener& listener_;
};

}  // namespace

config::CapacityConfig effective(config::CapacityConfig config) {
  config.execution.backend = resolve(config.execution.backend);
  return config;
}

void study_capacity(const config::CapacityConfig& config, RunListener& listener, const std::vector<CapacityCell>& done,
                    const std::function<void(const CapacityCell&)>& finished) {
  const Study study(config, listener);
  listener.prepared();
  // Work grows as K N^2 per cue of a network of astrocytes, beside which a Hopfield network costs nothing; networks of
  // tens of neurons take longer than that, about as if they had 60 more.
  double made = 0;
  const auto work = [&](int neurons, std::int64_t load) {
    return std::pow(neurons + 60.0, 2) * double(load) * double(std::min<std::int64_t>(config.cues, load));
  };
  // The load at which nothing is recalled any more grows about as N^3, from about N^3 / 150 (docs/memory.md) until the
  // first network tells.
  double asked_per_cube = 1.0 / 150;
  const auto left_after = [&](std::size_t size, std::int64_t beyond) {  // of this size, loads beyond; all larger sizes
    double left = 0;
    for (std::size_t i = size; i < config.neurons.size(); ++i)
      for (const std::int64_t load : config.patterns)
        if ((i > size || load > beyond) && double(load) <= asked_per_cube * std::pow(config.neurons[i], 3))
          left += work(config.neurons[i], load) * double(config.seeds.size());
    return left;
  };
  for (std::size_t size = 0; size < config.neurons.size(); ++size) {
    const int neurons = config.neurons[size];
    int empty[2] = {0, 0};  // loads in a row at which nothing was recalled
    for (const std::int64_t load : config.patterns) {
      const double left = left_after(size, load);
      for (const Contender contender : {Contender::astrocyte, Contender::hopfield}) {
        const bool is_counted = contender == Contender::astrocyte;
        if (empty[int(contender)] >= 2) continue;
        int recalled = 0;
        double here = is_counted ? work(neurons, load) * double(config.seeds.size()) : 0;  // of this load, not yet made
        for (const std::int64_t seed : config.seeds) {
          const double cost = is_counted ? work(neurons, load) : 0;
          const auto known = std::find_if(done.begin(), done.end(), [&](const CapacityCell& cell) {
            return cell.contender == contender && cell.neurons == neurons && cell.patterns == load &&
                   cell.seed == std::uint64_t(seed);
          });
          if (known != done.end()) {
            recalled += known->recalled;
            here -= cost;
            continue;
          }
          const auto progress = [&](double fraction) {
            // One name for all of it: the time left is told from the time since the name appeared.
            listener.progress("measuring capacity", (made + fraction * cost) / std::max(made + here + left, 1.0));
          };
          progress(0);
          if (listener.cancelled()) throw Cancelled("interrupted");
          const std::string key =
              fmt::format("{}: {} neurons, {} patterns, seed {}", memory::to_string(contender), neurons, load, seed);
          const CapacityCell cell = run::kept(listener.checkpoints(), key, [&] {
            return with_remedy("smaller networks (study.n) need less",
                               [&] { return study.ask(contender, neurons, load, std::uint64_t(seed), progress); });
          });
          recalled += cell.recalled;
          made += cost;
          here -= cost;
          finished(cell);
        }
        empty[int(contender)] = recalled == 0 ? empty[int(contender)] + 1 : 0;
        if (is_counted && empty[int(contender)] == 2) asked_per_cube = double(load) / std::pow(neurons, 3);
      }
    }
  }
}

}  // namespace tripartite::simulation
