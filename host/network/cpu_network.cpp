#include "host/network/cpu_circuit.hpp"

namespace tripartite::network {
namespace {

template <class Real>
std::vector<cpu::Stage<Real>> stages_of(synapse::Solver solver, Real dt) {
  switch (solver) {
    case synapse::Solver::rk4:
      return {{false, true, false, Real(1), dt / 2, 0},
              {false, false, false, Real(2), dt / 2, 0},
              {false, false, false, Real(2), dt, 0},
              {false, false, true, Real(1), 0, dt / 6}};
    case synapse::Solver::euler: return {{false, true, true, Real(1), 0, dt}};
    default: return {{true, true, true, 0, 0, 0}};
  }
}

/// Steps of dt, at whose ends events act.
template <class Real>
class CpuNetwork final : public CpuCircuit<Real> {
 public:
  explicit CpuNetwork(NetworkSetup setup)
      : CpuCircuit<Real>(std::move(setup)),
        substep_(Real(this->setup_.dt / this->setup_.substeps)),
        stages_(stages_of(this->setup_.solver, substep_)) {
    if (stages_.size() > 1) sum_.assign(this->y_.size(), Real(0));
  }

  void advance(int steps, const Stimulus& stimulus) override {
    const Real* calcium = this->y_.data() + this->synapse_[synapse::calcium].first;
    const Real* end = this->y_.data() + this->synapse_[synapse::calcium + 1].first;
    for (int step = 0; step < steps; ++step) {
      before_.assign(calcium, end);
      this->calcium_before_ = before_.data();
      for (int part = 0; part < this->setup_.substeps; ++part)
        for (std::size_t s = 0; s < stages_.size(); ++s)
          this->pass(stages_[s], substep_, sum_.data(),
                     (part == 0 && s == 0) || this->setup_.coupling == Coupling::staged,
                     part + 1 == this->setup_.substeps, stimulus);
      const double time = double(++this->steps_) * this->setup_.dt;
      this->note_releases(time);
      this->watch(time, false);
    }
  }

 private:
  Real substep_;
  std::vector<cpu::Stage<Real>> stages_;
  AlignedVector<Real> sum_, before_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network<Real>> make_fixed_cpu_network(NetworkSetup setup) {
  return std::make_unique<CpuNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network<float>> make_fixed_cpu_network(NetworkSetup);
template std::unique_ptr<Network<double>> make_fixed_cpu_network(NetworkSetup);

}  // namespace tripartite::network
