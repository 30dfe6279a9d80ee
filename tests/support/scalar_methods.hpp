#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

/// Fixed steps of one element, typed anew: nothing here is shared with the library.
namespace tripartite::oracle {

using Values = std::vector<double>;

/// dy/dt = gain - loss y at time t [s].
struct Rates {
  Values gain, loss;
};
using RightHandSide = std::function<Rates(double t, const Values& y)>;

inline Values slope(const RightHandSide& f, double t, const Values& y) {
  const Rates rates = f(t, y);
  Values result(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) result[i] = rates.gain[i] - rates.loss[i] * y[i];
  return result;
}

inline Values sum(const Values& y, double factor, const Values& k) {
  Values result(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) result[i] = y[i] + factor * k[i];
  return result;
}

inline Values euler(const RightHandSide& f, double t, double dt, const Values& y) { return sum(y, dt, slope(f, t, y)); }

inline Values exponential_euler(const RightHandSide& f, double t, double dt, const Values& y) {
  const Rates rates = f(t, y);
  Values result(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double decay = std::exp(-rates.loss[i] * dt);
    result[i] = rates.loss[i] == 0 ? y[i] + dt * rates.gain[i]
                                   : decay * y[i] - std::expm1(-rates.loss[i] * dt) * rates.gain[i] / rates.loss[i];
  }
  return result;
}

inline Values exponential_midpoint(const RightHandSide& f, double t, double dt, const Values& y) {
  const Rates first = f(t, y);
  Values middle(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double z = first.loss[i] * dt / 2;
    const double share = z > 2 ? 1 / z : 1 - z / 2 + z * z / 8;
    middle[i] = y[i] + dt / 2 * share * (first.gain[i] - first.loss[i] * y[i]);
  }
  const Rates rates = f(t + dt / 2, middle);
  return exponential_euler([&](double, const Values&) { return rates; }, t, dt, y);
}

inline Values rk4(const RightHandSide& f, double t, double dt, const Values& y) {
  const Values k1 = slope(f, t, y), k2 = slope(f, t + dt / 2, sum(y, dt / 2, k1));
  const Values k3 = slope(f, t + dt / 2, sum(y, dt / 2, k2)), k4 = slope(f, t + dt, sum(y, dt, k3));
  Values result(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) result[i] = y[i] + dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  return result;
}

using Step = Values (*)(const RightHandSide&, double, double, const Values&);

/// What acts at the end of each step, before events: spikes. Called with the number of steps taken.
using AtEnd = std::function<void(std::int64_t steps, Values& y)>;

struct Watch {
  std::size_t state;
  double threshold;
  std::function<void(Values& y)> act;  // may be empty
};

struct Run {
  Values y;
  std::vector<double> events;  // times [s]
};

/// `steps` steps of dt in `parts` parts each. A watched state that is above its threshold after a step and was not
/// before it is an event.
inline Run run(const RightHandSide& f, Step step, Values y, double dt, std::int64_t steps, int parts,
               const AtEnd& at_end, const Watch& watch) {
  Run result;
  for (std::int64_t k = 0; k < steps; ++k) {
    const double before = y[watch.state];
    for (int part = 0; part < parts; ++part) y = step(f, (double(k) + double(part) / parts) * dt, dt / parts, y);
    if (at_end) at_end(k + 1, y);
    if (before <= watch.threshold && y[watch.state] > watch.threshold) {
      if (watch.act) watch.act(y);
      result.events.push_back(double(k + 1) * dt);
    }
  }
  result.y = y;
  return result;
}

}  // namespace tripartite::oracle
