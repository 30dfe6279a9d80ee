#include "tripartite/simulation/circuit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_report.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/simulation/releases.hpp"
#include "host/simulation/spread.hpp"
#include "host/simulation/varied.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::simulation {

using config::CircuitConfig;
using network::Index;

namespace {

constexpr std::uint64_t input_stream = 0x6000'0000'0000;

std::size_t sheet_width(std::int64_t cells) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(cells)))));
}

network::SonataEdges edges_of_file(const CircuitConfig& c) {
  network::SonataEdges read = network::read_sonata_edges(c.edges, c.edge_population);
  for (std::size_t e = 0; e < read.edges.size(); ++e)
    if (const Index node = std::max(read.edges.pre[e], read.edges.post[e]);
        static_cast<std::int64_t>(node) >= c.neurons)
      throw FileError(fmt::format("{}: edge {} is of node {}: population.neurons is {}", c.edges, e, node, c.neurons));
  return read;
}

network::SonataEdges draw_edges(const CircuitConfig& c) {
  const auto neurons = static_cast<std::size_t>(c.neurons);
  const auto seed = static_cast<std::uint64_t>(c.seed);
  switch (c.rule) {
    case config::Rule::fixed_indegree:
      return {network::fixed_indegree(neurons, neurons == 0 ? 0 : static_cast<std::size_t>(c.indegree), seed), {}, {}};
    case config::Rule::pairwise_bernoulli: return {network::pairwise_bernoulli(neurons, c.p, seed), {}, {}};
    case config::Rule::all_to_all: return {network::all_to_all(neurons), {}, {}};
    case config::Rule::one_to_one: return {network::one_to_one(neurons), {}, {}};
    case config::Rule::distance_dependent:
      return {network::distance_dependent(neurons, sheet_width(c.neurons), c.p, c.radius, seed), {}, {}};
    case config::Rule::file: return edges_of_file(c);
  }
  return {};
}

/// Efficacies and astrocytes where the file did not say.
void complete(const CircuitConfig& c, network::SonataEdges& all) {
  const double excitatory = c.excitatory * static_cast<double>(c.neurons);
  if (all.efficacy.empty())
    for (const Index pre : all.edges.pre)
      all.efficacy.push_back(static_cast<double>(pre) < excitatory ? c.efficacy_excitatory : c.efficacy_inhibitory);
  if (!all.astrocyte.empty()) return;
  if (all.edges.size() == 0 || c.p_third == 0) {
    all.astrocyte.assign(all.edges.size(), -1);
    return;
  }
  const auto third = network::bernoulli_with_pool(
      all.edges, static_cast<std::size_t>(c.neurons), static_cast<std::size_t>(c.astrocytes), c.p_third,
      static_cast<std::size_t>(c.pool_size), c.pool_type, static_cast<std::uint64_t>(c.seed));
  for (std::size_t e = 0; e < all.edges.size(); ++e)
    all.astrocyte.push_back(third.has_astrocyte[e] ? static_cast<std::int64_t>(third.astrocyte[e]) : -1);
}

network::NetworkSetup setup_of(const CircuitConfig& c, const network::SonataEdges& all) {
  network::NetworkSetup setup;
  setup.neuron = c.neuron;
  const auto neurons = static_cast<std::size_t>(c.neurons);
  setup.initial_rate.assign(neurons, c.initial_rate);
  const random::Philox philox{static_cast<std::uint64_t>(c.seed)};
  for (std::size_t i = 0; i < neurons; ++i)
    setup.input.push_back(c.external +
                          (c.external_spread > 0 ? c.external_spread * philox.normal(i, input_stream) : 0));
  for (std::size_t e = 0; e < all.edges.size(); ++e) {
    network::Connections& kind = all.astrocyte[e] < 0 ? setup.bare : setup.tripartite;
    kind.pre.push_back(all.edges.pre[e]);
    kind.post.push_back(all.edges.post[e]);
    kind.efficacy.push_back(all.efficacy[e]);
    if (all.astrocyte[e] >= c.astrocytes)
      throw ConfigError(fmt::format("connectivity.edges: edge {} has astrocyte {}: astrocytes.count is {}", e,
                                    all.astrocyte[e], c.astrocytes));
    if (all.astrocyte[e] >= 0) setup.astrocyte.push_back(static_cast<Index>(all.astrocyte[e]));
  }
  setup.parameters = c.parameters;
  const double excitatory = c.excitatory * static_cast<double>(c.neurons);
  const VariedSynapses synapses{setup.tripartite.size(), 2, [&](std::size_t s) -> std::size_t {
                                  return static_cast<double>(setup.tripartite.pre[s]) < excitatory ? 0 : 1;
                                }};
  for (const std::string& entry : c.varied) {
    VariedParameter varied = read_varied(entry, synapses, static_cast<std::uint64_t>(c.seed));
    if (!varied.parameter)
      throw ConfigError(
          fmt::format("population.varied = \"{}\": the rates of a network are those of its neurons", entry));
    setup.varied.push_back({*varied.parameter, std::move(varied.values)});
  }
  setup.options = {c.exogenous_ip3, c.somata && setup.tripartite.size() > 0, c.flux};
  std::copy(c.initial.begin(), c.initial.end(), setup.initial);
  if (c.somata) {
    setup.astrocytes = static_cast<std::size_t>(c.astrocytes);
    if (c.junctions == config::Junctions::ring) setup.gap_junctions = network::ring_junctions(setup.astrocytes);
    if (c.junctions == config::Junctions::lattice)
      setup.gap_junctions = network::lattice_junctions(setup.astrocytes, sheet_width(c.astrocytes));
    setup.junction_flux = c.junction_flux;
    std::copy(c.soma_initial.begin(), c.soma_initial.end(), setup.soma_initial);
    if (!c.stimulated.empty()) {
      setup.soma_bias.assign(setup.astrocytes, 0);
      for (const std::int64_t soma : c.stimulated) setup.soma_bias[static_cast<std::size_t>(soma)] = c.stimulus;
    }
  }
  setup.solver = c.stepping.method;
  setup.coupling = c.coupling;
  setup.dt = c.stepping.dt;
  setup.substeps = c.stepping.substeps;
  setup.calcium_every = c.stepping.calcium_every;
  setup.relative_tolerance = c.stepping.relative_tolerance;
  setup.absolute_tolerance = c.stepping.absolute_tolerance;
  setup.threads = c.execution.threads;
  return setup;
}

