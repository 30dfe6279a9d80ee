#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <mutex>

#include "host/network/cpu_passes.hpp"
#include "tripartite/error.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"

namespace tripartite {
namespace {

constexpr integrate::DormandPrinceTableau tableau = integrate::dormand_prince_tableau();
constexpr int stages = integrate::DormandPrinceTableau::stages;

/// Dormand and Prince's method with one step size for the whole network: as long as the error of every state of every
/// neuron, synapse and soma allows. A step ends where the first calcium crosses its threshold, and what a caller sees
/// at a multiple of dt is the dense output of the step that reaches beyond it: how the time is cut into calls is no
/// part of the result.
template <class Real>
class CpuAdaptiveNetwork final : public CpuPasses<Real> {
 public:
  explicit CpuAdaptiveNetwork(NetworkSetup setup)
      : CpuPasses<Real>(std::move(setup)),
        tolerance_{Real(this->setup_.relative_tolerance), Real(this->setup_.absolute_tolerance)},
        proposed_(this->setup_.dt),
        next_(this->y_),
        seen_(this->y_),
        at_(this->y_) {
    for (auto& slope : slope_) slope.assign(this->y_.size(), Real(0));
  }

  void advance_steps(std::int64_t steps) override {
    const std::int64_t last = this->steps_ + steps;
    while (this->steps_ < last) {
      const std::int64_t before = this->steps_;
      const std::int64_t arrival = this->next_arrival(before, last);
      this->steps_ = std::min(arrival + 1, last);
      try {
        advance_to(now());
        if (arrival < last) take_spikes_now(arrival);
      } catch (const NumericsError&) {
        // A caller sees the states that failed; a step that is too small would be so for good.
        this->steps_ = std::max(before, std::int64_t(begin_ / this->setup_.dt));
        seen_ = this->y_;
        has_slope_ = false;
        proposed_ = this->setup_.dt;
        throw;
      }
    }
  }

 private:
  double now() const { return double(this->steps_) * this->setup_.dt; }

  void advance_to(double end) {
    while (begin_ + length_ <= end) {
      finish_step();
      take_step();
    }
    dense(fraction(end), seen_.data());
  }

  /// A spike is a discontinuity: what was computed beyond it is forgotten.
  void take_spikes_now(std::int64_t step) {
    changed();
    this->take_spikes(step, nullptr);
    written();
    this->note_events(now());
    this->throw_faults(now());
  }

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

  const Real* shown() const override { return seen_.data(); }

  /// Forgets what was computed beyond the present: from here on something else acts on the network.
  void changed() override {
    has_slope_ = false;
    if (length_ == 0) return;
    std::copy(seen_.begin(), seen_.end(), this->y_.begin());
    begin_ = now();
    length_ = 0;
    crossed_.clear();
  }
  void written() override { seen_ = this->y_; }

  /// Goes to the end of the step, where releases act.
  void finish_step() {
    if (length_ == 0) return;
    begin_ += length_;
    std::copy(at_.begin(), at_.end(), this->y_.begin());  // in place: elements point into it
    length_ = 0;
    std::swap(slope_.front(), slope_.back());
    has_slope_ = is_whole_ && crossed_.empty();
    for (const Crossed& each : crossed_) {
      this->events_.push_back({begin_, std::uint32_t(each.population), each.element});
      const CpuPopulation<Real>& population = this->populations_[each.population];
      population.loops.crossed(population.elements, std::int64_t(each.element));
    }
    crossed_.clear();
    watch();
  }

