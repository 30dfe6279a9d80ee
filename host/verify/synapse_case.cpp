#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "host/config/choices.hpp"
#include "host/verify/synapse_reference.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {
namespace {

using integrate::Method;
using State = GchiSynapse::State;

/// How one solver is held to the reference: which solution is its own, and how near it must come in float64 and
/// float32, relative to the largest value of each state.
struct Comparison {
  Method solver;
  const char* array;
  int substeps;
  double tolerance;         // [float64]
  double single_tolerance;  // [float32]
};

// Tight runs come as near as the solutions agree among themselves (5e-11 rates, 2e-8 spikes), which 1e-6 bounds with
// room for the order of the method. The published solution of c_spike_* is RK4 at 1 ms: the same arithmetic, to
// rounding. In float32 rounding of 6e-8 a step moves a release by some ms after some 10 s.
constexpr Comparison rate_comparisons[] = {{Method::dormand_prince, "state_exact", 1, 1e-6, 2e-2},
                                           {Method::rosenbrock, "state_exact", 1, 1e-6, 2e-2},
                                           {Method::rk4, "state_step1ms", 10, 1e-6, 2e-2}};
constexpr Comparison spike_comparisons[] = {{Method::dormand_prince, "state_exact", 1, 1e-6, 2e-2},
                                            {Method::rosenbrock, "state_exact", 1, 1e-6, 2e-2},
                                            {Method::rk4, "state_step1ms", 10, 1e-6, 2e-2},
                                            {Method::rk4, "state_brian2", 1, 1e-9, 2e-2}};

struct Case {
  Meta meta;
  NetworkSetup setup;
  std::vector<std::pair<std::int64_t, double>> rates;  // [1/s] by the step they begin at
  std::vector<double> spikes;                          // [s]
  std::vector<std::int64_t> sample_steps;
  std::vector<double> releases_exact, releases_step;  // [s]
};

constexpr double dt = 1e-3;

std::int64_t step_at(double time) { return std::llround(time / dt); }

NetworkSetup setup_of(const nlohmann::json& parameters, const nlohmann::json& initial, const std::string& source) {
  NetworkSetup setup;
  PopulationSetup& synapses = setup[setup.add(model<TripartiteSynapse, Gchi>(), 1, "synapses")];
  read_parameters(parameters, source, synapses);
  synapses.set("flux", "published");
  const auto exchange = std::size_t(parameter_place(synapses.model->description, "F_ex"));
  synapses.set("exogenous_ip3", synapses.parameters[exchange] > 0 ? "true" : "false");
  synapses.input("bias").common = {parameters.at("I_bias").get<double>(), 0, 0, 0};
  read_initial(initial, synapses);
  setup.dt = dt;
  setup.threads = 1;
  return setup;
}

std::vector<Case> read_rate_case(const Meta& meta) {
  Case read{meta, setup_of(meta.values.at("parameters"), meta.values.at("initial"), meta.source), {}, {}, {}, {}, {}};
  for (const auto& piece : meta.values.at("rate_schedule_hz"))
    read.rates.push_back({step_at(piece.at("t_from_s").get<double>()), piece.at("nu").get<double>()});
  const Sampling sampling = sampling_of(meta, dt);
  for (std::size_t k = 0; k < sampling.samples; ++k) read.sample_steps.push_back(std::int64_t(k) * sampling.every);
  read.releases_exact = meta.values.at("release_times_exact_s").get<std::vector<double>>();
  read.releases_step = meta.values.at("release_times_applied_step1ms_s").get<std::vector<double>>();
  return {read};
}

std::vector<Case> read_spike_case(const Meta& meta) {
  std::vector<Case> cases;
  const auto shape = meta.values.at("arrays").at("t").at("shape").get<std::vector<std::size_t>>();
  const auto times = read_array(meta, "t", shape);
  require_times(meta, "t.npy", times);
  for (std::size_t i = 0; i < meta.values.at("synapses").size(); ++i) {
    const auto& each = meta.values["synapses"][i];
    Case read{meta, setup_of(each.at("parameters"), each.at("initial"), meta.source), {}, {}, {}, {}, {}};
    read.rates = {{0, 0.0}};
    read.spikes = meta.values.at("spike_times_s").get<std::vector<double>>();
    require_times(meta, "spike_times_s", read.spikes);
    if (read.spikes.empty()) throw FileError(meta.source + ": spike_times_s is empty");
    for (const double time : times) read.sample_steps.push_back(step_at(time));
    read.releases_exact = meta.values.at("release_times_exact_s").at(i).get<std::vector<double>>();
    read.releases_step = meta.values.at("release_times_step1ms_s").at(i).get<std::vector<double>>();
    cases.push_back(std::move(read));
  }
  return cases;
}

struct Trajectory {
  std::vector<double> states[State::count];
  std::vector<double> releases;
};

Trajectory integrate(const Case& reference, const Comparison& how, Precision precision, Backend backend) {
  NetworkSetup setup = reference.setup;
  setup.method = how.solver;
  setup.backend = backend;
  setup.precision = precision;
  const bool single = precision == Precision::float32;
  // In float32 a shorter step loses more to rounding (a change of 1e-6 of a state per step) than it gains.
  setup.substeps = single ? 1 : how.substeps;
  setup.relative_tolerance = single ? 1e-5 : how.solver == Method::rosenbrock ? 2e-10 : 1e-11;
  setup.absolute_tolerance = single ? 1e-7 : how.solver == Method::rosenbrock ? 2e-12 : 1e-13;
  if (!reference.spikes.empty()) {
    std::vector<SpikeTrains::Spike> train;
    for (const double time : reference.spikes) train.push_back({time, 0});
    setup[0].spikes = std::make_shared<SpikeTrains>(train, 1, dt);
  }
  const auto network = make_network(std::move(setup));

  Trajectory result;
  std::size_t piece = 0;
  for (const std::int64_t sample : reference.sample_steps) {
    while (network->steps() < sample) {
      while (piece + 1 < reference.rates.size() && reference.rates[piece + 1].first <= network->steps()) ++piece;
      const std::int64_t end =
          piece + 1 < reference.rates.size() ? std::min(sample, reference.rates[piece + 1].first) : sample;
      network->set_common(0, "rate", {reference.rates[piece].second, 0, 0, 0});
      network->advance_steps(end - network->steps());
    }
    for (std::size_t i = 0; i < std::size_t(State::count); ++i) {
      double value = 0;
      network->read(i, 0, std::span(&value, 1));
      result.states[i].push_back(value);
    }
  }
  for (const Event& release : network->take_events()) result.releases.push_back(release.time);
  return result;
}

void compare_case(const Case& reference, std::size_t synapse, std::size_t synapses, const Comparison& how,
                  Precision precision, Backend backend, std::vector<VerifyRow>& rows) {
  const bool single = precision == Precision::float32;
  const double tolerance = single ? how.single_tolerance : how.tolerance;
  const std::size_t samples = reference.sample_steps.size();
  std::vector<std::size_t> shape{samples, std::size_t(State::count)};
  if (!reference.spikes.empty()) shape.insert(shape.begin(), synapses);
  const auto expected = read_array(reference.meta, how.array, shape);
  const Trajectory computed = integrate(reference, how, precision, backend);

  const std::string solver =
      fmt::format("{}{}", config::choice_name(how.solver), std::string(how.array) == "state_exact" ? "" : " 1 ms");
  const auto& releases = std::string(how.array) == "state_exact" ? reference.releases_exact : reference.releases_step;
  // In float32 a release may fall into a neighbouring step.
  const MovedEvents moved(single ? computed.releases : std::vector<double>(), single ? releases : std::vector<double>(),
                          single_release_shift);
  const auto& states = reference.setup.populations[0].model->description.states;
  for (int i = 0; i < State::count; ++i) {
    std::vector<double> wanted;
    for (std::size_t k = 0; k < samples; ++k)
      wanted.push_back(expected[(synapse * samples + k) * std::size_t(State::count) + std::size_t(i)]);
    std::vector<bool> left_out;
    for (const std::int64_t step : reference.sample_steps)
      left_out.push_back(moved.parts(double(step) * dt, lingering(i)));
    rows.push_back(compare(reference.meta.name, solver,
                           synapses > 1 ? fmt::format("{} of synapse {}", states[std::size_t(i)].name, synapse)
                                        : states[std::size_t(i)].name,
                           computed.states[i], wanted, tolerance, left_out));
  }
  rows.push_back(compare_times(reference.meta.name, solver, "release times", computed.releases, releases,
                               single ? single_release_shift : 1e-6));
}

}  // namespace

VerifyRow compare_times(std::string case_name, std::string solver, std::string variable,
                        const std::vector<double>& computed, const std::vector<double>& expected, double tolerance) {
  double error = computed.size() == expected.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < expected.size() && std::isfinite(error); ++i)
    error = std::max(error, std::abs(computed[i] - expected[i]));
  return {std::move(case_name), std::move(solver), std::move(variable), error, tolerance, error <= tolerance};
}

std::vector<VerifyRow> verify_synapse_case(const std::filesystem::path& directory, Precision precision,
                                           Backend backend) {
  const Meta meta = read_meta(directory);
  try {
    const bool is_rate = meta.values.at("drive").get<std::string>() == "rate";
    const std::vector<Case> cases = is_rate ? read_rate_case(meta) : read_spike_case(meta);
    std::vector<VerifyRow> rows;
    const auto compare_all = [&](const auto& comparisons) {
      for (const Comparison& how : comparisons)
        for (std::size_t i = 0; i < cases.size(); ++i)
          compare_case(cases[i], i, cases.size(), how, precision, backend, rows);
    };
    if (is_rate)
      compare_all(rate_comparisons);
    else
      compare_all(spike_comparisons);
    return rows;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

}  // namespace tripartite::verify
