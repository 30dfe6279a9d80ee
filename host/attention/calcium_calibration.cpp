#include "tripartite/attention/calcium_calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tripartite/attention/process_loops.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

/// Calcium swings less than this part of its mean once it has settled.
constexpr double steady = 1e-3;

bool is_steady(const CalciumCurve& curve, std::size_t point) {
  return curve.highest[point] - curve.lowest[point] <= steady * curve.calcium[point];
}

/// Moves `state` on for `duration` at a constant production and appends what it settled to.
void settle(const CalciumModel& model, const std::vector<double>& parameters, std::vector<double>& state,
            double produced, double duration, CalciumCurve& curve) {
  const SettledProcess settled = model.processes().settle(parameters.data(), state.data(), produced, duration);
  curve.production.push_back(produced);
  for (std::size_t i = 0; i < state.size(); ++i) curve.states[i].push_back(settled.mean[i]);
  curve.calcium.push_back(settled.mean[model.calcium]);
  curve.lowest.push_back(settled.lowest);
  curve.highest.push_back(settled.highest);
}

CalciumCurve curve_of(const CalciumModel& model, const std::vector<double>& parameters, double highest) {
  // A hundred times the slowest time constant, that of IP3, to find rest; then from point to point.
  constexpr double to_rest = 2000, between = 400;  // [s]
  constexpr int points = 33;
  CalciumCurve curve;
  curve.states.resize(model.states.size());
  std::vector<double> state;
  for (const StateInfo& info : model.states) state.push_back(info.initial);
  settle(model, parameters, state, 0, to_rest, curve);
  for (int point = 1; point < points; ++point)
    settle(model, parameters, state, highest * point / (points - 1), between, curve);
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

void CalciumCurve::state_at(double rate, double (&state)[most_states]) const {
  const Between place = place_of(*this, rate);
  for (std::size_t i = 0; i < states.size(); ++i) state[i] = value_at(states[i], place);
}

double CalciumCurve::oscillates_from() const {
  for (std::size_t point = 0; point < production.size(); ++point)
    if (!is_steady(*this, point)) return production[point];
  return std::numeric_limits<double>::infinity();
}

CalciumCurve settled_calcium(const Parameters& parameters) {
  const CalciumModel& model = calcium_model_of(parameters);
  const std::vector<double> values = calcium_parameters_of(parameters);
  constexpr double highest_rate = 1e4;  // [1/s], a hundred million steps
  if (const double rate = model.processes().fastest_rate(values.data()); !(rate <= highest_rate))
    throw ConfigError(
        fmt::format("astrocyte.model = {}: with these parameters its rates reach {:.4g} /s, expected at "
                    "most {} /s",
                    model.name, rate, highest_rate));
  CalciumCurve curve = curve_of(model, values, parameters.calcium_production);
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
