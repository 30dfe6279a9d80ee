#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/verify/synapse_reference.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/verify/verify.hpp"

namespace tripartite::verify {
namespace {

using network::Index;

network::Connections read_connections(const nlohmann::json& values) {
  return {values.at("pre").get<std::vector<Index>>(), values.at("post").get<std::vector<Index>>(),
          values.at("J").get<std::vector<double>>()};
}

network::NetworkSetup read_setup(const Meta& meta) {
  const auto& p = meta.values.at("parameters");
  network::NetworkSetup setup;
  setup.neuron = {p.at("tau_nu").get<double>(), p.at("nu_max").get<double>(), p.at("theta").get<double>(),
                  p.at("sigma").get<double>()};
  setup.initial_rate = meta.values.at("nu_initial").get<std::vector<double>>();
  setup.input = meta.values.at("external_input").get<std::vector<double>>();
  setup.bare = read_connections(meta.values.at("bare"));
  setup.tripartite = read_connections(meta.values.at("tripartite"));
  setup.astrocyte = meta.values.at("tripartite").at("astrocyte").get<std::vector<Index>>();
  setup.parameters = read_synapse_parameters(p, meta.source);
  setup.astrocytes = meta.values.at("somata").get<std::size_t>();
  setup.options = {false, setup.astrocytes > 0, astrocyte::Flux::smooth};
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  for (const auto& pair : meta.values.at("gap_junctions"))
    setup.gap_junctions.push_back({pair.at(0).get<Index>(), pair.at(1).get<Index>()});
  setup.junction_flux = p.at("F").get<double>();
  setup.threads = 1;
  return setup;
}

constexpr double dt = 1e-3;

/// dormand_prince: the exact flow and located releases, at a tight tolerance. rk4: the flow by steps of 1/16 ms, events
/// at the ends of 1 ms, as the step1ms solution has them. A burst grows by some 500 /s: (500 /s x 1/16 ms)^4 / 120 =
/// 1e-8 a step.
struct Comparison {
  synapse::Solver solver;
  const char* name;
  const char* array;
  const char* releases;
  int substeps;
  double tolerance, single_tolerance;
};
constexpr Comparison comparisons[] = {
    {synapse::Solver::dormand_prince, "dormand_prince", "state_exact", "releases_exact", 1, 1e-6, 2e-2},
    {synapse::Solver::rk4, "rk4 1 ms", "state_step1ms", "releases_step1ms", 16, 1e-6, 2e-2}};

template <class Real>
void compare_network(const Meta& meta, const Comparison& how, Backend backend, std::vector<VerifyRow>& rows) {
  network::NetworkSetup setup = read_setup(meta);
  setup.solver = how.solver;
  const bool single = sizeof(Real) == sizeof(float);
  setup.substeps = single ? 1 : how.substeps;
  setup.relative_tolerance = single ? 1e-5 : 1e-11;
  setup.absolute_tolerance = single ? 1e-7 : 1e-13;
  const std::size_t neurons = setup.initial_rate.size(), bare = setup.bare.size(), wrapped = setup.tripartite.size(),
                    somata = setup.astrocytes;
  const std::size_t width = neurons + 2 * bare + std::size_t(synapse::state_count) * wrapped + 3 * somata;
  const auto every = std::llround(meta.values.at("sample_interval_s").get<double>() / dt);
  const auto steps = std::llround(meta.values.at("t_end_s").get<double>() / dt);
  const std::size_t samples = std::size_t(steps / every) + 1;
  const auto expected = read_array(meta, how.array, {samples, width});

  const auto network = network::make_network<Real>(backend, setup);
  std::vector<double> computed;
  const auto take = [&](std::span<const Real> values) {
    computed.insert(computed.end(), values.begin(), values.end());
  };
  for (std::size_t k = 0; k < samples; ++k) {
    if (k > 0) network->advance(int(every), {});
    take(network->rates());
    take(network->bare_utilisation());
    take(network->bare_resources());
    for (int i = 0; i < synapse::state_count; ++i) take(network->synapses(synapse::StateIndex(i)));
    for (int i = 0; i < astrocyte::soma_states && somata > 0; ++i) take(network->somata(astrocyte::SomaState(i)));
  }

  std::vector<double> times, wanted_times, who, wanted_who;
  std::vector<std::vector<double>> own_times(wrapped), own_wanted(wrapped);  // of each synapse
  for (const auto& release : network->take_releases()) {
    times.push_back(release.time);
    who.push_back(double(release.synapse));
    own_times.at(release.synapse).push_back(release.time);
  }
  // In the case in the order of crossings within the step, here by synapse.
  std::vector<std::pair<double, std::size_t>> wanted;
  for (const auto& release : meta.values.at(how.releases))
    wanted.emplace_back(release.at(0).get<double>(), release.at(1).get<std::size_t>());
  std::sort(wanted.begin(), wanted.end());
  for (const auto& [time, synapse] : wanted) {
    wanted_times.push_back(time);
    wanted_who.push_back(double(synapse));
    own_wanted.at(synapse).push_back(time);
  }
  std::vector<MovedEvents> moved(wrapped);
  for (std::size_t s = 0; single && s < wrapped; ++s)
    moved[s] = MovedEvents(own_times[s], own_wanted[s], single_release_shift);

  const double tolerance = single ? how.single_tolerance : how.tolerance;
  const auto add = [&](const std::string& name, std::size_t first, std::size_t count,
                       synapse::StateIndex state = synapse::state_count) {
    if (count == 0) return;
    std::vector<double> got, want;
    std::vector<bool> left_out;
    for (std::size_t k = 0; k < samples; ++k)
      for (std::size_t i = first; i < first + count; ++i) {
        got.push_back(computed[k * width + i]);
        want.push_back(expected[k * width + i]);
        left_out.push_back(state != synapse::state_count &&
                           moved[i - first].parts(double(std::int64_t(k) * every) * dt, lingering(state)));
      }
    rows.push_back(compare(meta.name, how.name, name, got, want, tolerance, left_out));
  };
  add("nu", 0, neurons);
  add("bare u", neurons, bare);
  add("bare x", neurons + bare, bare);
  std::size_t at = neurons + 2 * bare;
  for (int i = 0; i < synapse::state_count; ++i, at += wrapped)
    add(synapse::state_infos[i].name, at, wrapped, synapse::StateIndex(i));
  for (int i = 0; i < astrocyte::soma_states; ++i, at += somata) add(astrocyte::soma_infos[i].name, at, somata);

  rows.push_back(
      compare_times(meta.name, how.name, "release times", times, wanted_times, single ? single_release_shift : 1e-6));
  if (!single) rows.push_back(compare_times(meta.name, how.name, "who releases", who, wanted_who, 0));
}

}  // namespace

std::vector<VerifyRow> verify_network_case(const std::filesystem::path& directory, Precision precision,
                                           Backend backend) {
  const Meta meta = read_meta(directory);
  try {
    std::vector<VerifyRow> rows;
    for (const Comparison& how : comparisons) {
      if (backend == Backend::cuda && synapse::is_adaptive(how.solver)) continue;  // on the CPU alone
      precision == Precision::float64 ? compare_network<double>(meta, how, backend, rows)
                                      : compare_network<float>(meta, how, backend, rows);
    }
    return rows;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

namespace {

struct RingScheme {
  const char* array;
  const char* solver;
  network::Coupling coupling;
  double step;   // [s]
  double until;  // [s]
};

/// One scheme of the ring of astrocytes against its array.
template <class Real>
VerifyRow compare_ring(const Meta& meta, const RingScheme& how, Backend backend, double sample, double tolerance) {
  const std::size_t cells = meta.values.at("n_cells").get<std::size_t>();
  network::NetworkSetup setup;
  setup.parameters = read_synapse_parameters(meta.values.at("parameters"), meta.source);
  setup.options.flux = astrocyte::Flux::published;
  setup.astrocytes = cells;
  setup.gap_junctions = network::ring_junctions(cells);
  setup.junction_flux = meta.values.at("F").get<double>();
  const auto& initial = meta.values.at("initial");
  setup.soma_initial[astrocyte::soma_ip3] = initial.at("I").get<double>();
  setup.soma_initial[astrocyte::soma_calcium] = initial.at("C").get<double>();
  setup.soma_initial[astrocyte::soma_open] = initial.at("h").get<double>();
  setup.soma_bias.assign(cells, meta.values.at("I_bias_other").get<double>());
  setup.soma_bias.at(meta.values.at("stimulated_cell").get<std::size_t>()) =
      meta.values.at("I_bias_stimulated").get<double>();
  setup.solver = synapse::Solver::rk4;
  setup.coupling = how.coupling;
  setup.dt = how.step;
  setup.threads = 1;

  const auto shape = meta.values.at("arrays").at(how.array).at("shape").get<std::vector<std::size_t>>();
  const auto expected = read_array(meta, how.array, shape);
  const auto network = network::make_network<Real>(backend, setup);
  constexpr double on = 20, period = 50;  // [s] the stimulus of the published example
  const auto per_sample = std::llround(sample / how.step);
  const std::size_t samples = std::min(shape.at(0), std::size_t(std::llround(how.until / sample)) + 1);
  std::vector<double> got, want;
  for (std::size_t k = 0; k < samples; ++k) {
    for (long i = 0; k > 0 && i < per_sample; ++i)
      network->advance(1, {0, 0, std::fmod((double(network->steps()) + 0.5) * how.step, period) < on});
    for (int state = 0; state < astrocyte::soma_states; ++state) {
      const auto values = network->somata(astrocyte::SomaState(state));
      got.insert(got.end(), values.begin(), values.end());
      const auto first = expected.begin() + std::ptrdiff_t((k * 3 + std::size_t(state)) * cells);
      want.insert(want.end(), first, first + std::ptrdiff_t(cells));
    }
  }
  return compare(meta.name, how.solver, "I, C, h", got, want, tolerance);
}

}  // namespace

std::vector<VerifyRow> verify_ring_case(const std::filesystem::path& directory, Precision precision, Backend backend) {
  const Meta meta = read_meta(directory);
  try {
    // The published arrays name their interval in words alone.
    const double sample = meta.values.value("sample_interval_s", 0.5);
    const auto compare_all = [&]<class Real>(Real) {
      const bool single = sizeof(Real) == sizeof(float);
      // The same arithmetic as the reference, to rounding that chaos multiplies by some 1e4 in 100 s; the converged
      // solution from a fifth of its step. In float32 that leaves 2e-2 within 50 s.
      const double until = single ? 40 : 100;
      const RingScheme schemes[] = {{"state_brian2_held", "rk4 50 ms held", network::Coupling::held, 0.05, until},
                                    {"state_staged", "rk4 50 ms", network::Coupling::staged, 0.05, until},
                                    {"state_fine", "rk4 5 ms", network::Coupling::staged, 0.005, single ? 40.0 : 60.0}};
      std::vector<VerifyRow> rows;
      for (const RingScheme& how : schemes)
        rows.push_back(compare_ring<Real>(meta, how, backend, sample, single ? 2e-2 : 1e-6));
      return rows;
    };
    return precision == Precision::float64 ? compare_all(double()) : compare_all(float());
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

}  // namespace tripartite::verify
