#pragma once

#include "host/config/choices.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/study_config.hpp"

namespace tripartite::config {

template <>
struct Choices<StudyAxis> {
  static constexpr std::array names{
      std::pair{StudyAxis::m, std::string_view("m")},
      std::pair{StudyAxis::settle, std::string_view("settle")},
      std::pair{StudyAxis::read, std::string_view("read")},
      std::pair{StudyAxis::heterogeneity, std::string_view("heterogeneity")},
      std::pair{StudyAxis::tau_calcium, std::string_view("tau_calcium")},
      std::pair{StudyAxis::decay, std::string_view("decay")},
      std::pair{StudyAxis::speed, std::string_view("speed")},
      std::pair{StudyAxis::production, std::string_view("production")},
  };
};

/// A parameter, or "none".
template <>
struct Choices<std::optional<StudyAxis>> {
  static constexpr auto names = with_none("none", Choices<StudyAxis>::names);
};

template <>
struct Choices<StudyMeasure> {
  static constexpr std::array names{
      std::pair{StudyMeasure::automatic, std::string_view("auto")},
      std::pair{StudyMeasure::agreement, std::string_view("agreement")},
      std::pair{StudyMeasure::kl_mean, std::string_view("kl_mean")},
      std::pair{StudyMeasure::perplexity, std::string_view("perplexity")},
      std::pair{StudyMeasure::accuracy, std::string_view("accuracy")},
      std::pair{StudyMeasure::cosine, std::string_view("cosine")},
      std::pair{StudyMeasure::head_error, std::string_view("head_error")},
  };
};

/// Everything that can be set for `tripartite study`.
const ParameterTable<StudyConfig>& study_parameters();

/// The key of the table that the study varies ("synapse.heterogeneity"); for decay the first of the two.
std::string_view varied_key(StudyAxis axis);

/// The configuration with the varied parameter at `value`, and the second one, if there is one, at `by`. Throws
/// ConfigError if the network does not allow it.
StudyConfig at_value(StudyConfig config, double value, double by);

}  // namespace tripartite::config
