#include "kernels/network/passes.hpp"

#include "host/network/stages.hpp"

namespace tripartite::network::cuda {

template <class Real>
std::vector<Pass<Real>> passes_of(const NetworkSetup& setup) {
  const bool is_staged = setup.coupling == Coupling::staged;
  std::vector<Pass<Real>> passes;
  Pass<Real> pass;
  pass.clock = setup.slow_every > 1 ? StageClock::fast : StageClock::one;
  pass.dt = Real(setup.dt / setup.substeps);
  std::vector<integrate::Stage<Real>> stages;
  if (is_staged) stages = stages_of(setup.method, pass.dt);
  if (stages.size() == 1) stages.clear();  // a whole substep
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