template <class Real>
double mean(std::span<const Real> values) {
  double sum = 0;
  for (const Real value : values) sum += static_cast<double>(value);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

class CircuitRun::Implementation {
 public:
  virtual ~Implementation() = default;
  virtual void run(const std::filesystem::path& directory) = 0;
  CircuitResult result;
};

namespace {

template <class Real>
class Typed final : public CircuitRun::Implementation {
 public:
  Typed(const CircuitConfig& config, RunListener& listener)
      : config_(config), listener_(listener), edges_(draw_edges(config)) {
    complete(config, edges_);
    network::NetworkSetup setup = setup_of(config, edges_);
    result.bare = setup.bare.size();
    result.tripartite = setup.tripartite.size();
    result.junctions = setup.gap_junctions.size();
    somata_ = setup.astrocytes;
    network_ = network::make_network<Real>(config.execution.backend, std::move(setup));
    frame_steps_ = std::max<std::int64_t>(1, std::llround(config.interval / config.stepping.dt));
    steps_ = std::llround(config.duration / config.stepping.dt);
    const auto count = static_cast<std::uint64_t>(config.recorded);
    neurons_ = evenly_spread(static_cast<std::uint64_t>(config.neurons), count);
    synapses_ = evenly_spread(result.tripartite, count);
  }

  void run(const std::filesystem::path& directory) override {
    network::write_sonata_edges(directory / "edges.h5", "neurons_to_neurons", edges_,
                                static_cast<std::size_t>(config_.neurons));
    io::SonataSpikes releases(directory / "releases.h5", "tripartite");
    const auto populations = described_populations();
    io::SonataReport report(directory / "recordings.h5", populations);
    const auto began = std::chrono::steady_clock::now();
    record(report);
    try {
      while (network_->steps() < steps_) {
        if (listener_.cancelled()) throw Cancelled("interrupted");
        const std::int64_t at = network_->steps();
        const std::int64_t end = next_stop(at);
        advance(static_cast<int>(end - at), stimulus(at), releases);
        if (network_->steps() % frame_steps_ == 0) record(report);
        listener_.progress("network", static_cast<double>(network_->steps()) / static_cast<double>(steps_));
      }
    } catch (...) {
      finish(directory, releases, report, began);
      throw;
    }
    finish(directory, releases, report, began);
  }

 private:
  std::vector<io::ReportPopulation> described_populations() const {
    const double interval = static_cast<double>(frame_steps_) * config_.stepping.dt;
    std::vector<io::ReportPopulation> all;
    if (!neurons_.empty()) all.push_back(io::point_population("nu", "1/s", neurons_, 0, interval));
    if (!synapses_.empty())
      for (const auto state : recorded_states)
        all.push_back(io::point_population(synapse::state_infos[state].name, synapse::state_infos[state].unit,
                                           synapses_, 0, interval));
    if (somata_ > 0) all.push_back(io::point_population("C_s", "uM", evenly_spread(somata_, 0), 0, interval));
    return all;
  }

  network::Stimulus stimulus(std::int64_t step) const {
    const double t = (static_cast<double>(step) + 0.5) * config_.stepping.dt;
    network::Stimulus now;
    if (t >= config_.cue_begin && t < config_.cue_end) {
      now.added_input = config_.cue;
      now.stimulated =
          static_cast<std::size_t>(std::llround(config_.cue_fraction * static_cast<double>(config_.neurons)));
      if (now.stimulated == 0) now.added_input = 0;
    }
    now.soma_bias = config_.stimulated.empty() || std::fmod(t, config_.stimulus_period) < config_.stimulus_on;
    return now;
  }

  /// The next step at which a frame is due or the stimulus may change.
  std::int64_t next_stop(std::int64_t at) const {
    const auto step_of = [&](double time) { return std::llround(time / config_.stepping.dt); };
    std::int64_t end = std::min(steps_, (at / frame_steps_ + 1) * frame_steps_);
    for (const double time : {config_.cue_begin, config_.cue_end})
      if (step_of(time) > at) end = std::min<std::int64_t>(end, step_of(time));
    if (!config_.stimulated.empty()) {
      const double t = (static_cast<double>(at) + 0.5) * config_.stepping.dt;
      const double period = std::floor(t / config_.stimulus_period) * config_.stimulus_period;
      for (const double time : {period + config_.stimulus_on, period + config_.stimulus_period})
        if (step_of(time) > at) end = std::min<std::int64_t>(end, step_of(time));
    }
    return end;
  }

  void advance(int steps, const network::Stimulus& now, io::SonataSpikes& file) {
    const auto keep = [&] {
      const auto releases = network_->take_releases();
      result.releases += releases.size();
      append_releases(releases, file);
    };
    try {
      network_->advance(steps, now);
    } catch (...) {
      keep();
      throw;
    }
    keep();
  }

  void record(io::SonataReport& report) {
    std::size_t population = 0;
    if (!neurons_.empty()) {
      const auto rates = network_->rates();
      std::vector<Real> frame;
      frame.reserve(neurons_.size());
      for (const std::uint64_t neuron : neurons_) frame.push_back(rates[neuron]);
      report.append_frame<Real>(population++, frame);
    }
    if (!synapses_.empty()) {
      std::vector<Real> frame(synapses_.size());
      for (const auto state : recorded_states) {
        network_->read(state, synapses_, frame);
        report.append_frame<Real>(population++, frame);
      }
    }
    if (somata_ > 0) report.append_frame<Real>(population, network_->somata(astrocyte::soma_calcium));
    result.times.push_back(static_cast<double>(network_->steps()) * config_.stepping.dt);
    result.rate.push_back(mean(network_->rates()));
    result.calcium.push_back(network_->mean(synapse::calcium));
    result.bound.push_back(network_->mean(synapse::presynaptic));
    result.soma_calcium.push_back(mean(network_->somata(astrocyte::soma_calcium)));
  }

  void finish(const std::filesystem::path& directory, io::SonataSpikes& releases, io::SonataReport& report,
              std::chrono::steady_clock::time_point began) {
    result.simulated = static_cast<double>(network_->steps()) * config_.stepping.dt;
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.seconds["integration"] = result.wall;
    result.lowest_rate = *std::min_element(result.rate.begin(), result.rate.end());
    result.highest_rate = *std::max_element(result.rate.begin(), result.rate.end());
    releases.close();
    report.close();
    io::Hdf5File means = io::Hdf5File::create(directory / "means.h5");
    const auto write = [&](const char* name, const std::vector<double>& values) {
      means.write<double>(name, {values.size()}, values);
    };
    write("/time", result.times);
    write("/mean/nu", result.rate);
    write("/mean/C", result.calcium);
    write("/mean/Gamma_S", result.bound);
    write("/mean/C_s", result.soma_calcium);
    means.commit();
  }

  static constexpr synapse::StateIndex recorded_states[] = {synapse::utilisation, synapse::resources,
                                                            synapse::presynaptic, synapse::ip3, synapse::calcium};
  CircuitConfig config_;
  RunListener& listener_;
  network::SonataEdges edges_;
  std::unique_ptr<network::Network<Real>> network_;
  std::size_t somata_ = 0;
  std::int64_t steps_ = 0, frame_steps_ = 1;
  std::vector<std::uint64_t> neurons_, synapses_;
};

}  // namespace

CircuitRun::CircuitRun(const CircuitConfig& config, RunListener& listener) {
  if (config.execution.precision == Precision::float64)
    implementation_ = std::make_unique<Typed<double>>(config, listener);
  else
    implementation_ = std::make_unique<Typed<float>>(config, listener);
}

CircuitRun::~CircuitRun() = default;

void CircuitRun::run(const std::filesystem::path& directory) { implementation_->run(directory); }

const CircuitResult& CircuitRun::result() const { return implementation_->result; }

}  // namespace tripartite::simulation
