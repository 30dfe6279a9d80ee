#include <fmt/format.h>

#include <array>
#include <limits>
#include <mutex>

#include "host/network/cpu_circuit.hpp"
#include "tripartite/error.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"

namespace tripartite::network {
namespace {

constexpr integrate::DormandPrinceTableau tableau = integrate::dormand_prince_tableau();
constexpr int stages = integrate::DormandPrinceTableau::stages;

/// Dormand and Prince's method with one step size for the whole network: as long as the error of every state of every
/// neuron, synapse and soma allows. A step ends where the first calcium crosses its threshold, and what a caller sees
/// at a multiple of dt is the dense output of the step that reaches beyond it: how the time is cut into calls is no
/// part of the result.
template <class Real>
class CpuAdaptiveNetwork final : public CpuCircuit<Real> {
 public:
  explicit CpuAdaptiveNetwork(NetworkSetup setup)
      : CpuCircuit<Real>(std::move(setup)),
        calcium_(this->synapse_[synapse::calcium]),
        tolerance_{Real(this->setup_.relative_tolerance), Real(this->setup_.absolute_tolerance)},
        proposed_(this->setup_.dt),
        next_(this->y_),
        seen_(this->y_) {
    for (auto& slope : slope_) slope.assign(this->y_.size(), Real(0));
    this->shown_ = seen_.data();
    for (const synapse::Varied& varied : this->setup_.varied)
      if (varied.parameter == synapse::index_C_Theta) varied_threshold_ = &varied.values;
  }

  void advance(int steps, const Stimulus& stimulus) override {
    if (stimulus != stimulus_) {
      restart();
      stimulus_ = stimulus;
    }
    this->steps_ += steps;
    const double end = now();
    while (begin_ + length_ <= end) {
      finish_step();
      take_step();
    }
    dense(fraction(end), seen_.data());
  }

 private:
  double now() const { return double(this->steps_) * this->setup_.dt; }
  Real fraction(double t) const { return Real((t - begin_) / attempted_); }

  Real dense(std::size_t i, Real s) const {
    const Real h(attempted_);
    Real bend = 0;
    for (std::size_t r = 0; r < stages; ++r)
      if (tableau.bend[r] != 0) bend += Real(tableau.bend[r]) * slope_[r][i];
    return integrate::dormand_prince_dense(s, h, this->y_[i], slope_[0][i], next_[i], slope_[stages - 1][i], h * bend);
  }

  void dense(Real s, Real* states) const {
    this->in_parts(this->y_.size(), [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) states[i] = dense(i, s);
    });
  }

  /// Forgets what was computed beyond the present: from here on something else acts on the network.
  void restart() {
    if (length_ == 0) return;
    this->y_ = seen_;
    begin_ = now();
    length_ = 0;
    crossed_.clear();
    has_slope_ = false;
  }

  /// Goes to the end of the step, where releases act.
  void finish_step() {
    if (length_ == 0) return;
    begin_ += length_;
    std::swap(this->y_, this->at_);
    length_ = 0;
    std::swap(slope_.front(), slope_.back());
    has_slope_ = is_whole_ && crossed_.empty();
    for (const Index synapse : crossed_) release(synapse);
    crossed_.clear();
    this->watch(begin_, true);
  }

  void release(Index synapse) {
    this->releases_.push_back({begin_, synapse});
    Real state[synapse::state_count];
    for (std::size_t i = 0; i < std::size(state); ++i) state[i] = this->y_[this->synapse_[i].first + synapse];
    synapse::TripartiteSynapse<Real>{this->parameters_of(synapse), this->setup_.options}.crossed(state, true);
    for (std::size_t i = 0; i < std::size(state); ++i) this->y_[this->synapse_[i].first + synapse] = state[i];
  }

  /// Slopes of all states in `at_`, which it uses up.
  void evaluate(std::size_t stage) {
    constexpr cpu::Stage<Real> slope_alone{cpu::Clock::one, false, true, false, Real(1), 0, 0};
    this->pass(slope_alone, 0, slope_[stage].data(), true, false, stimulus_);
  }

  void take_step() {
    if (!has_slope_) {
      this->at_ = this->y_;
      evaluate(0);
      has_slope_ = true;
    }
    for (;;) {
      const double least = 4 * std::max(double(std::numeric_limits<Real>::epsilon()) * this->setup_.dt,
                                        std::numeric_limits<double>::epsilon() * begin_);
      if (!(proposed_ > least))
        throw NumericsError(
            fmt::format("network near t = {:.6g} s: the error stays above the tolerance however small the step; the "
                        "largest is that of {}",
                        begin_, largest_error()));
      attempted_ = proposed_;
      const Real h(attempted_);
      for (std::size_t s = 1; s < stages; ++s) {
        go_ahead(s, h);
        if (s + 1 == stages) next_ = this->at_;
        evaluate(s);
      }
      const Real ratio = error_ratio();
      proposed_ *= double(integrate::step_factor<Real>(ratio, integrate::DormandPrinceTableau::order));
      if (ratio <= Real(1)) break;
    }
    end_at(first_crossing());
  }

