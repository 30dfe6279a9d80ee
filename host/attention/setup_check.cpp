#include "host/attention/setup_check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

void require(bool fine, const std::string& message) {
  if (!fine) throw ConfigError(message);
}

void check_parameters(const Parameters& parameters) {
  using Member = double Parameters::*;
  const auto check = [&](const char* name, Member member, bool may_be_zero) {
    const double value = parameters.*member;
    require(std::isfinite(value) && (may_be_zero ? value >= 0 : value > 0),
            fmt::format("{} = {}: must be {}", name, value,
                        may_be_zero ? "finite and not negative" : "finite and positive"));
  };
  check("tau_input", &Parameters::tau_input, false);
  check("tau_hidden", &Parameters::tau_hidden, false);
  check("tau_output", &Parameters::tau_output, false);
  check("tau_calcium", &Parameters::tau_calcium, false);
  check("calcium_floor", &Parameters::calcium_floor, false);
  check("write_time", &Parameters::write_time, false);
  check("dt", &Parameters::dt, false);
  check("tau_hebbian", &Parameters::tau_hebbian, true);
  check("tau_store", &Parameters::tau_store, true);
  check("decay_hebbian", &Parameters::decay_hebbian, true);
  check("decay_store", &Parameters::decay_store, true);
  check("heterogeneity", &Parameters::heterogeneity, true);
  check("settle_time", &Parameters::settle_time, true);
  check("delay_time", &Parameters::delay_time, true);
  check("read_time", &Parameters::read_time, true);
  check("calcium_speed", &Parameters::calcium_speed, false);
  check("calcium_production", &Parameters::calcium_production, false);
  check("calcium_least", &Parameters::calcium_least, false);
}

void check_side(const FeatureSide& side, const FeatureMap& map) {
  const std::size_t width = std::size_t(map.width), hidden = std::size_t(map.hidden);
  const auto check = [](const char* name, const std::vector<double>& values, std::size_t size, bool may_be_empty) {
    require(values.size() == size || (may_be_empty && values.empty()),
            fmt::format("attention engine: {} of a feature map has {} values, expected {}", name, values.size(), size));
  };
  check("projection", side.projection, width * hidden, false);
  check("offset", side.offset, hidden, true);
  check("norm", side.norm, width * width, true);
  check("norm_offset", side.norm_offset, width, true);
  check("linear", side.linear, width, true);
}

void check_factors(const SynapseFactors& factors, std::size_t synapses) {
  for (const auto* values : {&factors.hebbian, &factors.store, &factors.tau_calcium})
    require(values->empty() || values->size() == synapses,
            fmt::format("attention engine: {} synapse factors, expected {}", values->size(), synapses));
  for (const double tau : factors.tau_calcium)
    require(std::isfinite(tau) && tau > 0,
            fmt::format("tau_calcium of a synapse = {} s: must be finite and positive", tau));
}

void check_processes(const EngineSetup& setup) {
  const bool wanted = setup.parameters.has_calcium_model();
  require(setup.processes.size() == (wanted ? setup.maps.size() : 0),
          "attention engine: one scale of the processes per head expected for a calcium model, else none");
  if (wanted) {
    const CalciumModel& model = calcium_model_of(setup.parameters);
    const std::vector<double> values = calcium_parameters_of(setup.parameters);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const ParameterInfo& info = model.parameters[i];
      require(std::isfinite(values[i]) && (info.is_positive ? values[i] > 0 : values[i] >= 0),
              fmt::format("{}.{} = {}: must be {}", model.name, info.name, values[i],
                          info.is_positive ? "finite and positive" : "finite and not negative"));
    }
  }
  for (const ProcessScale& scale : setup.processes) {
    bool is_finite = std::isfinite(scale.rest);
    for (const double value : {scale.production, scale.gain, scale.least})
      is_finite = is_finite && std::isfinite(value) && value > 0;
    for (const double value : scale.initial) is_finite = is_finite && std::isfinite(value) && value >= 0;
    require(is_finite, fmt::format("attention engine: processes with production {}, gain {}, rest {}, least p {}: must "
                                   "be finite and positive",
                                   scale.production, scale.gain, scale.rest, scale.least));
  }
}

}  // namespace

void check_setup(const EngineSetup& setup) {
  require(setup.heads() > 0 && setup.width > 0 && setup.hidden > 0 && setup.tokens > 0,
          "attention engine: heads, width, hidden neurons and tokens must be positive");
  require(setup.factors.empty() || setup.factors.size() == setup.maps.size(),
          "attention engine: one set of synapse factors per head expected");
  const Parameters& parameters = setup.parameters;
  check_parameters(parameters);
  require(parameters.astrocytes >= 1 && parameters.astrocytes <= setup.width,
          fmt::format("astrocyte.count = {}: must be in [1, {}], the number of rows that astrocytes can own in a head",
                      parameters.astrocytes, setup.width));
  const std::size_t synapses = std::size_t(setup.width) * std::size_t(setup.hidden);
  for (const FeatureMap& map : setup.maps) {
    require(map.width == setup.width && map.hidden == setup.hidden,
            "attention engine: a feature map has another shape than its head");
    require(map.activation != Activation::slots || setup.hidden >= setup.tokens,
            fmt::format("features.m = {}: slots need one hidden neuron per token, at least {}", setup.hidden,
                        setup.tokens));
    if (map.activation != Activation::slots) {
      check_side(map.key, map);
      check_side(map.query, map);
    }
    require((map.activation == Activation::slots) == (setup.maps.front().activation == Activation::slots),
            "attention engine: either all heads of a batch are slots or none");
  }
  for (const SynapseFactors& factors : setup.factors) check_factors(factors, synapses);
  check_processes(setup);
}

void check_tokens(const EngineSetup& setup, int first, int count) {
  require(first >= 0 && count >= 0 && count <= setup.tokens - first,
          fmt::format("attention engine: tokens {} to {} lie outside its capacity of {}", first, first + count - 1,
                      setup.tokens));
}

void check_element(Field field, int head, std::size_t index, int heads, std::size_t elements) {
  require(head >= 0 && head < heads && index < elements,
          fmt::format("field {}: head {}, element {} does not exist ({} heads, {} elements)", info(field).name, head,
                      index, heads, elements));
}

void check_settable(Field field) {
  require(field != Field::store && field != Field::calcium,
          fmt::format("field {}: synapses share it, so that no single value can be replaced", info(field).name));
}

}  // namespace tripartite::attention
