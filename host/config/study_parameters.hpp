#pragma once

#include "host/config/choices.hpp"
#include "host/config/parameter_table.hpp"
#include "tripartite/config/study_config.hpp"

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
  };
};

/// Everything that can be set for `tripartite study`.
const ParameterTable<StudyConfig>& study_parameters();

/// The key of the table that the study varies ("synapse.heterogeneity"); for decay the first of the two.
std::string_view varied_key(StudyAxis axis);

/// The configuration with the varied parameter at `value`. Throws ConfigError if the network does not allow it.
StudyConfig at_value(StudyConfig config, double value);

}  // namespace tripartite::config
