#include "host/network/cpu_circuit.hpp"

namespace tripartite::network {
namespace {

template <class Real>
std::vector<cpu::Stage<Real>> stages_of(synapse::Solver solver, cpu::Clock clock, Real dt) {
  switch (solver) {
    case synapse::Solver::rk4:
      return {{clock, false, true, false, Real(1), dt / 2, 0},
              {clock, false, false, false, Real(2), dt / 2, 0},
              {clock, false, false, false, Real(2), dt, 0},
              {clock, false, false, true, Real(1), 0, dt / 6}};
    case synapse::Solver::euler: return {{clock, false, true, true, Real(1), 0, dt}};
    default: return {{clock, true, true, true, 0, 0, 0}};
  }
}

/// Steps of dt, at whose ends events act.
template <class Real>
class CpuNetwork final : public CpuCircuit<Real> {
 public:
  explicit CpuNetwork(NetworkSetup setup)
      : CpuCircuit<Real>(std::move(setup)),
        substep_(Real(this->setup_.dt / this->setup_.substeps)),
        slow_step_(Real(this->setup_.dt * this->setup_.calcium_every)),
        stages_(stages_of(this->setup_.solver, has_two_clocks() ? cpu::Clock::fast : cpu::Clock::one, substep_)),
        slow_stages_(stages_of(synapse::Solver::rk4, cpu::Clock::slow, slow_step_)) {
    if (copies_of_states(this->setup_) > 1) sum_.assign(this->y_.size(), Real(0));
  }

  void advance(int steps, const Stimulus& stimulus) override {
    for (int step = 0; step < steps; ++step) {
      const bool calcium_moves = (this->steps_ + 1) % this->setup_.calcium_every == 0;
      // A step of a single stage has its beginning at hand.
      if (calcium_moves && (stages_.size() > 1 || has_two_clocks() || this->setup_.substeps > 1)) look_at_calcium();
      for (int part = 0; part < this->setup_.substeps; ++part)
        take_stages(stages_, substep_, part == 0, !has_two_clocks() && part + 1 == this->setup_.substeps, stimulus);
      if (has_two_clocks() && calcium_moves) take_stages(slow_stages_, slow_step_, true, true, stimulus);
      const double time = double(++this->steps_) * this->setup_.dt;
      this->note_releases(time);
      this->watch(time, false);
    }
  }

 private:
  bool has_two_clocks() const { return this->setup_.calcium_every > 1; }

  void look_at_calcium() {
    const Real* calcium = this->y_.data() + this->synapse_[synapse::calcium].first;
    const Real* end = this->y_.data() + this->synapse_[synapse::open].first;
    before_.assign(calcium, end);
    this->calcium_before_ = before_.data();
  }

  void take_stages(const std::vector<cpu::Stage<Real>>& stages, Real dt, bool begins, bool is_step_end,
                   const Stimulus& stimulus) {
    for (std::size_t s = 0; s < stages.size(); ++s)
      this->pass(stages[s], dt, sum_.data(), (begins && s == 0) || this->setup_.coupling == Coupling::staged,
                 is_step_end, stimulus);
  }

  Real substep_, slow_step_;
  std::vector<cpu::Stage<Real>> stages_, slow_stages_;
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
