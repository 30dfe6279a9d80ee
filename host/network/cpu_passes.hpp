#pragma once

#include <array>
#include <span>
#include <vector>

#include "host/network/cpu_base.hpp"
#include "host/network/cpu_projections.hpp"
#include "host/network/step_arrivals.hpp"

namespace tripartite {

/// Networks with projections: one stage of all populations, each with what it sees of the others.
template <class Real>
class CpuPasses : public CpuNetworkBase<Real> {
 protected:
  explicit CpuPasses(NetworkSetup setup);

  /// Whether a population takes part in passes of this clock.
  bool takes_part(std::size_t population, StageClock clock) const;

  /// One stage of the states of `clock` at time `t` [s]: from the states in `at` (all states, or null: the network's
  /// own), with sums of slopes in `slopes` (or null). `couples`: with a new look at projections. `before`: the watched
  /// states at the beginning of the step, one array per population, or empty.
  void pass(StageClock clock, const integrate::Stage<Real>& stage, Real dt, double t, Real* at, Real* slopes,
            bool couples, bool is_step_end, const std::vector<AlignedVector<Real>>& before);
  /// All stages of a step of `length` [s] from time `t` on, in which projections are held. Arguments as in `pass`.
  void pass_whole(Real dt, double t, double length, bool couples, bool is_step_end,
                  const std::vector<AlignedVector<Real>>& before);
  /// Events at time t of what crossed in the passes since the last call.
  void note_events(double t);
  /// Lets the spikes that arrive at the end of `step` act on the states, and on those in `at` (all states, or null) as
  /// well. What crosses its threshold by that is noted as in a pass.
  void take_spikes(std::int64_t step, Real* at);
  /// The first step in [step, end) at whose end spikes arrive; `end` if there is none.
  std::int64_t next_arrival(std::int64_t step, std::int64_t end);
  /// Throws NumericsError if a pass since the last call found a fault.
  void throw_faults(double t);

  CpuProjections<Real> projections_;

 private:
  using typename CpuNetworkBase<Real>::Worker;
  /// Projections are looked at again where a pass `couples`; `advance(p)` takes population p through it.
  template <class Advance>
  void in_order(StageClock clock, double t, const Real* states, bool couples, const Advance& advance);
  /// What the loops are told of a population, with its inputs connected; `times` are those of `common_`.
  Tile<Real> tile_of(std::size_t p, std::span<const double> times);
  StageWindow<Real> window_of(std::size_t p, bool is_step_end, const std::vector<AlignedVector<Real>>& before);
  void run(std::size_t p, const Tile<Real>& prototype, const StageWindow<Real>& run);
  void run_tile(Worker& worker, std::size_t p, const Tile<Real>& prototype, const StageWindow<Real>& run,
                std::size_t index, std::size_t total);
  std::span<const Arrival> arrivals(std::size_t p, std::int64_t step);
  void note_fault(Worker& worker, std::size_t p, const Tile<Real>& part);

  std::vector<std::vector<std::array<Real, 3>>> common_;  // [populations][inputs] at the times of the present pass
  std::vector<StepArrivals> arrivals_;                    // [populations]
  std::ptrdiff_t faulty_population_ = -1;
};

}  // namespace tripartite
