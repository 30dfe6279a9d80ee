#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "benchmarks/rivals/synapse_equations.hpp"
#include "host/bench/problem.hpp"

namespace tripartite::peers {

/// W1 as solvers of ordinary differential equations want it: one vector of all states, here block by block, so that the
/// slopes are computed as the plain loop computes them.
template <class Real>
class SynapseVector {
 public:
  static constexpr int lanes = rivals::SynapseBlock<Real>::lanes, block = rivals::synapse_states * lanes;

  explicit SynapseVector(const rivals::Case& what)
      : count_(what.n), blocks_((what.n + lanes - 1) / lanes), threads_(what.threads) {
    for (long i = 0; i < blocks_ * lanes; ++i) nu_.push_back(Real(bench::synapse_rate(std::size_t(i))));
    before_.resize(nu_.size());
  }

  std::size_t size() const { return std::size_t(blocks_ * block); }

  void start(Real* y) const {
    const rivals::SynapseBlock<Real> initial;
    for (long b = 0; b < blocks_; ++b) std::copy_n(&initial.state[0][0], block, y + b * block);
  }

  void slopes(const Real* y, Real* slope) const {
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (long b = 0; b < blocks_; ++b)
      rivals::slopes(parameters_, &nu_[std::size_t(b * lanes)], y + b * block, slope + b * block);
  }

  /// Keeps calcium, for release() after the step.
  void remember(const Real* y) {
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (long b = 0; b < blocks_; ++b)
      std::copy_n(y + b * block + rivals::c_ * lanes, lanes, &before_[std::size_t(b * lanes)]);
  }

  /// True if any synapse released.
  bool release(Real* y) {
    bool any = false;
#pragma omp parallel for schedule(static) num_threads(threads_) reduction(|| : any)
    for (long b = 0; b < blocks_; ++b) {
      const Real *before = &before_[std::size_t(b * lanes)], *calcium = y + b * block + rivals::c_ * lanes;
      bool here = false;
      for (int k = 0; k < lanes; ++k) here = here || is_release(before[k], calcium[k]);
      if (here) rivals::release(parameters_, before, y + b * block);
      any = any || here;
    }
    return any;
  }

  double check(const Real* y) const {
    return rivals::mean_of(y, rivals::y_, count_) * rivals::mean_of(y, rivals::c_, count_);
  }

 private:
  bool is_release(Real before, Real after) const {
    return before <= parameters_.C_Theta && after > parameters_.C_Theta;
  }

  long count_, blocks_;
  int threads_;
  rivals::SynapseParameters<Real> parameters_;
  std::vector<Real> nu_, before_;
};

}  // namespace tripartite::peers
