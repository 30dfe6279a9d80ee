// Compiled once per instruction set (cmake/TripartiteSimd.cmake). Methods of fixed steps.
#include "host/synapse/cpu_pack.hpp"
#include "tripartite/integrate/fixed_steps.hpp"

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

template <class Method, class Real, class Model>
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
  for (int step = 0; step < run.steps; ++step) {
    const Pack<Real> before = y[Model::watched];
    for (int part = 0; part < run.substeps; ++part) {
      Method::step(model, y, run.dt, inputs);
      inputs.rate += 2;
      inputs.bias += 2;
    }
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
    const auto crossed = both(before <= threshold, y[Model::watched] > threshold);
    if (any(crossed)) {
      model.crossed(y, crossed);
      note_crossings(run, at, crossed, double(step + 1));
    }
  }
  watch(run, at, y);
  store_states(run, at, y);
}

template <class Method, class Real>
void advance(TileRun<Real>& run) {
  const SpikeSource::Arrival* arrival = run.arrival;
  const SpikeSource::Arrival* end = run.arrival + run.arrivals;
  if (run.any_varied) {
    for (std::int64_t at = run.first; at < run.last; at += lanes<Real>)
      advance_pack<Method>(run, own_model(run, at), at, arrival, end);
  } else {
    const TripartiteSynapse<Real> model{run.shared, run.options};
    for (std::int64_t at = run.first; at < run.last; at += lanes<Real>)
      advance_pack<Method>(run, model, at, arrival, end);
  }
}

template <class Real>
void fixed(TileRun<Real>& run) {
  switch (run.solver) {
    case Solver::euler: return advance<integrate::Euler>(run);
    case Solver::rk4: return advance<integrate::RungeKutta4>(run);
    default: return advance<integrate::ExponentialEuler>(run);
  }
}

}  // namespace

void (*fixed_kernel(float))(TileRun<float>&) { return fixed<float>; }
void (*fixed_kernel(double))(TileRun<double>&) { return fixed<double>; }

}  // namespace tripartite::synapse::cpu::TRIPARTITE_ISA
