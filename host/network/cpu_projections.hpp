#pragma once

#include <cstddef>
#include <vector>

#include "host/network/check.hpp"
#include "host/network/cpu_base.hpp"
#include "host/network/segmented_sum.hpp"

namespace tripartite {

/// Evaluates the projections of a network on the CPU.
template <class Real>
class CpuProjections {
 public:
  CpuProjections(const NetworkSetup& setup, std::vector<CpuPopulation<Real>>& populations, int threads);

  /// What inputs read of states changes now: takes copies of states that are gathered, adds up states and pairs.
  /// `state(population, state)` is the array to read. Inputs of `clock` alone, with StageClock::one all.
  template <class StateOf>
  void look_at_states(StageClock clock, const StateOf& state) {
    for (Joint& joint : joints_) {
      if (joint.is_output || !is_of(joint, clock)) continue;
      const Real* values = state(joint.source, joint.place);
      if (joint.kind == ProjectionKind::gather || joint.kind == ProjectionKind::pair)
        seen_[joint.seen].assign(values, values + populations_[joint.source].size);
      else
        add_up(joint, values);
    }
    for (Joint& joint : joints_)
      if (joint.kind == ProjectionKind::pair && is_of(joint, clock)) exchange(joint);
  }
  /// Adds up the outputs that `source` has computed.
  void add_outputs(std::size_t source, StageClock clock);
  /// Completes the summed inputs of a population before it advances.
  void complete(std::size_t target, StageClock clock, double time);

  /// Points the ports of a population to what its projections see, and its outputs to arrays that are added up.
  void connect(std::size_t population, Elements<Real>& elements);
  /// The array that an output is written to; null if nobody adds it up.
  Real* output(std::size_t population, std::size_t place);

  /// Populations in an order in which those whose outputs are added up come before their targets. Throws ConfigError
  /// where there is none.
  const std::vector<std::size_t>& order() const { return order_; }

 private:
  struct Joint {
    ProjectionKind kind;
    std::size_t source, target, input;
    bool is_output;
    std::size_t place;  // state or output of the source
    Clock clock;        // of the input
    std::vector<Real> weight;
    SegmentedSum onto;
    Neighbours neighbours;
    std::vector<double> sums;  // [target]
    std::size_t seen = 0;      // number of the copy
  };

  static bool is_of(const Joint& joint, StageClock clock) {
    return clock == StageClock::one || (joint.clock == Clock::slow) == (clock == StageClock::slow);
  }
  void add_up(Joint& joint, const Real* values);
  void exchange(Joint& joint);
  void sort_populations();

  std::vector<CpuPopulation<Real>>& populations_;
  int threads_;
  std::vector<Joint> joints_;
  std::vector<AlignedVector<Real>> seen_;
  std::vector<std::vector<AlignedVector<Real>>> outputs_;  // [populations][outputs], empty where nobody adds it up
  std::vector<std::size_t> order_;
};

}  // namespace tripartite
