// Compiled once per instruction set (cmake/TripartiteSimd.cmake). Methods that choose their steps, each lane its own.
#include "host/synapse/cpu_pack.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/rosenbrock.hpp"
#include "tripartite/synapse/linearised.hpp"
#include "tripartite/synapse/signal_inputs.hpp"

namespace tripartite::synapse::cpu::TRIPARTITE_ISA {
namespace {

/// The right-hand side as one function that is called: a step needs it seven times, and would be seven times as long.
template <class Real>
struct CompactModel : TripartiteSynapse<Pack<Real>> {
  __attribute__((noinline)) void rates(const Pack<Real> (&y)[state_count], const Input<Pack<Real>>& in,
                                       Pack<Real> (&gain)[state_count], Pack<Real> (&loss)[state_count]) const {
    TripartiteSynapse<Pack<Real>>::rates(y, in, gain, loss);
  }
};

template <template <class, int> class Method, class Real, class Model>
TRIPARTITE_INLINE void advance_pack(TileRun<Real>& run, const Model& model, std::int64_t at,
                                    const SpikeSource::Arrival*& arrival, const SpikeSource::Arrival* end) {
  Pack<Real> y[state_count];
  load_states(run, at, y);
  Pack<Real> h(wide::load(run.step_size + at));
  SignalInputs<Pack<Real>, Real> inputs{run.rate_mean, run.rate_sine,       run.rate_cosine, run.rate_half_turns,
                                        run.bias_mean, Pack<Real>(Real(1)), Real(0)};
  if (run.rate_factor != nullptr) inputs.factor = Pack<Real>(wide::load(run.rate_factor + at));
  const integrate::Tolerance<Real> tolerance{run.relative, run.absolute};

  const SpikeSource::Arrival* next[lanes<Real>];
  const SpikeSource::Arrival* stop[lanes<Real>];
  for (int lane = 0; lane < lanes<Real>; ++lane) {
    next[lane] = arrival;
    while (arrival != end && std::int64_t(arrival->synapse) == at + lane) ++arrival;
    stop[lane] = arrival;
  }
  // From one arrival in some synapse to the next: all lanes of a pack stop there, so that all are at one time.
  int step = 0;
  while (step < run.steps) {
    int until = run.steps;
    for (int lane = 0; lane < lanes<Real>; ++lane)
      if (next[lane] != stop[lane] && next[lane]->step + 1 < until) until = next[lane]->step + 1;
    if (until > step) {
      inputs.begin = Real(step) * run.dt;
      const double began = double(step) * double(run.dt);
      const auto on_crossing = [&](wide::PackMask<Real> here, Pack<Real> t) {
        for (int lane = 0; lane < lanes<Real>; ++lane)
          if (here.bits[lane] != 0 && run.crossings < run.capacity)
            run.crossing[run.crossings++] = {began + double(t.value[lane]), at + lane};
      };
      if (!integrate::advance_adaptive<Method>(model, inputs, y, Pack<Real>(Real(until - step) * run.dt), h, tolerance,
                                               on_crossing)) {
        run.is_stuck = true;
        watch(run, at, y);
        if (run.fault.synapse < 0) run.fault = {at, Model::watched};
        break;
      }
      step = until;
    }
    for (bool again = true; again;) {
      again = false;
      wide::PackMask<Real> here{};
      for (int lane = 0; lane < lanes<Real>; ++lane)
        if (next[lane] != stop[lane] && next[lane]->step + 1 == step) {
          here.bits[lane] = -1;
          ++next[lane];
          again = true;
        }
      if (again) model.spike(y, here);
    }
  }
  watch(run, at, y);
  store_states(run, at, y);
  wide::store(run.step_size + at, h.value);
}

template <template <class, int> class Method, class Real>
void advance(TileRun<Real>& run) {
  const SpikeSource::Arrival* arrival = run.arrival;
  const SpikeSource::Arrival* end = run.arrival + run.arrivals;
  for (std::int64_t at = run.first; at < run.last && !run.is_stuck; at += lanes<Real>)
    advance_pack<Method>(run, CompactModel<Real>{own_model(run, at)}, at, arrival, end);
}

template <class Real>
void adaptive(TileRun<Real>& run) {
  if (run.solver == Solver::rosenbrock)
    advance<integrate::Rosenbrock>(run);
  else
    advance<integrate::DormandPrince>(run);
}

}  // namespace

void (*adaptive_kernel(float))(TileRun<float>&) { return adaptive<float>; }
void (*adaptive_kernel(double))(TileRun<double>&) { return adaptive<double>; }

}  // namespace tripartite::synapse::cpu::TRIPARTITE_ISA
