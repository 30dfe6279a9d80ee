#include "tripartite/attention/calcium_calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

/// Calcium swings less than this part of its mean once it has settled.
constexpr double steady = 1e-3;

bool is_steady(const CalciumCurve& curve, std::size_t point) {
  return curve.highest[point] - curve.lowest[point] <= steady * curve.calcium[point];
}

/// Moves `state` on for `duration` at a constant production and appends what it settled to.
template <class Process>
void settle(const Process& process, double (&state)[process_states], double produced, double duration,
            CalciumCurve& curve) {
  constexpr double step = 0.5 / Process::fastest;  // [s]
  const int steps = int(duration / step);
  double sum[process_states] = {0, 0, 0};
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  int seen = 0;
  for (int n = 0; n < steps; ++n) {
    integrate::RungeKutta4::step(process, state, step, [&](int) { return Production{{produced}}; });
    if (2 * n < steps) continue;
    ++seen;
    for (int i = 0; i < process_states; ++i) sum[i] += state[i];
    lowest = std::min(lowest, state[index(ProcessState::calcium)]);
    highest = std::max(highest, state[index(ProcessState::calcium)]);
  }
  curve.production.push_back(produced);
  curve.ip3.push_back(sum[index(ProcessState::ip3)] / seen);
  curve.calcium.push_back(sum[index(ProcessState::calcium)] / seen);
  curve.open.push_back(sum[index(ProcessState::open)] / seen);
  curve.lowest.push_back(lowest);
  curve.highest.push_back(highest);
}

template <class Process>
CalciumCurve curve_of(const Process& process, double highest) {
  // A hundred times the slowest time constant, that of IP3, to find rest; then from point to point.
  constexpr double to_rest = 2000, between = 400;  // [s]
  constexpr int points = 33;
  CalciumCurve curve;
  double state[process_states];
  Process::set_initial(state);
  settle(process, state, 0, to_rest, curve);
  for (int point = 1; point < points; ++point) settle(process, state, highest * point / (points - 1), between, curve);
  return curve;
}

/// Two neighbours of a rate and the part that the second has in it.
struct Between {
  std::size_t below, above;
  double share;
};

Between place_of(const CalciumCurve& curve, double rate) {
  const double step = curve.production[1];
  const double place = std::clamp(rate / step, 0.0, double(curve.production.size() - 1));
  const auto below = std::min(std::size_t(place), curve.production.size() - 2);
  return {below, below + 1, place - double(below)};
}

double value_at(const std::vector<double>& values, const Between& place) {
  return values[place.below] + place.share * (values[place.above] - values[place.below]);
}

}  // namespace

double CalciumCurve::at(double rate) const { return value_at(calcium, place_of(*this, rate)); }

void CalciumCurve::state_at(double rate, double (&state)[process_states]) const {
  const Between place = place_of(*this, rate);
  state[index(ProcessState::ip3)] = value_at(ip3, place);
  state[index(ProcessState::calcium)] = value_at(calcium, place);
  state[index(ProcessState::open)] = value_at(open, place);
}

double CalciumCurve::oscillates_from() const {
  for (std::size_t point = 0; point < production.size(); ++point)
    if (!is_steady(*this, point)) return production[point];
  return std::numeric_limits<double>::infinity();
}

CalciumCurve settled_calcium(const Parameters& parameters) {
  CalciumCurve curve = with_process(parameters.calcium_model, 1, [&](const auto& process) {
    return curve_of(process, parameters.calcium_production);
  });
  if (!is_steady(curve, 0)) throw ConfigError("astrocyte.model: this calcium does not come to rest by itself");
  return curve;
}

CalciumLevels calcium_levels(const FeatureMap& map, const Calibration& text, const Parameters& parameters,
                             bool causal) {
  const std::size_t width = std::size_t(map.width), tokens = std::size_t(text.tokens);
  const double written = parameters.write_time / parameters.effective_tau_store();  // g of a token that drives h to 1
  CalciumLevels levels;
  if (map.activation == Activation::slots) {
    // Reading drives h to exp(logit - largest); g is the same for all tokens, and writing lets only one speak.
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::size_t known = causal ? t + 1 : tokens;
      std::vector<double> logits(known, 0.0);
      for (std::size_t s = 0; s < known; ++s)
        for (std::size_t i = 0; i < width; ++i) logits[s] += text.query[t * width + i] * text.key[s * width + i];
      const double top = *std::max_element(logits.begin(), logits.end()), scale = 1 / std::sqrt(double(width));
      double sum = 0;
      for (const double logit : logits) sum += std::exp((logit - top) * scale);
      levels.read.push_back(written * sum);
    }
    levels.largest = *std::max_element(levels.read.begin(), levels.read.end());
    return levels;
  }
  const std::size_t hidden = std::size_t(map.hidden);
  const auto query = evaluate(map, map.query, text.query, text.tokens),
             key = evaluate(map, map.key, text.key, text.tokens);
  std::vector<double> store(hidden, 0.0);
  const auto against_store = [&](const std::vector<double>& rates, std::size_t t) {
    double sum = 0;
    for (std::size_t j = 0; j < hidden; ++j) sum += store[j] * rates[t * hidden + j];
    return sum;
  };
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t j = 0; j < hidden; ++j) store[j] += written * key[t * hidden + j];
    levels.largest = std::max(levels.largest, against_store(key, t));
    if (causal) levels.read.push_back(against_store(query, t));
  }
  for (std::size_t t = 0; t < tokens && !causal; ++t) levels.read.push_back(against_store(query, t));
  levels.largest = std::max(levels.largest, *std::max_element(levels.read.begin(), levels.read.end()));
  return levels;
}

ProcessScale fit_scale(const CalciumLevels& levels, const CalciumCurve& curve, const Parameters& parameters) {
  ProcessScale scale;
  scale.rest = curve.rest();
  if (!(levels.largest > 0) || !std::isfinite(levels.largest))
    throw ConfigError(
        fmt::format("astrocyte.model: the calibration text leaves a global calcium of {}", levels.largest));
  scale.production = parameters.calcium_production / levels.largest;
  double first = 0, second = 0, mean = 0, smallest = levels.largest;
  for (const double level : levels.read) {
    // Where G vanishes, no calcium can tell by how much to divide.
    if (!(level > 1e-9 * levels.largest)) continue;
    const double ratio = (curve.at(scale.production * level) - scale.rest) / level;
    first += ratio;
    second += ratio * ratio;
    mean += level / double(levels.read.size());
    smallest = std::min(smallest, level);
  }
  scale.gain = first / second;
  if (!(scale.gain > 0) || !std::isfinite(scale.gain))
    throw ConfigError(fmt::format("astrocyte.production = {} uM/s: calcium does not rise with it; the best gain is {}",
                                  parameters.calcium_production, scale.gain));
  scale.least = parameters.calcium_least * smallest;
  curve.state_at(parameters.calcium_start == CalciumStart::typical ? scale.production * mean : 0, scale.initial);
  return scale;
}

PanelNodes panel_nodes() {
  PanelNodes nodes{};
  const auto places = integrate::stage_times(integrate::LinearMethod::collocation);
  for (int i = 0; i < integrate::max_stages; ++i) {
    nodes.place[i] = places[std::size_t(i)];
    for (int j = 0; j < integrate::max_stages; ++j)
      nodes.difference[i][j] = i == j ? 0 : 1 / (places[std::size_t(i)] - places[std::size_t(j)]);
  }
  return nodes;
}

}  // namespace tripartite::attention
