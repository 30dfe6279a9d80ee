#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "host/simulation/attend.hpp"
#include "host/simulation/attention_errors.hpp"
#include "host/simulation/run_listener.hpp"
#include "tripartite/attention/network_attention.hpp"

namespace tripartite::simulation {

/// One head with its calibration, as the studies need it.
struct StudyHead {
  HeadTensors tensors;
  std::vector<double> calibration_query, calibration_key;  // [calibration tokens x width]
  int calibration_tokens = 0;
  std::uint64_t stream = 0;
  std::optional<attention::ProcessScale> process;  // for the time studies, if the network has a calcium model
};

/// Tells progress in [0, 1]; throws Cancelled to stop.
using StudyProgress = std::function<void(double)>;

/// About how long study_features takes [s].
double cost_of_features(const std::vector<StudyHead>& heads);

/// Error of linear against softmax attention for every random feature map and m = 64 … 4096, and elu1 at m = d.
std::vector<FeatureStudy> study_features(const std::vector<StudyHead>& heads, std::uint64_t seed,
                                         const StudyProgress& progress);

/// Error of the integrated network (exact propagator, float64, CPU) against linear attention with the same features
/// when its settle or read time changes; tokens beyond `most_studied_tokens` are left out.
inline constexpr int most_studied_tokens = 24;
inline constexpr double studied_times[] = {0.25, 0.5, 0.75, 1, 1.5, 2};  // of that of the run
/// `listener` is asked whether to stop within an integration, which can take long.
TimeStudy study_settle_time(const std::vector<StudyHead>& heads, const std::vector<attention::FeatureMap>& maps,
                            const attention::Parameters& parameters, const RunListener& listener,
                            const StudyProgress& progress);
TimeStudy study_read_time(const std::vector<StudyHead>& heads, const std::vector<attention::FeatureMap>& maps,
                          const attention::Parameters& parameters, const RunListener& listener,
                          const StudyProgress& progress);

/// Attention of one head as the integrated network carries it out: unit vectors are written as values, so that the
/// output reads the weights, `width` of them per copy of the head. `process` is the head's if the network has a calcium
/// model. [tokens x tokens]
template <class Real>
std::vector<double> network_attention_map(const HeadTensors& head, const attention::FeatureMap& map,
                                          const std::optional<attention::ProcessScale>& process,
                                          attention::NetworkOptions options, const RunListener& listener);

}  // namespace tripartite::simulation
