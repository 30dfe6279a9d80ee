// Compiled once per instruction set (cmake/TripartiteSimd.cmake). Methods of fixed steps.
#include "host/synapse/cpu_pack.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/synapse/two_clocks.hpp"

namespace tripartite::synapse::cpu::TRIPARTITE_ISA {
namespace {

template <class Real>
struct TableInputs {
  const Real* rate;
  const Real* bias;
  Pack<Real> factor;
  TRIPARTITE_HD Input<Pack<Real>> operator()(int half) const {
    return {factor * Pack<Real>(rate[half]), Pack<Real>(bias[half]), Pack<Real>(Real(0))};
  }
};

/// All states take every step.
template <class Method, class Real>
struct OneClock {
  TRIPARTITE_HD OneClock(const TileRun<Real>&, std::int64_t) {}
  template <class Model>
  TRIPARTITE_HD bool step(const TileRun<Real>& run, const Model& model, Pack<Real> (&y)[state_count],
                          TableInputs<Real>& inputs) {
    for (int part = 0; part < run.substeps; ++part) {
      Method::step(model, y, run.dt, inputs);
      inputs.rate += 2;
      inputs.bias += 2;
    }
    return true;
  }
  TRIPARTITE_HD void store(const TileRun<Real>&, std::int64_t) const {}
};

/// Calcium and what goes with it take one step in the time of several.
template <class Method, class Real>
struct TwoClocks {
  int phase;
  Pack<Real> sum;
  TRIPARTITE_HD TwoClocks(const TileRun<Real>& run, std::int64_t at)
      : phase(run.phase), sum(wide::load(run.receptor_sum + at)) {}
  template <class Model>
  TRIPARTITE_HD bool step(const TileRun<Real>& run, const Model& model, Pack<Real> (&y)[state_count],
                          TableInputs<Real>& inputs) {
    for (int part = 0; part < run.substeps; ++part) {
      fast_step<Method>(model, y, run.dt, inputs, sum);
      inputs.rate += 2;
      inputs.bias += 2;
    }
    if (++phase < run.calcium_every) return false;
    slow_step(model, y, run.slow_dt, inputs(0), sum * (Real(1) / Real(phase * run.substeps)));
    phase = 0;
    sum = Pack<Real>(Real(0));
    return true;
  }
  TRIPARTITE_HD void store(const TileRun<Real>& run, std::int64_t at) const {
    wide::store(run.receptor_sum + at, sum.value);
  }
};

template <class Clock, class Real, class Model>
TRIPARTITE_INLINE void advance_pack(TileRun<Real>& run, const Model& model, std::int64_t at,
                                    const SpikeSource::Arrival*& arrival, const SpikeSource::Arrival* end) {
  Pack<Real> y[state_count];
  load_states(run, at, y);
  TableInputs<Real> inputs{
      run.rate, run.bias,
      run.rate_factor != nullptr ? Pack<Real>(wide::load(run.rate_factor + at)) : Pack<Real>(Real(1))};

  // The arrivals of this pack, one after the other in each synapse: where each lane stands.
  const SpikeSource::Arrival* next[lanes<Real>];
  const SpikeSource::Arrival* stop[lanes<Real>];
  int first_arrival = run.steps;
  for (int lane = 0; lane < lanes<Real>; ++lane) {
    next[lane] = arrival;
    while (arrival != end && std::int64_t(arrival->synapse) == at + lane) ++arrival;
    stop[lane] = arrival;
    if (next[lane] != stop[lane] && next[lane]->step < first_arrival) first_arrival = next[lane]->step;
  }

  const Pack<Real> threshold = model.template threshold<Pack<Real>>();
  Clock clock(run, at);
  for (int step = 0; step < run.steps; ++step) {
    const Pack<Real> before = y[Model::watched];
    const bool calcium_moved = clock.step(run, model, y, inputs);
    while (first_arrival == step) {
      wide::PackMask<Real> here{};
      first_arrival = run.steps;
      for (int lane = 0; lane < lanes<Real>; ++lane) {
        if (next[lane] == stop[lane]) continue;
        if (next[lane]->step == step) {
          here.bits[lane] = -1;
          ++next[lane];
        }
        if (next[lane] != stop[lane] && next[lane]->step < first_arrival) first_arrival = next[lane]->step;
      }
      model.spike(y, here);
    }
    if (!calcium_moved) continue;
    const auto crossed = both(before <= threshold, y[Model::watched] > threshold);
    if (any(crossed)) {
      model.crossed(y, crossed);
      note_crossings(run, at, crossed, double(step + 1));
    }
  }
  watch(run, at, y);
  store_states(run, at, y);
  clock.store(run, at);
}

template <class Clock, class Real>
void advance(TileRun<Real>& run) {
  const SpikeSource::Arrival* arrival = run.arrival;
  const SpikeSource::Arrival* end = run.arrival + run.arrivals;
  if (run.any_varied) {
    for (std::int64_t at = run.first; at < run.last; at += lanes<Real>)
      advance_pack<Clock>(run, own_model(run, at), at, arrival, end);
  } else {
    const TripartiteSynapse<Real> model{run.shared, run.options};
    for (std::int64_t at = run.first; at < run.last; at += lanes<Real>)
      advance_pack<Clock>(run, model, at, arrival, end);
  }
}

template <class Method, class Real>
void advance_on_clocks(TileRun<Real>& run) {
  if (run.calcium_every > 1)
    advance<TwoClocks<Method, Real>>(run);
  else
    advance<OneClock<Method, Real>>(run);
}

template <class Real>
void fixed(TileRun<Real>& run) {
  switch (run.solver) {
    case Solver::euler: return advance_on_clocks<integrate::Euler>(run);
    case Solver::rk4: return advance_on_clocks<integrate::RungeKutta4>(run);
    default: return advance_on_clocks<integrate::ExponentialEuler>(run);
  }
}

}  // namespace

void (*fixed_kernel(float))(TileRun<float>&) { return fixed<float>; }
void (*fixed_kernel(double))(TileRun<double>&) { return fixed<double>; }

}  // namespace tripartite::synapse::cpu::TRIPARTITE_ISA
