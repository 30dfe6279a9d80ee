#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/verify/synapse_reference.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/bare_synapse.hpp"

namespace tripartite::verify {
namespace {

struct Connections {
  std::vector<Index> pre, post;
  std::vector<double> efficacy;
};

Connections read_connections(const nlohmann::json& values) {
  return {values.at("pre").get<std::vector<Index>>(), values.at("post").get<std::vector<Index>>(),
          values.at("J").get<std::vector<double>>()};
}

/// A number in meta.json must not be worth more memory than the arrays beside it.
void require_count(const Meta& meta, const char* name, std::size_t count) {
  constexpr std::size_t most = 1 << 16;
  if (count > most) throw FileError(fmt::format("{}: {} = {}: expected at most {}", meta.source, name, count, most));
}

enum Populations : std::size_t { neurons, bare_synapses, synapses, astrocytes };

void connect(NetworkSetup& setup, std::size_t population, const Connections& connections) {
  if (connections.pre.empty()) return;
  setup.gather(neurons, "nu", population, "rate", connections.pre);
  setup.sum(population, "flow", neurons, "drive", connections.post, connections.efficacy);
}

NetworkSetup read_setup(const Meta& meta) {
  const auto& p = meta.values.at("parameters");
  NetworkSetup setup;
  const auto initial_rate = meta.values.at("nu_initial").get<std::vector<double>>();
  setup.add(model<RateNeuron>(), initial_rate.size(), "neurons");
  setup[neurons]
      .set("tau", p.at("tau_nu").get<double>())
      .set("nu_max", p.at("nu_max").get<double>())
      .set("theta", p.at("theta").get<double>())
      .set("sigma", p.at("sigma").get<double>())
      .start("nu", initial_rate)
      .input("drive")
      .base = meta.values.at("external_input").get<std::vector<double>>();
  const Connections bare = read_connections(meta.values.at("bare")),
                    tripartite = read_connections(meta.values.at("tripartite"));
  setup.add(model<BareSynapse>(), bare.pre.size(), "bare synapses");
  read_parameters(p, meta.source, setup[bare_synapses]);
  setup.add(model<TripartiteSynapse, Gchi>(), tripartite.pre.size(), "synapses");
  read_parameters(p, meta.source, setup[synapses]);
  connect(setup, bare_synapses, bare);
  connect(setup, synapses, tripartite);
  const auto somata = meta.values.at("somata").get<std::size_t>();
  require_count(meta, "somata", somata);
  setup.add(model<Astrocyte, Gchi>(), somata, "astrocytes");
  read_parameters(p, meta.source, setup[astrocytes]);
  std::vector<std::pair<Index, Index>> junctions;
  for (const auto& pair : meta.values.at("gap_junctions"))
    junctions.push_back({pair.at(0).get<Index>(), pair.at(1).get<Index>()});
  if (!junctions.empty()) setup.pair(astrocytes, "junctions", junctions);
  if (somata > 0 && !tripartite.pre.empty()) {
    const auto astrocyte = meta.values.at("tripartite").at("astrocyte").get<std::vector<Index>>();
    std::vector<double> has_processes(somata, 0);
    for (const Index a : astrocyte) has_processes.at(a) = 1;
    setup[astrocytes].set("processes", "true").input("has_processes").base = has_processes;
    setup[synapses].set("soma", "true");
    setup.gather(astrocytes, "I", synapses, "soma_ip3", astrocyte);
    setup.mean(synapses, "I", astrocytes, "process_ip3", astrocyte);
  }
  setup.threads = 1;
  return setup;
}

constexpr double dt = 1e-3;

/// dormand_prince: the exact flow and located releases, at a tight tolerance. rk4: the flow by steps of 1/16 ms, events
/// at the ends of 1 ms, as the step1ms solution has them. A burst grows by some 500 /s: (500 /s x 1/16 ms)^4 / 120 =
/// 1e-8 a step.
struct Comparison {
  integrate::Method solver;
  const char* name;
  const char* array;
  const char* releases;
  int substeps;
  double tolerance, single_tolerance;
};
constexpr Comparison comparisons[] = {
    {integrate::Method::dormand_prince, "dormand_prince", "state_exact", "releases_exact", 1, 1e-6, 2e-2},
    {integrate::Method::rk4, "rk4 1 ms", "state_step1ms", "releases_step1ms", 16, 1e-6, 2e-2}};

void compare_network(const Meta& meta, const Comparison& how, Precision precision, Backend backend,
                     std::vector<VerifyRow>& rows) {
  NetworkSetup setup = read_setup(meta);
  setup.method = how.solver;
  setup.precision = precision;
  setup.backend = backend;
  const bool single = precision == Precision::float32;
  setup.substeps = single ? 1 : how.substeps;
  setup.relative_tolerance = single ? 1e-5 : 1e-11;
  setup.absolute_tolerance = single ? 1e-7 : 1e-13;
  const std::size_t cells = setup[neurons].size, bare = setup[bare_synapses].size, wrapped = setup[synapses].size,
                    somata = setup[astrocytes].size;
  const auto& synapse_states = setup[synapses].model->description.states;
  const auto& soma_states = setup[astrocytes].model->description.states;
  const std::size_t width = cells + 2 * bare + synapse_states.size() * wrapped + soma_states.size() * somata;
  const Sampling sampling = sampling_of(meta, dt);
  const std::int64_t every = sampling.every;
  const std::size_t samples = sampling.samples;
  const auto expected = read_array(meta, how.array, {samples, width});

  const auto network = make_network(std::move(setup));
  std::vector<double> computed;
  for (std::size_t k = 0; k < samples; ++k) {
    if (k > 0) network->advance_steps(every);
    // Fields stand in the order of the case: neurons, bare synapses, synapses, astrocytes.
    for (std::size_t field = 0; field < network->fields().size(); ++field) {
      if (!network->fields()[field].is_state) continue;
      std::vector<double> values(network->fields()[field].size);
      network->read(field, 0, std::span(values));
      computed.insert(computed.end(), values.begin(), values.end());
    }
  }

  std::vector<double> times, wanted_times, who, wanted_who;
  std::vector<std::vector<double>> own_times(wrapped), own_wanted(wrapped);  // of each synapse
  for (const Event& release : network->take_events()) {
    if (release.population != synapses) continue;
    times.push_back(release.time);
    who.push_back(double(release.index));
    own_times.at(release.index).push_back(release.time);
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
                       std::optional<int> state = std::nullopt) {
    if (count == 0) return;
    std::vector<double> got, want;
    std::vector<bool> left_out;
    for (std::size_t k = 0; k < samples; ++k)
      for (std::size_t i = first; i < first + count; ++i) {
        got.push_back(computed[k * width + i]);
        want.push_back(expected[k * width + i]);
        left_out.push_back(state && moved[i - first].parts(double(std::int64_t(k) * every) * dt, lingering(*state)));
      }
    rows.push_back(compare(meta.name, how.name, name, got, want, tolerance, left_out));
  };
  add("nu", 0, cells);
  add("bare u", cells, bare);
  add("bare x", cells + bare, bare);
  std::size_t at = cells + 2 * bare;
  for (int i = 0; i < int(synapse_states.size()); ++i, at += wrapped)
    add(synapse_states[std::size_t(i)].name, at, wrapped, i);
  for (const StateInfo& state : soma_states) {
    add(std::string(state.name) + "_s", at, somata);
    at += somata;
  }

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
      if (backend == Backend::cuda && is_adaptive(how.solver)) continue;  // on the CPU alone
      compare_network(meta, how, precision, backend, rows);
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
  Coupling coupling;
  double step;   // [s]
  double until;  // [s]
};

/// One scheme of the ring of astrocytes against its array.
VerifyRow compare_ring(const Meta& meta, const RingScheme& how, Precision precision, Backend backend, double sample,
                       double tolerance) {
  const std::size_t cells = meta.values.at("n_cells").get<std::size_t>();
  require_count(meta, "n_cells", cells);
  NetworkSetup setup;
  PopulationSetup& somata = setup[setup.add(model<Astrocyte, Gchi>(), cells, "astrocytes")];
  read_parameters(meta.values.at("parameters"), meta.source, somata);
  read_initial(meta.values.at("initial"), somata);
  somata.set("F", meta.values.at("F").get<double>()).set("flux", "published").set("exogenous_ip3", "true");
  std::vector<double> bias(cells, meta.values.at("I_bias_other").get<double>());
  bias.at(meta.values.at("stimulated_cell").get<std::size_t>()) = meta.values.at("I_bias_stimulated").get<double>();
  somata.input("source_ip3").base = bias;
  setup.pair(0, "junctions", network::ring_junctions(cells));
  setup.method = integrate::Method::rk4;
  setup.coupling = how.coupling;
  setup.dt = how.step;
  setup.precision = precision;
  setup.backend = backend;
  setup.threads = 1;

  const auto shape = meta.values.at("arrays").at(how.array).at("shape").get<std::vector<std::size_t>>();
  if (shape.size() != 3 || shape[1] != 3 || shape[2] != cells)
    throw FileError(fmt::format("{}: arrays.{}: expected a shape of samples, 3 and {}", meta.source, how.array, cells));
  const auto expected = read_array(meta, how.array, shape);
  const auto network = make_network(std::move(setup));
  const std::vector<double> none(cells, 0);
  constexpr double on = 20, period = 50;  // [s] the stimulus of the published example
  const auto per_sample = std::llround(sample / how.step);
  const std::size_t samples = std::min(shape.at(0), std::size_t(std::llround(how.until / sample)) + 1);
  std::vector<double> got, want;
  for (std::size_t k = 0; k < samples; ++k) {
    for (long i = 0; k > 0 && i < per_sample; ++i) {
      const bool is_on = std::fmod((double(network->steps()) + 0.5) * how.step, period) < on;
      network->set_base(0, "source_ip3", is_on ? bias : none);
      network->advance_steps(1);
    }
    for (std::size_t state = 0; state < 3; ++state) {
      std::vector<double> values(cells);
      network->read(state, 0, std::span(values));
      got.insert(got.end(), values.begin(), values.end());
      const auto first = expected.begin() + std::ptrdiff_t((k * 3 + state) * cells);
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
    if (!(sample >= 0.05 && sample <= 100))
      throw FileError(fmt::format("{}: sample_interval_s = {}: expected 0.05 to 100 s", meta.source, sample));
    const bool single = precision == Precision::float32;
    // The same arithmetic as the reference, to rounding that chaos multiplies by some 1e4 in 100 s; the converged
    // solution from a fifth of its step. In float32 that leaves 2e-2 within 50 s.
    const double until = single ? 40 : 100;
    const RingScheme schemes[] = {{"state_brian2_held", "rk4 50 ms held", Coupling::held, 0.05, until},
                                  {"state_staged", "rk4 50 ms", Coupling::staged, 0.05, until},
                                  {"state_fine", "rk4 5 ms", Coupling::staged, 0.005, single ? 40.0 : 60.0}};
    std::vector<VerifyRow> rows;
    for (const RingScheme& how : schemes)
      rows.push_back(compare_ring(meta, how, precision, backend, sample, single ? 2e-2 : 1e-6));
    return rows;
  } catch (const nlohmann::json::exception& e) {
    throw FileError(fmt::format("{}: {}", meta.source, e.what()));
  }
}

}  // namespace tripartite::verify
