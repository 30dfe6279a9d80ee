#include "host/simulation/attention_studies.hpp"

#include <algorithm>
#include <iterator>

#include "host/linear_algebra/parallel.hpp"
#include "host/simulation/attention_options.hpp"
#include "tripartite/transformer/measures.hpp"

namespace tripartite::simulation {
namespace {

using attention::Feature;
using attention::FeatureMap;

FeatureMap map_of(const StudyHead& head, Feature feature, int hidden, std::uint64_t seed) {
  const attention::Calibration calibration{head.calibration_query, head.calibration_key, head.calibration_tokens};
  return attention::make_feature_map(feature, head.tensors.width, hidden, seed, head.stream, calibration);
}

constexpr Feature studied_features[] = {Feature::elu1, Feature::relu, Feature::favor, Feature::favor_sharp,
                                        Feature::favor_balanced};

/// m.
std::vector<int> sizes_of(Feature feature, const std::vector<StudyHead>& heads) {
  if (feature == Feature::elu1) return {heads.front().tensors.width};
  return {64, 256, 1024, 4096};
}

/// Time goes with m; features that are fitted to the calibration text take half as long again.
double weight_of(Feature feature, int m) { return feature == Feature::favor_balanced ? 1.5 * m : m; }

/// Errors of a batch of heads integrated with `parameters`.
std::vector<double> integrated_errors(const std::vector<StudyHead>& heads, const std::vector<FeatureMap>& maps,
                                      const attention::Parameters& parameters, const RunListener& listener,
                                      const StudyProgress& progress) {
  const int width = heads.front().tensors.width, count = int(heads.size());
  const int tokens = std::min(heads.front().tensors.tokens, most_studied_tokens);
  const std::size_t row = std::size_t(count) * std::size_t(width);
  std::vector<double> query(std::size_t(tokens) * row), key(query.size()), value(query.size()), context(query.size());
  for (int head = 0; head < count; ++head)
    for (int t = 0; t < tokens; ++t)
      for (int i = 0; i < width; ++i) {
        const std::size_t to = std::size_t(t) * row + std::size_t(head) * width + i, from = std::size_t(t) * width + i;
        query[to] = heads[std::size_t(head)].tensors.query[from];
        key[to] = heads[std::size_t(head)].tensors.key[from];
        value[to] = heads[std::size_t(head)].tensors.value[from];
      }
  attention::NetworkOptions options;
  options.parameters = parameters;
  options.backend = Backend::cpu;
  const bool slots = maps.front().activation == attention::Activation::slots;
  // The maps are given, so that of the features only slots matters here: it lets m follow the number of tokens.
  options.feature = slots ? Feature::slots : Feature::relu;
  options.hidden = slots ? 0 : maps.front().hidden;
  options.own_maps = [&](int, int hidden) {
    std::vector<FeatureMap> own = maps;
    for (FeatureMap& map : own) map.hidden = hidden;
    return own;
  };
  if (heads.front().process)
    options.own_processes = [&](int, int) {
      std::vector<attention::ProcessScale> own;
      own.reserve(heads.size());
      for (const StudyHead& head : heads) own.push_back(*head.process);
      return own;
    };
  double whole = 1;  // [s] of simulated time
  Stopper observer(listener, [&](int, double time) { progress(std::min(1.0, time / whole)); });
  attention::NetworkAttention<double> network(
      {.layers = 1, .heads = count, .head_size = width, .max_tokens = tokens, .causal = heads.front().tensors.causal},
      options, &observer);
  whole = network.simulated_time(tokens);
  network.attend(0, 0, tokens, query.data(), key.data(), value.data(), context.data());

  std::vector<double> errors;
  for (int head = 0; head < count; ++head) {
    HeadTensors shortened = heads[std::size_t(head)].tensors;
    shortened.tokens = tokens;
    for (auto* matrix : {&shortened.query, &shortened.key, &shortened.value})
      matrix->resize(std::size_t(tokens) * std::size_t(width));
    const auto got = head_columns(context, tokens, count, width, head),
               want = linear_context(shortened, maps[std::size_t(head)]);
    errors.push_back(transformer::relative_l2<double>(got, want));
  }
  return errors;
}

void for_each_head(const std::vector<StudyHead>& heads, const std::function<void(std::size_t)>& task) {
  linear_algebra::run_parallel(int(heads.size()), [&](int head, int) { task(std::size_t(head)); });
}

TimeStudy study_time(const std::vector<StudyHead>& heads, const std::vector<FeatureMap>& maps,
                     attention::Parameters parameters, double attention::Parameters::*duration,
                     const RunListener& listener, const StudyProgress& progress) {
  TimeStudy study;
  const double nominal = parameters.*duration;
  // A time constant that follows write_time stays what it was.
  parameters.tau_hebbian = parameters.effective_tau_hebbian();
  parameters.tau_store = parameters.effective_tau_store();
  parameters.solver = attention::Solver::exact;
  for (const double factor : studied_times) {
    parameters.*duration = factor * nominal;
    study.error.push_back(integrated_errors(heads, maps, parameters, listener, [&](double within) {
      progress((double(study.value.size()) + within) / double(std::size(studied_times)));
    }));
    study.value.push_back(factor * nominal);
  }
  return study;
}

}  // namespace

double cost_of_features(const std::vector<StudyHead>& heads) {
  constexpr double flops = 1.3e9, per_value = 6;  // measured on one core of a server: per second, and per channel
  double weights = 0, tokens = 0;
  for (const Feature feature : studied_features)
    for (const int m : sizes_of(feature, heads)) weights += weight_of(feature, m);
  for (const StudyHead& head : heads) tokens += head.tensors.tokens;
  return per_value * weights * tokens * heads.front().tensors.width / flops;
}

std::vector<FeatureStudy> study_features(const std::vector<StudyHead>& heads, std::uint64_t seed,
                                         const StudyProgress& progress) {
  std::vector<FeatureStudy> studies;
  double all = 0, done = 0;
  for (const Feature feature : studied_features)
    for (const int m : sizes_of(feature, heads)) all += weight_of(feature, m);
  std::vector<std::vector<double>> softmax(heads.size());
  for_each_head(heads, [&](std::size_t h) { softmax[h] = softmax_context(heads[h].tensors); });
  for (const Feature feature : studied_features) {
    FeatureStudy study;
    study.feature = feature;
    study.m = sizes_of(feature, heads);
    for (const int m : study.m) {
      std::vector<double> errors(heads.size());
      for_each_head(heads, [&](std::size_t h) {
        errors[h] = transformer::relative_l2<double>(
            linear_context(heads[h].tensors, map_of(heads[h], feature, m, seed)), softmax[h]);
      });
      study.error.push_back(std::move(errors));
      progress((done += weight_of(feature, m)) / all);
    }
    studies.push_back(std::move(study));
  }
  return studies;
}

TimeStudy study_settle_time(const std::vector<StudyHead>& heads, const std::vector<FeatureMap>& maps,
                            const attention::Parameters& parameters, const RunListener& listener,
                            const StudyProgress& progress) {
  return study_time(heads, maps, parameters, &attention::Parameters::settle_time, listener, progress);
}

TimeStudy study_read_time(const std::vector<StudyHead>& heads, const std::vector<FeatureMap>& maps,
                          const attention::Parameters& parameters, const RunListener& listener,
                          const StudyProgress& progress) {
  return study_time(heads, maps, parameters, &attention::Parameters::read_time, listener, progress);
}

template <class Real>
std::vector<double> network_attention_map(const HeadTensors& head, const FeatureMap& map,
                                          const std::optional<attention::ProcessScale>& process,
                                          attention::NetworkOptions options, const RunListener& listener) {
  const int tokens = head.tokens, width = head.width, copies = (tokens + width - 1) / width;
  const std::size_t row = std::size_t(copies) * std::size_t(width);
  std::vector<Real> query(std::size_t(tokens) * row), key(query.size()), value(query.size(), Real(0)),
      context(query.size());
  for (int t = 0; t < tokens; ++t) {
    for (int copy = 0; copy < copies; ++copy)
      for (int i = 0; i < width; ++i) {
        const std::size_t to = std::size_t(t) * row + std::size_t(copy) * width + i, from = std::size_t(t) * width + i;
        query[to] = Real(head.query[from]);
        key[to] = Real(head.key[from]);
      }
    value[std::size_t(t) * row + std::size_t(t)] = 1;
  }
  options.recordings.clear();
  options.hidden = map.hidden;
  options.own_maps = [&](int, int) { return std::vector<FeatureMap>(std::size_t(copies), map); };
  if (process) options.own_processes = [&](int, int) { return std::vector(std::size_t(copies), *process); };
  Stopper observer(listener);
  attention::NetworkAttention<Real> network(
      {.layers = 1, .heads = copies, .head_size = width, .max_tokens = tokens, .causal = head.causal}, options,
      &observer);
  network.attend(0, 0, tokens, query.data(), key.data(), value.data(), context.data());
  std::vector<double> weights;
  weights.reserve(std::size_t(tokens) * std::size_t(tokens));
  for (int t = 0; t < tokens; ++t)
    for (int s = 0; s < tokens; ++s) weights.push_back(double(context[std::size_t(t) * row + std::size_t(s)]));
  return weights;
}

template std::vector<double> network_attention_map<float>(const HeadTensors&, const FeatureMap&,
                                                          const std::optional<attention::ProcessScale>&,
                                                          attention::NetworkOptions, const RunListener&);
template std::vector<double> network_attention_map<double>(const HeadTensors&, const FeatureMap&,
                                                           const std::optional<attention::ProcessScale>&,
                                                           attention::NetworkOptions, const RunListener&);

}  // namespace tripartite::simulation
