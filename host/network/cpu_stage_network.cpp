#include "host/network/cpu_passes.hpp"
#include "host/network/stages.hpp"

namespace tripartite {
namespace {

/// Steps of dt, at whose ends events act.
template <class Real>
class CpuStageNetwork final : public CpuPasses<Real> {
 public:
  explicit CpuStageNetwork(NetworkSetup setup)
      : CpuPasses<Real>(std::move(setup)),
        substep_(Real(this->setup_.dt / this->setup_.substeps)),
        slow_step_(Real(this->setup_.dt * this->setup_.slow_every)),
        stages_(stages_of(this->setup_.method, substep_)),
        slow_stages_(stages_of(integrate::Method::rk4, slow_step_)),
        before_(this->populations_.size()) {
    if (!is_whole()) {
      at_ = this->y_;
      sum_.assign(this->y_.size(), Real(0));
    }
  }

  void advance_steps(std::int64_t steps) override {
    for (std::int64_t step = 0; step < steps; ++step) {
      const bool slow_states_move = (this->steps_ + 1) % this->setup_.slow_every == 0;
      // A step of one pass has its beginning at hand.
      if (slow_states_move && keeps_beginning()) look_at_watched();
      const double begin = this->time();
      for (int part = 0; part < this->setup_.substeps; ++part)
        take_stages(has_two_clocks() ? StageClock::fast : StageClock::one, stages_, substep_,
                    begin + part * double(this->setup_.dt) / this->setup_.substeps,
                    this->setup_.dt / this->setup_.substeps, part == 0,
                    !has_two_clocks() && part + 1 == this->setup_.substeps);
      if (has_two_clocks() && slow_states_move)
        take_stages(StageClock::slow, slow_stages_, slow_step_, begin, this->setup_.dt * this->setup_.slow_every, true,
                    true);
      this->take_spikes(this->steps_, at_.empty() ? nullptr : at_.data());
      ++this->steps_;
      this->note_events(this->time());
      this->throw_faults(this->time());
    }
  }

 private:
  bool has_two_clocks() const { return this->setup_.slow_every > 1; }
  /// All stages of a step see the same of other populations: each population takes them in one pass.
  bool is_whole() const {
    return !has_two_clocks() && (stages_.size() == 1 || this->setup_.coupling == Coupling::held);
  }
  bool keeps_beginning() const { return !is_whole() || this->setup_.substeps > 1; }
  void loaded(std::span<const typename CpuNetworkBase<Real>::Extra>) override {
    if (!at_.empty()) at_ = this->y_;
  }
  void changed() override { is_changed_ = true; }

  void look_at_watched() {
    for (std::size_t p = 0; p < this->populations_.size(); ++p) {
      const CpuPopulation<Real>& population = this->populations_[p];
      const int watched = population.description().watched;
      if (watched < 0) continue;
      const Real* values = population.elements.state[watched];
      before_[p].assign(values, values + padded(population.size));
    }
  }

  void take_stages(StageClock clock, const std::vector<integrate::Stage<Real>>& stages, Real dt, double begin,
                   double length, bool begins, bool is_step_end) {
    static const std::vector<AlignedVector<Real>> none;
    if (is_whole())
      return this->pass_whole(dt, begin, length, begins || this->setup_.coupling == Coupling::staged, is_step_end,
                              keeps_beginning() ? before_ : none);
    if (is_changed_) at_ = this->y_;
    is_changed_ = false;
    for (std::size_t s = 0; s < stages.size(); ++s)
      this->pass(clock, stages[s], dt, begin + 0.5 * stages[s].half * length, at_.empty() ? nullptr : at_.data(),
                 sum_.data(), (begins && s == 0) || this->setup_.coupling == Coupling::staged, is_step_end,
                 keeps_beginning() ? before_ : none);
  }

  Real substep_, slow_step_;
  std::vector<integrate::Stage<Real>> stages_, slow_stages_;
  AlignedVector<Real> at_, sum_;  // states of the present stage, if some are no whole substep; sums of slopes
  std::vector<AlignedVector<Real>> before_;  // watched states at the beginning of the step [populations]
  bool is_changed_ = false;
};

}  // namespace

template <class Real>
std::unique_ptr<Network> make_stage_network(NetworkSetup setup) {
  return std::make_unique<CpuStageNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network> make_stage_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_stage_network<double>(NetworkSetup);

}  // namespace tripartite