  /// at = y + h sum_r ahead[stage][r] k_r.
  void go_ahead(std::size_t stage, Real h) {
    std::array<Real, stages> weight{};
    for (std::size_t r = 0; r < stage; ++r) weight[r] = Real(tableau.ahead[stage][r]);
    this->in_parts(this->y_.size(), [&](std::size_t first, std::size_t last) {
      const Real* y = this->y_.data();
      Real* at = this->at_.data();
      for (std::size_t i = first; i < last; ++i) at[i] = weight[0] * slope_[0][i];
      for (std::size_t r = 1; r < stage; ++r) {
        const Real* k = slope_[r].data();
        for (std::size_t i = first; i < last; ++i) at[i] += weight[r] * k[i];
      }
      for (std::size_t i = first; i < last; ++i) at[i] = y[i] + h * at[i];
    });
  }

  Real error_ratio(std::size_t i) const {
    Real error = 0;
    for (std::size_t r = 0; r < stages; ++r)
      if (tableau.error[r] != 0) error += Real(tableau.error[r]) * slope_[r][i];
    return integrate::error_ratio(tolerance_, this->y_[i], next_[i], Real(attempted_) * error);
  }

  /// The largest of all states; not a number if one of them is not.
  Real error_ratio() const {
    Real largest = 0;
    std::mutex guard;
    for (const Block& block : this->blocks_)
      this->in_parts(block.size, [&](std::size_t first, std::size_t last) {
        Real here = 0;
        for (std::size_t i = first; i < last; ++i) here = integrate::larger(here, error_ratio(block.first + i));
        const std::lock_guard lock(guard);
        largest = integrate::larger(largest, here);
      });
    return largest;
  }

  std::string largest_error() const {
    for (const Block& block : this->blocks_)
      for (std::size_t i = 0; i < block.size; ++i)
        if (!(error_ratio(block.first + i) <= Real(1)))
          return fmt::format("{} of {} {} = {}", block.state, block.owner, i, this->y_[block.first + i]);
    return "none";
  }

  bool crosses(std::size_t synapse, Real calcium_then) const {
    const Real threshold =
        varied_threshold_ != nullptr ? Real((*varied_threshold_)[synapse]) : Real(this->setup_.parameters.C_Theta);
    return this->y_[calcium_.first + synapse] <= threshold && calcium_then > threshold;
  }

  /// The fraction of the step at which the first calcium crosses its threshold upwards; 1 if none does before its end.
  Real first_crossing() const {
    Real earliest = 1;
    std::mutex guard;
    this->in_parts(calcium_.size, [&](std::size_t first, std::size_t last) {
      Real found = 1;
      for (std::size_t s = first; s < last; ++s) {
        const std::size_t i = calcium_.first + s;
        if (!crosses(s, next_[i]) || (found < Real(1) && !crosses(s, dense(i, found)))) continue;
        Real low = 0, high = 1;
        for (int halving = 0; halving < std::numeric_limits<Real>::digits; ++halving) {
          const Real middle = Real(0.5) * (low + high);
          (crosses(s, dense(i, middle)) ? high : low) = middle;
        }
        found = std::min(found, high);
      }
      const std::lock_guard lock(guard);
      earliest = std::min(earliest, found);
    });
    return earliest;
  }

  /// Ends the step at its fraction s with the state `at_`, and notes whose calcium has crossed there.
  void end_at(Real s) {
    if (s < Real(1))
      dense(s, this->at_.data());
    else
      this->at_ = next_;
    length_ = attempted_ * double(s);
    is_whole_ = !(s < Real(1));
    for (std::size_t i = 0; i < calcium_.size; ++i)
      if (crosses(i, this->at_[calcium_.first + i])) crossed_.push_back(Index(i));
  }

  const Block calcium_;
  const std::vector<double>* varied_threshold_ = nullptr;
  integrate::Tolerance<Real> tolerance_;
  Stimulus stimulus_;
  double begin_ = 0;            // [s] of the step, whose states are y_
  double length_ = 0;           // [s] of it, as far as the first crossing; 0: it was not yet taken
  double attempted_ = 1;        // [s] of it without
  double proposed_;             // [s] of the next
  bool is_whole_ = true;        // it was not cut short
  bool has_slope_ = false;      // slope_[0] is that of y_
  std::vector<Index> crossed_;  // at the end of the step
  AlignedVector<Real> next_, seen_;
  std::array<AlignedVector<Real>, stages> slope_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network<Real>> make_adaptive_cpu_network(NetworkSetup setup) {
  return std::make_unique<CpuAdaptiveNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network<float>> make_adaptive_cpu_network(NetworkSetup);
template std::unique_ptr<Network<double>> make_adaptive_cpu_network(NetworkSetup);

}  // namespace tripartite::network
