#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "benchmarks/rivals/synapse_equations.hpp"
#include "host/bench/problem.hpp"

// W1. Synapses are independent: each block takes all its steps while it is in the nearest cache.
namespace tripartite::rivals {
namespace {

template <class Real>
Result run(const Case& what) {
  using Block = SynapseBlock<Real>;
  const long count = (what.n + Block::lanes - 1) / Block::lanes;
  std::vector<Block> blocks(static_cast<std::size_t>(count));
  std::vector<Real> nu(static_cast<std::size_t>(count * Block::lanes));
  for (std::size_t i = 0; i < nu.size(); ++i) nu[i] = Real(bench::synapse_rate(i));
  const bool is_rk4 = what.method == "rk4";
  const SynapseParameters<Real> parameters;
  const double begin = now();
#pragma omp parallel for schedule(static) num_threads(what.threads)
  for (long b = 0; b < count; ++b)
    for (long k = 0; k < what.steps; ++k)
      step(parameters, &nu[std::size_t(b * Block::lanes)], blocks[std::size_t(b)], Real(bench::synapse_step), is_rk4);
  const double seconds = now() - begin;
  const Real* states = &blocks[0].state[0][0];
  return {seconds, mean_of(states, y_, what.n) * mean_of(states, c_, what.n)};
}

}  // namespace

Result synapses(const Case& what) { return what.is_double ? run<double>(what) : run<float>(what); }

}  // namespace tripartite::rivals
