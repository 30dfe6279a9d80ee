#include "host/report/attend/residue.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tripartite::report::attend {
namespace {

constexpr double steps_per_tau = 40;  // of RK4: relative error 1e-8 over twenty time constants

/// The filters, each driven by the one before, and the integral of the last one. Integrated in time because the closed
/// form is different for every set of equal time constants.
class Cascade {
 public:
  explicit Cascade(std::span<const double> taus) : taus_(taus.begin(), taus.end()), state_(taus.size() + 1, 1.0) {
    state_.back() = 0;
  }

  void advance(double duration) {
    const double shortest = *std::min_element(taus_.begin(), taus_.end());
    const auto steps = std::int64_t(std::ceil(duration / shortest * steps_per_tau));
    for (std::int64_t step = 0; step < steps; ++step) advance_once(duration / double(steps));
  }
  double last() const { return state_[taus_.size() - 1]; }
  double integral() const { return state_.back(); }

 private:
  using State = std::vector<double>;

  State slope(const State& y) const {
    State slope(y.size());
    for (std::size_t i = 0; i < taus_.size(); ++i) slope[i] = ((i == 0 ? 0 : y[i - 1]) - y[i]) / taus_[i];
    slope.back() = y[taus_.size() - 1];
    return slope;
  }
  static State moved(const State& y, const State& slope, double by) {
    State to = y;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += by * slope[i];
    return to;
  }
  void advance_once(double h) {
    const State a = slope(state_), b = slope(moved(state_, a, h / 2)), c = slope(moved(state_, b, h / 2)),
                d = slope(moved(state_, c, h));
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
  }

  std::vector<double> taus_;
  State state_;
};

}  // namespace

double residue(std::span<const double> taus, double time) {
  Cascade cascade(taus);
  cascade.advance(time);
  return cascade.last();
}

double mean_residue(std::span<const double> taus, double begin, double end) {
  Cascade cascade(taus);
  cascade.advance(begin);
  const double before = cascade.integral();
  cascade.advance(end - begin);
  return (cascade.integral() - before) / (end - begin);
}

}  // namespace tripartite::report::attend
