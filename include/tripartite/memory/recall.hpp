#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/memory/engine.hpp"

namespace tripartite::memory {

/// What a cue shows of a pattern. flip: round(level N) signs changed; occlude: the last round(level N) neurons at -1,
/// the lower part of an image in black; noise: normal deviates of standard deviation `level` added.
enum class Corruption { flip, occlude, noise };

/// The cue of one pattern, one state per neuron. The draw depends on seed and pattern alone. `level` in [0, 1], of
/// noise any number >= 0.
std::vector<double> corrupted(const Patterns& patterns, std::int64_t pattern, Corruption corruption, double level,
                              std::uint64_t seed);

/// Neurons whose sign is not that of the pattern.
int wrong_signs(const Patterns& patterns, std::int64_t pattern, std::span<const double> neurons);

/// The result of one cue.
struct Recalled {
  std::int64_t pattern = 0;
  std::vector<double> cue, neurons;  // x at the start and at the end
  int wrong_before = 0, wrong_after = 0;
  double overlap = 0;  // xi^T phi(x) / N with its own pattern, at the end
  CueStatus status;
  // Frames, with record_every > 0:
  std::vector<double> times, overlaps, best_others, energies;  // best_others: largest |overlap| with another pattern
};

struct RecallOptions {
  Regime regime = Regime::cold;
  Corruption corruption = Corruption::flip;
  double level = 0.1;
  std::uint64_t seed = 1;  // of the corruption
  std::int64_t steps = 1000;
  std::int64_t record_every = 0;  // steps between frames; 0: no frames
  bool with_energy = false;       // in the frames; needs an energy (why_no_energy)
  Backend backend = Backend::cpu;
  Precision precision = Precision::float32;
  int threads = 0;
  /// Called once there is memory for all, before the first step.
  std::function<void()> prepared;
  /// Where the results of cues that were recalled together are kept from one run to the next: `kept` has those that
  /// begin with cue `first`, or none; `keep` is given what was found.
  std::function<std::vector<Recalled>(std::size_t first)> kept;
  std::function<void(std::size_t first, std::span<const Recalled> results)> keep;
  /// Asked several times a second, from any thread, also within a step; true stops with Cancelled.
  std::function<bool()> stop;
};

/// Called with the fraction done, in [0, 1], several times a second; false stops with Cancelled.
using RecallProgress = std::function<bool(double fraction)>;

/// Recalls `memories` (indices of patterns), as many at a time as the device can share, and appends a result for each
/// to `results`. Ignores `setup.cues`. Throws what the engine throws, and Cancelled.
void recall(const MemorySetup& setup, std::span<const std::int64_t> memories, const RecallOptions& options,
            std::vector<Recalled>& results, const RecallProgress& progress = {});

}  // namespace tripartite::memory
