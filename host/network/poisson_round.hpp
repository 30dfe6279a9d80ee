#pragma once

#include <cstdint>

#include "host/simd/dispatch.hpp"

namespace tripartite::network {

/// The next gap of many Poisson trains of constant rates, in one bin of time. All arrays have room up to a multiple of
/// `most_lanes` and 64-byte alignment.
struct PoissonRound {
  static constexpr int most_lanes = 32;
  /// The vectorised logarithm may differ from that of the C library in its last places, and with it the time of a
  /// spike. A time that near to the end of a step, in steps, is left to the scalar code, so that both put each spike
  /// into the same step. After 4096 gaps the difference is below 4096 * 4 * 2^-52 * 256 < 1e-9.
  static constexpr double doubt = 1e-6;
  static constexpr int most_rounds = 4096;

  std::uint64_t seed, index;    // of Philox's draw
  double bin_steps;             // at most 256
  const std::uint64_t* stream;  // [trains] of Philox
  const double* gap;            // [trains] mean time between spikes [steps]
  // Trains that have not reached the end of the bin, and when their last spike was, in steps of the bin.
  int count;
  const std::uint16_t* train;
  const double* at;
  // Those of them that have another spike before the end, and when it is: out.
  std::uint16_t* next_train;
  double* next_at;
  bool is_doubtful;  // out: a time is too near to the end of a step
};

/// Returns how many have another spike.
TRIPARTITE_FOR_EACH_INSTRUCTION_SET(int draw_gaps(PoissonRound& round);)

}  // namespace tripartite::network