  /// Throws NumericsError if a state is outside its domain.
  void watch() const {
    for (const CpuPopulation<Real>& population : this->populations_) {
      const auto is_inside = [&](std::size_t state, Real value) {
        return value >= Real(-0.01) && value <= population.elements.highest[state];
      };
      std::atomic<bool> all_inside = true;
      this->in_parts(population.size, [&](std::size_t first, std::size_t last) {
        bool inside = true;
        for (std::size_t state = 0; state < population.states(); ++state)
          for (std::size_t k = first; k < last; ++k) inside &= is_inside(state, population.elements.state[state][k]);
        if (!inside) all_inside = false;
      });
      if (all_inside) continue;
      for (std::size_t state = 0; state < population.states(); ++state) {
        const Real* values = population.elements.state[state];
        const auto* outside =
            std::find_if_not(values, values + population.size, [&](Real value) { return is_inside(state, value); });
        if (outside == values + population.size) continue;
        throw NumericsError(fmt::format("{} {} at t = {:.6g} s: {} = {} has left its domain", population.name,
                                        outside - values, begin_, population.description().states[state].name,
                                        *outside));
      }
    }
  }

  /// Slopes of all states in `at_`, which it uses up.
  void evaluate(std::size_t stage) {
    integrate::Stage<Real> slope_alone;
    slope_alone.is_last = false;
    const double t = begin_ + tableau.time[stage] * (stage == 0 ? 0 : attempted_);
    this->pass(StageClock::one, slope_alone, 0, t, at_.data(), slope_[stage].data(), true, false, {});
  }

