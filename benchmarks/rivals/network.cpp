#include <cmath>
#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "benchmarks/rivals/synapse_equations.hpp"
#include "host/bench/problem.hpp"

// W5. Rate neurons that tripartite synapses join; what they exchange is held through a step.
namespace tripartite::rivals {
namespace {

template <class Real>
Result run(const Case& what) {
  using Block = SynapseBlock<Real>;
  constexpr int lanes = Block::lanes;
  const long neurons = what.n, indegree = what.second, synapses = neurons * indegree;
  const long count = (synapses + lanes - 1) / lanes;
  std::vector<Block> blocks(static_cast<std::size_t>(count));
  std::vector<Real> rate(std::size_t(neurons), Real(1)), seen(std::size_t(count * lanes)), flow(seen.size());
  std::vector<std::uint32_t> source = bench::network_sources(std::size_t(neurons), std::size_t(indegree));
  source.resize(seen.size());  // the last block may have lanes that no neuron reads
  const SynapseParameters<Real> p;
  const bool is_rk4 = what.method == "rk4";
  const Real dt = Real(bench::synapse_step), efficacy = Real(bench::network_efficacy);
  const double begin = now();
#pragma omp parallel num_threads(what.threads)
  for (long k = 0; k < what.steps; ++k) {
#pragma omp for schedule(static)
    for (long b = 0; b < count; ++b) {
      Block& block = blocks[std::size_t(b)];
      Real *nu = &seen[std::size_t(b * lanes)], *out = &flow[std::size_t(b * lanes)];
      const std::uint32_t* from = &source[std::size_t(b * lanes)];
      for (int l = 0; l < lanes; ++l) nu[l] = rate[from[l]];
      for (int l = 0; l < lanes; ++l) {
        const Real u = block.state[u_][l];
        const Real resting = p.U_0_star + block.state[gamma_s_][l] * (p.alpha - p.U_0_star);
        out[l] = (u + resting * (1 - u)) * block.state[x_][l] * nu[l];
      }
      step(p, nu, block, dt, is_rk4);
    }
#pragma omp for schedule(static)
    for (long j = 0; j < neurons; ++j) {
      Real sum = 0;
      const Real* in = &flow[std::size_t(j * indegree)];
      for (long i = 0; i < indegree; ++i) sum += in[i];
      const Real drive = Real(bench::network_external) + efficacy * sum;
      Real& own = rate[std::size_t(j)];
      own += dt / Real(0.02) * (Real(60) / (1 + std::exp((Real(10) - drive) / Real(1.5))) - own);
    }
  }
  const double seconds = now() - begin;
  double sum = 0;
  for (const Real value : rate) sum += double(value);
  return {seconds, sum / double(neurons) * mean_of(&blocks[0].state[0][0], c_, synapses)};
}

}  // namespace

Result network(const Case& what) { return what.is_double ? run<double>(what) : run<float>(what); }

}  // namespace tripartite::rivals
