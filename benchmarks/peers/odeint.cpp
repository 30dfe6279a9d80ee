// W1 by Boost.odeint: one state vector of all synapses, its steppers and its algebra for OpenMP.
#include <omp.h>

#include <boost/numeric/odeint.hpp>
#include <boost/numeric/odeint/external/openmp/openmp.hpp>
#include <boost/version.hpp>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/peers/serve.hpp"
#include "benchmarks/peers/synapse_vector.hpp"

namespace {

namespace odeint = boost::numeric::odeint;
using tripartite::rivals::Case, tripartite::rivals::Result;

template <class Real, template <class, class, class, class, class, class, class> class Stepper>
Result run(const Case& what) {
  using State = std::vector<Real>;
  tripartite::peers::SynapseVector<Real> synapses(what);
  State y(synapses.size());
  synapses.start(y.data());
  Stepper<State, Real, State, Real, odeint::openmp_range_algebra, odeint::default_operations, odeint::initially_resizer>
      stepper;
  const auto slopes = [&](const State& at, State& slope, Real) { synapses.slopes(at.data(), slope.data()); };
  const Real dt = Real(tripartite::bench::synapse_step);
  const double begin = tripartite::rivals::now();
  for (long k = 0; k < what.steps; ++k) {
    synapses.remember(y.data());
    stepper.do_step(slopes, y, Real(k) * dt, dt);
    synapses.release(y.data());
  }
  return {tripartite::rivals::now() - begin, synapses.check(y.data())};
}

template <class Real>
Result turn(const Case& what) {
  return what.method == "rk4" ? run<Real, odeint::runge_kutta4>(what) : run<Real, odeint::euler>(what);
}

}  // namespace

int main(int count, char** words) {
  const Case what = tripartite::peers::case_of(count, words);
  omp_set_num_threads(what.threads);
  // odeint's loops ask for schedule(runtime), whose default hands out one element at a time.
  omp_set_schedule(omp_sched_static, 0);
  const std::string version = std::to_string(BOOST_VERSION / 100000) + '.' + std::to_string(BOOST_VERSION / 100 % 1000);
  return tripartite::peers::serve("Boost.odeint " + version,
                                  [&] { return what.is_double ? turn<double>(what) : turn<float>(what); });
}