  void take_step() {
    if (!has_slope_) {
      at_ = this->y_;
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
        if (s + 1 == stages) next_ = at_;
        evaluate(s);
      }
      const Real ratio = error_ratio();
      proposed_ *= double(integrate::step_factor<integrate::DormandPrinceTableau::order, Real>(ratio));
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
      Real* at = at_.data();
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

  /// NaN propagates.
  static Real larger(Real a, Real b) { return a < b ? b : b <= a ? a : a + b; }

  /// The largest of all states; not a number if one of them is not.
  Real error_ratio() const {
    Real largest = 0;
    std::mutex guard;
    for (const CpuPopulation<Real>& population : this->populations_)
      this->in_parts(population.size, [&](std::size_t first, std::size_t last) {
        Real here = 0;
        for (const std::size_t begin : population.first)
          for (std::size_t i = first; i < last; ++i) here = larger(here, error_ratio(begin + i));
        const std::lock_guard lock(guard);
        largest = larger(largest, here);
      });
    return largest;
  }

  std::string largest_error() const {
    for (const CpuPopulation<Real>& population : this->populations_)
      for (std::size_t s = 0; s < population.states(); ++s)
        for (std::size_t i = 0; i < population.size; ++i)
          if (!(error_ratio(population.first[s] + i) <= Real(1)))
            return fmt::format("{} of {} {} = {}", population.description().states[s].name, population.name, i,
                               this->y_[population.first[s] + i]);
    return "none";
  }

  /// Whether the watched state of an element, then at `value`, crosses its threshold since the beginning of the step.
  static bool crosses(const CpuPopulation<Real>& population, std::size_t element, Real now, Real then) {
    const Real threshold = population.loops.threshold(population.elements, std::int64_t(element));
    return now <= threshold && then > threshold;
  }
  static std::ptrdiff_t watched(const CpuPopulation<Real>& population) { return population.description().watched; }

  /// The fraction of the step at which the first watched state crosses its threshold; 1 if none does before its end.
  Real first_crossing() const {
    Real earliest = 1;
    std::mutex guard;
    for (const CpuPopulation<Real>& population : this->populations_) {
      if (watched(population) < 0) continue;
      const std::size_t begin = population.first[std::size_t(watched(population))];
      this->in_parts(population.size, [&](std::size_t first, std::size_t last) {
        Real found = 1;
        for (std::size_t k = first; k < last; ++k) {
          const std::size_t i = begin + k;
          if (!(next_[i] > this->y_[i])) continue;
          if (!crosses(population, k, this->y_[i], next_[i]) ||
              (found < Real(1) && !crosses(population, k, this->y_[i], dense(i, found))))
            continue;
          Real low = 0, high = 1;
          for (int halving = 0; halving < std::numeric_limits<Real>::digits; ++halving) {
            const Real middle = Real(0.5) * (low + high);
            (crosses(population, k, this->y_[i], dense(i, middle)) ? high : low) = middle;
          }
          found = std::min(found, high);
        }
        const std::lock_guard lock(guard);
        earliest = std::min(earliest, found);
      });
    }
    return earliest;
  }

  /// Ends the step at its fraction s with the state `at_`, and notes what has crossed there.
  void end_at(Real s) {
    if (s < Real(1))
      dense(s, at_.data());
    else
      at_ = next_;
    length_ = attempted_ * double(s);
    is_whole_ = !(s < Real(1));
    for (std::size_t p = 0; p < this->populations_.size(); ++p) {
      const CpuPopulation<Real>& population = this->populations_[p];
      if (watched(population) < 0) continue;
      const std::size_t begin = population.first[std::size_t(watched(population))];
      for (std::size_t k = 0; k < population.size; ++k)
        if (at_[begin + k] > this->y_[begin + k] && crosses(population, k, this->y_[begin + k], at_[begin + k]))
          crossed_.push_back({p, k});
    }
  }

  /// Saved are the step that reaches beyond the present, what crosses at its end, and what a caller sees.
  std::vector<typename CpuNetworkBase<Real>::Extra> extra_state() const override {
    std::vector<typename CpuNetworkBase<Real>::Extra> all;
    const auto add = [&](const char* name, const auto& values) {
      const auto bytes = std::as_bytes(std::span(values));
      all.push_back({name, {bytes.begin(), bytes.end()}});
    };
    add("step", std::array{begin_, length_, attempted_, proposed_, is_whole_ ? 1.0 : 0.0, has_slope_ ? 1.0 : 0.0});
    add("end of the step", at_);
    add("next states", next_);
    add("seen states", seen_);
    for (const auto& slope : slope_) add("slopes", slope);
    return all;
  }
  void loaded(std::span<const typename CpuNetworkBase<Real>::Extra> extras) override {
    auto take = [next = extras.begin()](auto&& values) mutable {
      std::memcpy(std::data(values), next->bytes.data(), next->bytes.size());
      ++next;
    };
    std::array<double, 6> step{};
    take(step);
    for (auto* values : {&at_, &next_, &seen_}) take(*values);
    for (auto& slope : slope_) take(slope);
    begin_ = step[0];
    length_ = step[1];
    attempted_ = step[2];
    proposed_ = step[3];
    is_whole_ = step[4] != 0;
    has_slope_ = step[5] != 0;
    crossed_.clear();
    if (length_ == 0) return;
    for (std::size_t p = 0; p < this->populations_.size(); ++p) {
      const CpuPopulation<Real>& population = this->populations_[p];
      if (watched(population) < 0) continue;
      const std::size_t begin = population.first[std::size_t(watched(population))];
      for (std::size_t k = 0; k < population.size; ++k)
        if (crosses(population, k, this->y_[begin + k], at_[begin + k])) crossed_.push_back({p, k});
    }
  }

  struct Crossed {
    std::size_t population, element;
  };
  integrate::Tolerance<Real> tolerance_;
  double begin_ = 0;                      // [s] of the step, whose states are y_
  double length_ = 0;                     // [s] of it, as far as the first crossing; 0: it was not yet taken
  double attempted_ = 1;                  // [s] of it without
  double proposed_;                       // [s] of the next
  bool is_whole_ = true;                  // it was not cut short
  bool has_slope_ = false;                // slope_[0] is that of y_
  std::vector<Crossed> crossed_;          // at the end of the step
  AlignedVector<Real> next_, seen_, at_;  // at_: the states at the end of the step
  std::array<AlignedVector<Real>, stages> slope_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network> make_adaptive_network(NetworkSetup setup) {
  return std::make_unique<CpuAdaptiveNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network> make_adaptive_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_adaptive_network<double>(NetworkSetup);

}  // namespace tripartite
