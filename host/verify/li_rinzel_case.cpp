#include <fmt/format.h>

#include <cmath>

#include "host/config/choices.hpp"
#include "host/verify/synapse_reference.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/error.hpp"

namespace tripartite::verify {
namespace {

using integrate::Method;

constexpr double dt = 1e-4;  // every input of the cases is at the end of such a step

std::vector<VerifyRow> compare_solver(const Meta& meta, Method solver, Precision precision, Backend backend) {
  NetworkSetup setup;
  PopulationSetup& cell = setup[setup.add(model<Astrocyte, LiRinzel>(), 1, "astrocytes")];
  const auto& parameters = meta.values.at("parameters");
  read_parameters(parameters, meta.source, cell);
  read_initial(meta.values.at("initial"), cell);
  const bool single = precision == Precision::float32;
  setup.method = solver;
  setup.dt = dt;
  setup.relative_tolerance = single ? 1e-6 : 1e-10;
  setup.absolute_tolerance = single ? 1e-8 : 1e-12;
  setup.precision = precision;
  setup.backend = backend;
  setup.threads = 1;

  const std::size_t count = meta.values.at("n_inputs").get<std::size_t>();
  const auto inputs = read_array(meta, "inputs", {count, 2});
  std::vector<SpikeTrains::Spike> spikes;
  for (std::size_t i = 0; i < count; ++i) spikes.push_back({inputs[2 * i], 0, inputs[2 * i + 1]});
  cell.spikes = std::make_shared<SpikeTrains>(spikes, 1, dt);
  const auto [every, samples] = sampling_of(meta, dt);
  const auto expected = read_array(meta, "state", {samples, 3});
  const auto expected_current = read_array(meta, "sic", {samples});

  const auto network = make_network(std::move(setup));
  std::vector<double> computed[3], wanted[3], current;
  for (std::size_t k = 0; k < samples; ++k) {
    if (k > 0) network->advance_steps(every);
    for (std::size_t i = 0; i < 3; ++i) {
      double value = 0;
      network->read(i, 0, std::span(&value, 1));
      computed[i].push_back(value);
      wanted[i].push_back(expected[3 * k + i]);
    }
    current.push_back(slow_inward_current(computed[1].back(), parameters.at("SIC_threshold").get<double>(),
                                          parameters.at("SIC_scale").get<double>()));
  }
  // The solutions agree to 4e-11; in float32 rounding of 1e6 steps moves an oscillation of 10 s by some ms.
  const double tolerance = single ? 1e-2 : 1e-6;
  std::vector<VerifyRow> rows;
  rows.reserve(4);
  constexpr const char* names[] = {"I", "C", "h"};
  const std::string name(config::choice_name(solver));
  for (int i = 0; i < 3; ++i) rows.push_back(compare(meta.name, name, names[i], computed[i], wanted[i], tolerance));
  // ln y is steep where the current sets in.
  rows.push_back(compare(meta.name, name, "slow inward current", current, expected_current, single ? 0.1 : 1e-5));
  return rows;
}

}  // namespace

std::vector<VerifyRow> verify_li_rinzel_case(const std::filesystem::path& directory, Precision precision,
                                             Backend backend) {
  const Meta meta = read_meta(directory);
  try {
    std::vector<VerifyRow> rows;
    for (const Method solver : {Method::rk4, Method::dormand_prince, Method::rosenbrock}) {
      const auto some = compare_solver(meta, solver, precision, backend);
      rows.insert(rows.end(), some.begin(), some.end());
    }
    return rows;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

}  // namespace tripartite::verify
