#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "host/config/choices.hpp"
#include "host/verify/synapse_reference.hpp"
#include "tripartite/error.hpp"
#include "tripartite/synapse/spike_sources.hpp"
#include "tripartite/verify/verify.hpp"

namespace tripartite::verify {
namespace {

using synapse::Solver;

/// How one solver is held to the reference: which solution is its own, and how near it must come in float64 and
/// float32, relative to the largest value of each state.
struct Comparison {
  Solver solver;
  const char* array;
  int substeps;
  double tolerance;         // [float64]
  double single_tolerance;  // [float32]
};

// Tight runs come as near as the solutions agree among themselves (5e-11 rates, 2e-8 spikes), which 1e-6 bounds with
// room for the order of the method. The published solution of c_spike_* is RK4 at 1 ms: the same arithmetic, to
// rounding. In float32 rounding of 6e-8 a step moves a release by some ms after some 10 s.
constexpr Comparison rate_comparisons[] = {{Solver::dormand_prince, "state_exact", 1, 1e-6, 2e-2},
                                           {Solver::rosenbrock, "state_exact", 1, 1e-6, 2e-2},
                                           {Solver::rk4, "state_step1ms", 10, 1e-6, 2e-2}};
constexpr Comparison spike_comparisons[] = {{Solver::dormand_prince, "state_exact", 1, 1e-6, 2e-2},
                                            {Solver::rosenbrock, "state_exact", 1, 1e-6, 2e-2},
                                            {Solver::rk4, "state_step1ms", 10, 1e-6, 2e-2},
                                            {Solver::rk4, "state_brian2", 1, 1e-9, 2e-2}};

struct Case {
  Meta meta;
  synapse::EnsembleSetup setup;
  std::vector<std::pair<std::int64_t, synapse::Drive>> drives;  // by the step they begin at
  std::vector<double> spikes;                                   // [s]
  std::vector<std::int64_t> sample_steps;
  std::vector<double> releases_exact, releases_step;  // [s]
};

constexpr double dt = 1e-3;

std::int64_t step_at(double time) { return std::llround(time / dt); }

synapse::EnsembleSetup setup_of(const nlohmann::json& parameters, const nlohmann::json& initial,
                                const std::string& source) {
  synapse::EnsembleSetup setup;
  setup.synapses = 1;
  setup.parameters = read_synapse_parameters(parameters, source);
  setup.options.exogenous_ip3 = setup.parameters.F_ex > 0;
  setup.options.flux = astrocyte::Flux::published;
  read_initial(initial, setup.initial);
  setup.dt = dt;
  setup.threads = 1;
  return setup;
}

std::vector<Case> read_rate_case(const Meta& meta) {
  Case read{meta, setup_of(meta.values.at("parameters"), meta.values.at("initial"), meta.source), {}, {}, {}, {}, {}};
  const auto bias = meta.values.at("parameters").at("I_bias").get<double>();
  for (const auto& piece : meta.values.at("rate_schedule_hz"))
    read.drives.push_back(
        {step_at(piece.at("t_from_s").get<double>()), {{piece.at("nu").get<double>(), 0, 0, 0}, bias}});
  const auto interval = step_at(meta.values.at("sample_interval_s").get<double>());
  for (std::int64_t step = 0; step <= step_at(meta.values.at("t_end_s").get<double>()); step += interval)
    read.sample_steps.push_back(step);
  read.releases_exact = meta.values.at("release_times_exact_s").get<std::vector<double>>();
  read.releases_step = meta.values.at("release_times_applied_step1ms_s").get<std::vector<double>>();
  return {read};
}

std::vector<Case> read_spike_case(const Meta& meta) {
  std::vector<Case> cases;
  const auto shape = meta.values.at("arrays").at("t").at("shape").get<std::vector<std::size_t>>();
  const auto times = read_array(meta, "t", shape);
  for (std::size_t i = 0; i < meta.values.at("synapses").size(); ++i) {
    const auto& each = meta.values["synapses"][i];
    Case read{meta, setup_of(each.at("parameters"), each.at("initial"), meta.source), {}, {}, {}, {}, {}};
    read.drives = {{0, {{}, each.at("parameters").at("I_bias").get<double>()}}};
    read.spikes = meta.values.at("spike_times_s").get<std::vector<double>>();
    for (const double time : times) read.sample_steps.push_back(step_at(time));
    read.releases_exact = meta.values.at("release_times_exact_s").at(i).get<std::vector<double>>();
    read.releases_step = meta.values.at("release_times_step1ms_s").at(i).get<std::vector<double>>();
    cases.push_back(std::move(read));
  }
  return cases;
}

struct Trajectory {
  std::vector<double> states[synapse::state_count];
  std::vector<double> releases;
};

template <class Real>
Trajectory integrate(const Case& reference, const Comparison& how, Backend backend) {
  synapse::EnsembleSetup setup = reference.setup;
  setup.solver = how.solver;
  const bool single = sizeof(Real) == sizeof(float);
  // In float32 a shorter step loses more to rounding (a change of 1e-6 of a state per step) than it gains.
  setup.substeps = single ? 1 : how.substeps;
  setup.relative_tolerance = single ? 1e-5 : how.solver == Solver::rosenbrock ? 2e-10 : 1e-11;
  setup.absolute_tolerance = single ? 1e-7 : how.solver == Solver::rosenbrock ? 2e-12 : 1e-13;
  const auto ensemble = synapse::make_ensemble<Real>(backend, setup);
  std::unique_ptr<synapse::SpikeTrains> spikes;
  if (!reference.spikes.empty()) {
    std::vector<synapse::SpikeTrains::Spike> train;
    for (const double time : reference.spikes) train.push_back({time, 0});
    spikes = std::make_unique<synapse::SpikeTrains>(train, 1, dt);
  }

  Trajectory result;
  std::size_t piece = 0;
  for (const std::int64_t sample : reference.sample_steps) {
    while (ensemble->steps() < sample) {
      while (piece + 1 < reference.drives.size() && reference.drives[piece + 1].first <= ensemble->steps()) ++piece;
      const std::int64_t end =
          piece + 1 < reference.drives.size() ? std::min(sample, reference.drives[piece + 1].first) : sample;
      ensemble->advance(int(end - ensemble->steps()), reference.drives[piece].second, spikes.get());
    }
    for (int i = 0; i < synapse::state_count; ++i) {
      Real value = 0;
      ensemble->read(synapse::StateIndex(i), 0, {&value, 1});
      result.states[i].push_back(double(value));
    }
  }
  for (const synapse::Release& release : ensemble->take_releases()) result.releases.push_back(release.time);
  return result;
}

template <class Real>
void compare_case(const Case& reference, std::size_t synapse, std::size_t synapses, const Comparison& how,
                  Backend backend, std::vector<VerifyRow>& rows) {
  const bool single = sizeof(Real) == sizeof(float);
  const double tolerance = single ? how.single_tolerance : how.tolerance;
  const std::size_t samples = reference.sample_steps.size();
  std::vector<std::size_t> shape{samples, std::size_t(synapse::state_count)};
  if (!reference.spikes.empty()) shape.insert(shape.begin(), synapses);
  const auto expected = read_array(reference.meta, how.array, shape);
  const Trajectory computed = integrate<Real>(reference, how, backend);

  const std::string solver =
      fmt::format("{}{}", config::choice_name(how.solver), std::string(how.array) == "state_exact" ? "" : " 1 ms");
  const auto& releases = std::string(how.array) == "state_exact" ? reference.releases_exact : reference.releases_step;
  // In float32 a release may fall into a neighbouring step.
  const MovedEvents moved(single ? computed.releases : std::vector<double>(), single ? releases : std::vector<double>(),
                          single_release_shift);
  for (int i = 0; i < synapse::state_count; ++i) {
    std::vector<double> wanted;
    for (std::size_t k = 0; k < samples; ++k)
      wanted.push_back(expected[(synapse * samples + k) * std::size_t(synapse::state_count) + std::size_t(i)]);
    std::vector<bool> left_out;
    for (const std::int64_t step : reference.sample_steps)
      left_out.push_back(moved.parts(double(step) * dt, lingering(synapse::StateIndex(i))));
    rows.push_back(compare(reference.meta.name, solver,
                           synapses > 1 ? fmt::format("{} of synapse {}", synapse::state_infos[i].name, synapse)
                                        : synapse::state_infos[i].name,
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
          precision == Precision::float64 ? compare_case<double>(cases[i], i, cases.size(), how, backend, rows)
                                          : compare_case<float>(cases[i], i, cases.size(), how, backend, rows);
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
