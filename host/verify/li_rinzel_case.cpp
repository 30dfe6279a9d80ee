#include <fmt/format.h>

#include <cmath>

#include "host/config/choices.hpp"
#include "host/verify/synapse_reference.hpp"
#include "tripartite/calcium/li_rinzel_population.hpp"
#include "tripartite/error.hpp"
#include "tripartite/synapse/spike_sources.hpp"
#include "tripartite/verify/verify.hpp"

namespace tripartite::verify {
namespace {

using calcium::LiRinzelPopulation;
using synapse::Solver;

constexpr double dt = 1e-4;  // every input of the cases is at the end of such a step

template <class Real>
std::vector<VerifyRow> compare_solver(const Meta& meta, Solver solver) {
  typename LiRinzelPopulation<Real>::Setup setup;
  const auto& parameters = meta.values.at("parameters");
  for (int i = 0; i < calcium::li_rinzel_parameter_count; ++i)
    if (const char* name = calcium::li_rinzel_infos[i].name; parameters.contains(name))
      setup.parameters.*calcium::li_rinzel_members<double>[i] = parameters[name].get<double>();
  constexpr const char* names[] = {"I", "C", "h"};
  for (int i = 0; i < 3; ++i) setup.initial[i] = meta.values.at("initial").at(names[i]).get<double>();
  const bool single = sizeof(Real) == sizeof(float);
  setup.solver = solver;
  setup.dt = dt;
  setup.relative_tolerance = single ? 1e-6 : 1e-10;
  setup.absolute_tolerance = single ? 1e-8 : 1e-12;
  setup.threads = 1;

  const std::size_t count = meta.values.at("n_inputs").get<std::size_t>();
  const auto inputs = read_array(meta, "inputs", {count, 2});
  std::vector<synapse::SpikeTrains::Spike> spikes;
  for (std::size_t i = 0; i < count; ++i) {
    if (inputs[2 * i + 1] != inputs[1])
      throw FileError(fmt::format("{}: inputs.npy: expected inputs of one weight", meta.source));
    spikes.push_back({inputs[2 * i], 0});
  }
  const synapse::SpikeTrains train(spikes, 1, dt);
  const auto every = std::llround(meta.values.at("sample_interval_s").get<double>() / dt);
  const std::size_t samples = std::size_t(std::llround(meta.values.at("t_end_s").get<double>() / dt) / every) + 1;
  const auto expected = read_array(meta, "state", {samples, 3});
  const auto expected_current = read_array(meta, "sic", {samples});

  LiRinzelPopulation<Real> cell(setup);
  std::vector<double> computed[3], wanted[3], current;
  for (std::size_t k = 0; k < samples; ++k) {
    if (k > 0) cell.advance(int(every), &train, inputs[1]);
    for (int i = 0; i < 3; ++i) {
      computed[i].push_back(double(cell.state(i)[0]));
      wanted[i].push_back(expected[3 * k + std::size_t(i)]);
    }
    current.push_back(calcium::slow_inward_current(computed[1].back(), parameters.at("SIC_threshold").get<double>(),
                                                   parameters.at("SIC_scale").get<double>()));
  }
  // The solutions agree to 4e-11; in float32 rounding of 1e6 steps moves an oscillation of 10 s by some ms.
  const double tolerance = single ? 1e-2 : 1e-6;
  std::vector<VerifyRow> rows;
  rows.reserve(4);
  const std::string name(config::choice_name(solver));
  for (int i = 0; i < 3; ++i) rows.push_back(compare(meta.name, name, names[i], computed[i], wanted[i], tolerance));
  // ln y is steep where the current sets in.
  rows.push_back(compare(meta.name, name, "slow inward current", current, expected_current, single ? 0.1 : 1e-5));
  return rows;
}

}  // namespace

std::vector<VerifyRow> verify_li_rinzel_case(const std::filesystem::path& directory, Precision precision) {
  const Meta meta = read_meta(directory);
  try {
    std::vector<VerifyRow> rows;
    for (const Solver solver : {Solver::rk4, Solver::dormand_prince, Solver::rosenbrock}) {
      const auto some =
          precision == Precision::float64 ? compare_solver<double>(meta, solver) : compare_solver<float>(meta, solver);
      rows.insert(rows.end(), some.begin(), some.end());
    }
    return rows;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

}  // namespace tripartite::verify
