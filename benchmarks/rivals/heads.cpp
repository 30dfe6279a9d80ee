#include <cmath>
#include <utility>
#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "host/bench/heads_problem.hpp"

// W2. Every synapse has its H, g, p and its factors. The global calcium comes from column sums of g, which follow an
// equation of their own; heads are independent, so that each takes all its steps before the next.
namespace tripartite::rivals {
namespace {

using bench::hidden, bench::width;

template <class Real>
struct Head {
  std::vector<Real> hebbian, store, calcium, a, b, gain;  // [width x hidden]
  std::vector<Real> omega, rate, next, logit, column, column_factor;
  std::vector<Real> query, key, value, output, current;

  explicit Head(const attention::FeatureMap& map, const attention::SynapseFactors& factors,
                const attention::Parameters& p)
      : hebbian(std::size_t(width) * hidden),
        store(hebbian),
        calcium(hebbian),
        a(factors.hebbian.begin(), factors.hebbian.end()),
        b(factors.store.begin(), factors.store.end()),
        omega(map.key.projection.begin(), map.key.projection.end()),
        rate(hidden),
        next(hidden),
        logit(hidden),
        column(hidden),
        column_factor(hidden),
        query(width),
        key(width),
        value(width),
        output(width),
        current(width) {
    for (const double tau : factors.tau_calcium) gain.push_back(Real(-std::expm1(-p.dt / tau)));
    for (int i = 0; i < width; ++i)
      for (int j = 0; j < hidden; ++j) column_factor[std::size_t(j)] += b[std::size_t(i) * hidden + std::size_t(j)];
  }
};

template <class Real>
class Heads {
 public:
  explicit Heads(int threads)
      : setup_(bench::heads_setup(attention::Solver::exponential_euler)),
        threads_(threads),
        queries_(bench::head_tokens<Real>(0)),
        keys_(bench::head_tokens<Real>(1)),
        values_(bench::head_tokens<Real>(2)) {
    const attention::Parameters& p = setup_.parameters;
    filter_ = Real(-std::expm1(-p.dt / p.tau_input));
    rate_gain_ = Real(-std::expm1(-p.dt / p.tau_hidden));
    output_gain_ = Real(-std::expm1(-p.dt / p.tau_output));
    hebbian_gain_ = Real(p.dt / p.effective_tau_hebbian());
    store_gain_ = Real(p.dt / p.effective_tau_store());
    floor_ = Real(p.calcium_floor);
    for (std::size_t h = 0; h < setup_.maps.size(); ++h) heads_.emplace_back(setup_.maps[h], setup_.factors[h], p);
  }

  void run(attention::Phase phase, int token, long steps) {
#pragma omp parallel for schedule(dynamic) num_threads(threads_)
    for (int h = 0; h < bench::heads; ++h) {
      Head<Real>& head = heads_[std::size_t(h)];
      const std::size_t first = (std::size_t(token) * bench::heads + std::size_t(h)) * width;
      const bool reads = phase == attention::Phase::read;
      const std::vector<Real> target = projected(head, reads ? &queries_[first] : &keys_[first]);
      head.logit = projected(head, (reads ? head.query : head.key).data());
      for (long k = 0; k < steps; ++k) step(head, phase, target, first);
    }
  }

  double sum_of_squares() const {
    double sum = 0;
    for (const Head<Real>& head : heads_)
      for (const Real l : head.output) sum += double(l) * double(l);
    return sum;
  }

 private:
  static std::vector<Real> projected(const Head<Real>& head, const Real* x) {
    std::vector<Real> z(hidden);
    for (int j = 0; j < hidden; ++j)
      for (int i = 0; i < width; ++i) z[std::size_t(j)] += head.omega[std::size_t(j) * width + std::size_t(i)] * x[i];
    return z;
  }

  void step(Head<Real>& head, attention::Phase phase, const std::vector<Real>& target, std::size_t first) {
    const bool reads = phase == attention::Phase::read;
    Real* rate = head.rate.data();
    Real* column = head.column.data();
    Real global = 0;
    for (int j = 0; j < hidden; ++j) global += column[j] * rate[j];
    global /= Real(width);
    for (int i = 0; i < width; ++i) {
      const std::size_t row = std::size_t(i) * hidden;
      Real *hebbian = &head.hebbian[row], *store = &head.store[row], *calcium = &head.calcium[row];
      const Real *a = &head.a[row], *b = &head.b[row], *gain = &head.gain[row];
      Real current = head.value[std::size_t(i)];
      if (reads) {
        current = 0;
        for (int j = 0; j < hidden; ++j) {
          current += hebbian[j] * rate[j] / (calcium[j] + floor_);
          calcium[j] += gain[j] * (global - calcium[j]);
        }
      } else if (phase == attention::Phase::write) {
        const Real written = hebbian_gain_ * head.output[std::size_t(i)];
        for (int j = 0; j < hidden; ++j) {
          hebbian[j] += a[j] * written * rate[j];
          store[j] += store_gain_ * b[j] * rate[j];
          calcium[j] += gain[j] * (global - calcium[j]);
        }
      } else {
        for (int j = 0; j < hidden; ++j) calcium[j] += gain[j] * (global - calcium[j]);
      }
      head.output[std::size_t(i)] += output_gain_ * (current - head.output[std::size_t(i)]);
    }
    if (phase == attention::Phase::write) {
      const Real* factor = head.column_factor.data();
      for (int j = 0; j < hidden; ++j) column[j] += store_gain_ * factor[j] * rate[j];
    }
    const std::vector<Real>& filtered = reads ? head.query : head.key;
    Real square = 0;
    for (const Real x : filtered) square += x * x;
    const Real shift = -square / (2 * std::sqrt(Real(width))) - std::log(Real(hidden)) / 2;
    Real* logit = head.logit.data();
    for (int j = 0; j < hidden; ++j) {
      rate[j] += rate_gain_ * (std::exp(logit[j] + shift) - rate[j]);
      logit[j] += filter_ * (target[std::size_t(j)] - logit[j]);
    }
    for (std::size_t i = 0; i < width; ++i) {
      head.query[i] += filter_ * (queries_[first + i] - head.query[i]);
      head.key[i] += filter_ * (keys_[first + i] - head.key[i]);
      head.value[i] += filter_ * (values_[first + i] - head.value[i]);
    }
  }

  attention::EngineSetup setup_;
  int threads_;
  std::vector<Real> queries_, keys_, values_;
  std::vector<Head<Real>> heads_;
  Real filter_, rate_gain_, output_gain_, hebbian_gain_, store_gain_, floor_;
};

template <class Real>
Result run(const Case& what, bool reads) {
  Heads<Real> heads(what.threads);
  double begin = now();
  heads.run(attention::Phase::settle, 0, 100);
  heads.run(attention::Phase::write, 0, 100);
  if (!reads) return {now() - begin, heads.sum_of_squares()};
  begin = now();
  heads.run(attention::Phase::read, 1, what.steps);
  return {now() - begin, heads.sum_of_squares()};
}

}  // namespace

Result heads_write(const Case& what) { return what.is_double ? run<double>(what, false) : run<float>(what, false); }
Result heads_read(const Case& what) { return what.is_double ? run<double>(what, true) : run<float>(what, true); }

}  // namespace tripartite::rivals
