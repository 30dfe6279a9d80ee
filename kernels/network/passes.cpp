#include "kernels/network/passes.hpp"

namespace tripartite::network::cuda {
namespace {

/// The stages of a step of `dt` [s] by an explicit method of several stages; empty for a method of one.
template <class Real>
std::vector<integrate::Stage<Real>> stages_of(integrate::Method method, Real dt) {
  std::vector<integrate::Stage<Real>> stages;
  integrate::with_fixed_method(method, [&](auto chosen) {
    using Chosen = decltype(chosen);
    if constexpr (Chosen::stages > 1)
      for (int s = 0; s < Chosen::stages; ++s) {
        integrate::Stage<Real> stage;
        stage.is_first = s == 0;
        stage.is_last = s + 1 == Chosen::stages;
        stage.weight = Real(Chosen::weight(s));
        stage.ahead = Real(Chosen::ahead(s)) * dt;
        stage.final = dt / Real(Chosen::divisor);
        stage.half = Chosen::half(s);
        stages.push_back(stage);
      }
  });
  return stages;
}

}  // namespace

template <class Real>
std::vector<Pass<Real>> passes_of(const NetworkSetup& setup) {
  const bool is_staged = setup.coupling == Coupling::staged;
  std::vector<Pass<Real>> passes;
  Pass<Real> pass;
  pass.clock = setup.slow_every > 1 ? StageClock::fast : StageClock::one;
  pass.dt = Real(setup.dt / setup.substeps);
  const std::vector<integrate::Stage<Real>> stages =
      is_staged ? stages_of(setup.method, pass.dt) : std::vector<integrate::Stage<Real>>();
  const int parts = is_staged ? setup.substeps : 1;
  for (int part = 0; part < parts; ++part) {
    pass.ends_step = part + 1 == parts;
    pass.is_whole = stages.empty();
    pass.substeps = is_staged ? 1 : setup.substeps;
    pass.common_at = 2 * part;
    if (stages.empty()) {
      pass.begins_step = part == 0;
      passes.push_back(pass);
    }
    for (const integrate::Stage<Real>& stage : stages) {
      pass.stage = stage;
      pass.begins_step = part == 0 && stage.is_first;
      pass.common_at = 2 * part + stage.half;
      passes.push_back(pass);
    }
  }
  if (setup.slow_every == 1) return passes;
  Pass<Real> slow;
  slow.clock = StageClock::slow;
  slow.dt = Real(setup.dt * setup.slow_every);
  for (const integrate::Stage<Real>& stage : stages_of(integrate::Method::rk4, slow.dt)) {
    slow.stage = stage;
    slow.couples = is_staged || stage.is_first;
    slow.begins_step = stage.is_first;
    slow.common_at = stage.half * setup.slow_every * setup.substeps;
    passes.push_back(slow);
  }
  return passes;
}

template std::vector<Pass<float>> passes_of(const NetworkSetup&);
template std::vector<Pass<double>> passes_of(const NetworkSetup&);

}  // namespace tripartite::network::cuda
