#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/config/choices.hpp"
#include "host/io/npy.hpp"
#include "host/io/strict_json.hpp"
#include "host/io/text_file.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/attention/schedule.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {
namespace {

using attention::Feature;
using attention::Field;
using attention::Parameters;
using attention::Phase;
using attention::Solver;

constexpr std::array parameter_names{
    std::pair{"tau_input", &Parameters::tau_input},         std::pair{"tau_hidden", &Parameters::tau_hidden},
    std::pair{"tau_output", &Parameters::tau_output},       std::pair{"tau_calcium", &Parameters::tau_calcium},
    std::pair{"tau_hebbian", &Parameters::tau_hebbian},     std::pair{"tau_store", &Parameters::tau_store},
    std::pair{"decay_hebbian", &Parameters::decay_hebbian}, std::pair{"decay_store", &Parameters::decay_store},
    std::pair{"calcium_floor", &Parameters::calcium_floor}, std::pair{"settle_time", &Parameters::settle_time},
    std::pair{"write_time", &Parameters::write_time},       std::pair{"read_time", &Parameters::read_time},
};

struct Case {
  std::string name;
  Feature feature = Feature::elu1;
  attention::EngineSetup setup;  // one head
  std::vector<double> query, key, value;
  std::vector<attention::ScheduledPhase> schedule;
  std::vector<double> snapshots;  // [schedule x states]
  std::vector<double> outputs;    // [tokens x width]
};

std::vector<double> array(const std::filesystem::path& directory, const char* name, std::size_t size) {
  const auto path = directory / (std::string(name) + ".npy");
  std::vector<double> values = io::read_npy(path).values;
  if (values.size() != size)
    throw FileError(fmt::format("{}: {} values, expected {} by meta.json", path.string(), values.size(), size));
  return values;
}

Feature feature_named(const std::string& name, const std::string& source) {
  for (const auto& [feature, known] : config::Choices<Feature>::names)
    if (name == known) return feature;
  throw FileError(fmt::format("{}: feature = \"{}\" is no feature map of the network", source, name));
}

/// "write 3": what happened before a snapshot.
attention::ScheduledPhase phase_of(const std::string& label, int tokens, const std::string& source) {
  static const std::map<std::string, Phase> phases{
      {"settle", Phase::settle}, {"write", Phase::write}, {"read", Phase::read}};
  const auto space = label.find(' ');
  const auto phase = phases.find(label.substr(0, space));
  int token = -1;
  if (phase != phases.end() && space != std::string::npos)
    for (int t = 0; t < tokens; ++t)
      if (label.substr(space + 1) == std::to_string(t)) token = t;
  if (token < 0)
    throw FileError(fmt::format("{}: snapshot_labels: \"{}\": expected settle, write or read and a token from 0 to {}",
                                source, label, tokens - 1));
  return {phase->second, token, 0};  // of the duration that the case's parameters say
}

Parameters read_parameters(const nlohmann::json& values, const std::string& source) {
  Parameters parameters;
  for (const auto& [key, value] : values.items()) {
    const auto known = std::find_if(parameter_names.begin(), parameter_names.end(),
                                    [&key = key](const auto& entry) { return key == entry.first; });
    if (known == parameter_names.end())
      throw FileError(fmt::format("{}: parameters.{} is no parameter of the network", source, key));
    parameters.*known->second = value.get<double>();
  }
  return parameters;
}

bool all_are(const std::vector<double>& values, double number) {
  return std::all_of(values.begin(), values.end(), [number](double value) { return value == number; });
}

Case read_case(const std::filesystem::path& directory) {
  const auto path = directory / "meta.json";
  const std::string source = path.string();
  const nlohmann::json meta = io::parse_json(io::read_file(path), source);
  try {
    Case read;
    read.name = (directory / "").parent_path().filename().string();  // with or without a slash at its end
    read.feature = feature_named(meta.at("feature").get<std::string>(), source);
    attention::EngineSetup& setup = read.setup;
    setup.width = meta.at("d").get<int>();
    setup.hidden = meta.at("m").get<int>();
    setup.tokens = meta.at("T").get<int>();
    for (const auto& [key, value] : {std::pair{"d", setup.width}, {"m", setup.hidden}, {"T", setup.tokens}})
      if (value < 1 || value > 1 << 20)
        throw FileError(fmt::format("{}: {} = {}: must be from 1 to {}", source, key, value, 1 << 20));
    setup.parameters = read_parameters(meta.at("parameters"), source);
    for (const auto& label : meta.at("snapshot_labels"))
      read.schedule.push_back(phase_of(label.get<std::string>(), setup.tokens, source));

    const std::size_t width = std::size_t(setup.width), hidden = std::size_t(setup.hidden);
    const std::size_t tokens = std::size_t(setup.tokens), synapses = width * hidden;
    read.query = array(directory, "Q", tokens * width);
    read.key = array(directory, "K", tokens * width);
    read.value = array(directory, "V", tokens * width);
    read.outputs = array(directory, "outputs", tokens * width);
    read.snapshots = array(directory, "snapshots", read.schedule.size() * (4 * width + hidden + 3 * synapses));
    const bool random = read.feature != Feature::elu1 && read.feature != Feature::slots;
    const std::vector<double> omega = random ? array(directory, "Omega", synapses) : std::vector<double>{};
    setup.maps = {attention::make_feature_map(read.feature, setup.width, setup.hidden, omega)};
    attention::SynapseFactors factors{array(directory, "a", synapses), array(directory, "b", synapses),
                                      array(directory, "tau_p", synapses)};
    // Synapses that are all alike are the homogeneous network, which has loops of its own.
    const bool alike = all_are(factors.hebbian, 1) && all_are(factors.store, 1) &&
                       all_are(factors.tau_calcium, setup.parameters.tau_calcium);
    if (!alike) setup.factors = {std::move(factors)};
    return read;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", source, e.what()));
  }
}

/// Largest |computed - expected| / largest |expected| that the method explains, at the default step of 1 ms.
///
/// - exact: collocation to 1e-13, kinks of the drives included. The references themselves agree to 1.3e-9.
/// - rk4: fourth order, (dt / tau)^4 / 120 = 8e-7 of a transient that has decayed to e^-10 when it is sampled; calcium,
///   sampled while it still moves, 1.3e-7. relu and elu1 have a kink wherever a neuron crosses zero, and slots where
///   the largest logit changes hands; a step that straddles one errs in second order, and the calcium of the first
///   read, which grows from nothing, shows it most.
/// - exponential_euler: first order in the drives; filters with a constant input are exact.
/// - euler: first order throughout.
double method_tolerance(Solver solver, Field field, bool smooth) {
  const bool filter = field == Field::key || field == Field::query || field == Field::value;
  const bool calcium = field == Field::calcium;
  const double kink = smooth || filter ? 0 : calcium ? 2e-6 : 1e-7;
  switch (solver) {
    case Solver::exact: return 2e-9;
    case Solver::rk4: return (calcium ? 5e-7 : 2e-8) + kink;
    case Solver::exponential_euler: return filter ? 2e-9 : calcium ? 1e-2 : 1e-4;
    case Solver::euler: return calcium ? 1e-2 : 1e-3;
  }
  return 0;
}

/// Float32: rounding of some thousand additions per phase; a step adds at most half a unit in the last place, 6e-8.
constexpr double float_rounding = 2e-5;

template <class Real>
std::vector<Real> narrowed(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

template <class Real>
std::vector<VerifyRow> verify(const Case& reference, Solver solver, Backend backend) {
  attention::EngineSetup setup = reference.setup;
  setup.parameters.solver = solver;
  const Parameters& parameters = setup.parameters;
  const auto engine = attention::make_engine<Real>(backend, setup);
  engine->load_tokens(0, setup.tokens, narrowed<Real>(reference.query).data(), narrowed<Real>(reference.key).data(),
                      narrowed<Real>(reference.value).data());

  std::map<Field, std::pair<std::vector<double>, std::vector<double>>> states;  // computed, expected
  auto expected = reference.snapshots.begin();
  for (const attention::ScheduledPhase& step : reference.schedule) {
    engine->advance(step.phase, step.token,
                    step.phase == Phase::settle  ? parameters.settle_time
                    : step.phase == Phase::write ? parameters.write_time
                                                 : parameters.read_time);
    attention::end_phase(*engine, step);
    for (const attention::FieldInfo& info : attention::fields) {
      const auto values = engine->field(info.field, 0);
      auto& [computed, wanted] = states[info.field];
      computed.insert(computed.end(), values.begin(), values.end());
      wanted.insert(wanted.end(), expected, expected + std::ptrdiff_t(values.size()));
      expected += std::ptrdiff_t(values.size());
    }
  }
  std::vector<Real> outputs(reference.outputs.size());
  engine->outputs(0, setup.tokens, outputs.data());

  const bool smooth = setup.maps.front().activation == attention::Activation::exponential;
  const double rounding = sizeof(Real) == sizeof(float) ? float_rounding : 0;
  const std::string solver_name(config::choice_name(solver));
  std::vector<VerifyRow> rows;
  for (const attention::FieldInfo& info : attention::fields) {
    const auto& [computed, wanted] = states[info.field];
    rows.push_back(compare(reference.name, solver_name, std::string(info.name), computed, wanted,
                           method_tolerance(solver, info.field, smooth) + rounding));
  }
  rows.push_back(compare(reference.name, solver_name, "outputs", {outputs.begin(), outputs.end()}, reference.outputs,
                         method_tolerance(solver, Field::output, smooth) + rounding));
  return rows;
}

}  // namespace

std::vector<VerifyRow> verify_attention_case(const std::filesystem::path& directory, Precision precision,
                                             Backend backend) {
  const Case reference = read_case(directory);
  std::vector<VerifyRow> rows;
  for (const auto& [solver, name] : config::Choices<Solver>::names) {
    const auto of_solver = precision == Precision::float64 ? verify<double>(reference, solver, backend)
                                                           : verify<float>(reference, solver, backend);
    rows.insert(rows.end(), of_solver.begin(), of_solver.end());
  }
  return rows;
}

}  // namespace tripartite::verify
