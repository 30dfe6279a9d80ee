#include "host/simulation/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/backend/require_memory.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/run/event_file.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/integration.hpp"
#include "host/simulation/network_inputs.hpp"
#include "host/simulation/network_memory.hpp"
#include "host/simulation/network_recording.hpp"
#include "host/simulation/time_constants.hpp"
#include "host/simulation/varied.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"
#include "tripartite/run/recorder.hpp"
#include "tripartite/synapse/bare_synapse.hpp"

namespace tripartite::simulation {

using config::NetworkConfig;

namespace {

constexpr std::uint64_t input_stream = 0x6000'0000'0000;

std::size_t sheet_width(std::int64_t cells) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(cells)))));
}

network::SonataEdges edges_of_file(const NetworkConfig& c) {
  network::SonataEdges read = network::read_edges(c.edges, c.edge_population);
  for (std::size_t e = 0; e < read.edges.size(); ++e)
    if (const Index node = std::max(read.edges.pre[e], read.edges.post[e]);
        static_cast<std::int64_t>(node) >= c.neurons)
      throw FileError(fmt::format("{}: edge {} is of node {}: population.neurons is {}", c.edges, e, node, c.neurons));
  return read;
}

network::SonataEdges draw_edges(const NetworkConfig& c, const network::Progress& progress) {
  check_network_memory(c);
  const auto neurons = static_cast<std::size_t>(c.neurons);
  const auto seed = static_cast<std::uint64_t>(c.seed);
  switch (c.rule) {
    case config::Rule::fixed_indegree:
      return {network::fixed_indegree(neurons, neurons == 0 ? 0 : static_cast<std::size_t>(c.indegree), seed, progress),
              {},
              {}};
    case config::Rule::pairwise_bernoulli:
    case config::Rule::tripartite_bernoulli_with_pool:
      return {network::pairwise_bernoulli(neurons, c.p, seed, progress), {}, {}};
    case config::Rule::all_to_all: return {network::all_to_all(neurons, progress), {}, {}};
    case config::Rule::one_to_one: return {network::one_to_one(neurons), {}, {}};
    case config::Rule::distance_dependent:
      return {network::distance_dependent(neurons, sheet_width(c.neurons), c.p, c.radius, seed, progress), {}, {}};
    case config::Rule::file: return edges_of_file(c);
  }
  return {};
}

/// Efficacies and astrocytes where the file did not say.
void complete(const NetworkConfig& c, network::SonataEdges& all, const network::Progress& progress) {
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
      static_cast<std::size_t>(c.pool_size), c.pool_type, static_cast<std::uint64_t>(c.seed), progress);
  for (std::size_t e = 0; e < all.edges.size(); ++e)
    all.astrocyte.push_back(third.has_astrocyte[e] ? static_cast<std::int64_t>(third.astrocyte[e]) : -1);
}

/// A network and the numbers of its populations.
struct Parts {
  NetworkSetup setup;
  std::size_t neurons = 0, bare = 0, tripartite = 0, somata = 0;
  std::size_t junctions = 0;
  bool has_somata = false;
  std::vector<double> external;  // [neurons]
  std::vector<double> stimulus;  // I_bias [somata], empty if none is stimulated
  std::vector<GroupInputs> groups;
  NetworkParts recordable;
};

struct Connections {
  std::vector<Index> pre, post, astrocyte;
  std::vector<double> efficacy;
};

/// The values of a parameter, or the one that all elements share.
std::vector<double> values_of(const PopulationSetup& population, std::string_view parameter) {
  const int place = parameter_place(population.model->description, parameter);
  for (const Varied& varied : population.varied)
    if (varied.parameter == place) return varied.values;
  return {population.parameters[static_cast<std::size_t>(place)]};
}

void add_synapses(const NetworkConfig& c, const Connections& bare, const Connections& tripartite, Parts& parts) {
  NetworkSetup& setup = parts.setup;
  parts.bare = setup.add(model<BareSynapse>(), bare.pre.size(), "bare synapses");
  for (const char* name : {"U_0_star", "Omega_f", "Omega_d"}) setup[parts.bare].set(name, c.synapse.parameter(name));
  setup[parts.bare].start("u", c.synapse.own_initial[0]).start("x", c.synapse.own_initial[1]);
  parts.tripartite = setup.add(c.synapse.chosen(), tripartite.pre.size(), "synapses");
  c.synapse.apply(setup[parts.tripartite]);
  const double excitatory = c.excitatory * static_cast<double>(c.neurons);
  const VariedElements elements{
      c.synapse.description(), "synapses", tripartite.pre.size(), 2,
      [&](std::size_t s) -> std::size_t { return static_cast<double>(tripartite.pre[s]) < excitatory ? 0 : 1; }};
  for (const std::string& entry : c.varied) {
    VariedParameter varied = read_varied(entry, elements, static_cast<std::uint64_t>(c.seed));
    if (!varied.parameter)
      throw ConfigError(
          fmt::format("population.varied = \"{}\": the rates of a network are those of its neurons", entry));
    setup[parts.tripartite].varied.push_back({*varied.parameter, std::move(varied.values)});
  }
  parts.recordable.bare.resting = values_of(setup[parts.bare], "U_0_star");
  parts.recordable.tripartite.resting = values_of(setup[parts.tripartite], "U_0_star");
  parts.recordable.tripartite.potentiated = values_of(setup[parts.tripartite], "alpha");
  for (const auto& [synapses, connections] : {std::pair(parts.bare, &bare), std::pair(parts.tripartite, &tripartite)}) {
    if (connections->pre.empty()) continue;
    setup.gather(parts.neurons, "nu", synapses, "rate", connections->pre);
    setup.sum(synapses, "flow", parts.neurons, "drive", connections->post, connections->efficacy);
  }
}

void add_somata(const NetworkConfig& c, const Connections& tripartite, Parts& parts) {
  NetworkSetup& setup = parts.setup;
  const CalciumModel& calcium = find_calcium_model(c.synapse.calcium);
  const auto count = static_cast<std::size_t>(c.astrocytes);
  parts.somata = setup.add(calcium.astrocyte(), count, "astrocytes");
  parts.has_somata = true;
  PopulationSetup& somata = setup[parts.somata];
  // The cell of a soma is the cell of its processes; so are the constants of exchange.
  const ModelDescription& d = somata.model->description;
  for (std::size_t i = static_cast<std::size_t>(d.cell_parameter); i < d.parameters.size(); ++i)
    somata.parameters[i] = c.synapse.parameter(d.parameters[i].name);
  for (const char* name : {"F_ex", "I_Theta", "omega_I", "D_p"}) somata.set(name, c.synapse.parameter(name));
  somata.set("F", c.junction_flux).set("flux", c.synapse.flux == Flux::published ? "published" : "smooth");
  somata.initial = c.soma_initial[static_cast<std::size_t>(&calcium - calcium_models().data())];
  if (!c.stimulated.empty()) {
    parts.stimulus.assign(count, 0);
    for (const std::int64_t soma : c.stimulated) parts.stimulus[static_cast<std::size_t>(soma)] = c.stimulus;
    somata.set("exogenous_ip3", "true").input("source_ip3").base = parts.stimulus;
  }
  std::vector<std::pair<Index, Index>> junctions;
  if (c.junctions == config::Junctions::ring) junctions = network::ring_junctions(count);
  if (c.junctions == config::Junctions::lattice)
    junctions = network::lattice_junctions(count, sheet_width(c.astrocytes));
  parts.junctions = junctions.size();
  if (!junctions.empty()) setup.pair(parts.somata, "junctions", std::move(junctions));
  if (tripartite.pre.empty()) return;
  std::vector<double> has_processes(count, 0);
  for (const Index astrocyte : tripartite.astrocyte) has_processes[astrocyte] = 1;
  setup[parts.somata].set("processes", "true").input("has_processes").base = std::move(has_processes);
  setup[parts.tripartite].set("soma", "true");
  setup.gather(parts.somata, somata.model->description.states[static_cast<std::size_t>(d.exchanged)].name,
               parts.tripartite, "soma_ip3", tripartite.astrocyte);
  const ModelDescription& process = c.synapse.description();
  setup.mean(parts.tripartite, process.states[static_cast<std::size_t>(process.ip3)].name, parts.somata, "process_ip3",
             tripartite.astrocyte);
}

Parts parts_of(const NetworkConfig& c, const network::SonataEdges& all, const network::Progress& progress) {
  Parts parts;
  NetworkSetup& setup = parts.setup;
  const auto neurons = static_cast<std::size_t>(c.neurons);
  parts.neurons = setup.add(model<RateNeuron>(), neurons, "neurons");
  setup[parts.neurons].parameters = c.neuron;
  setup[parts.neurons].start("nu", c.initial_rate);
  const random::Philox philox{static_cast<std::uint64_t>(c.seed)};
  for (std::size_t i = 0; i < neurons; ++i)
    parts.external.push_back(c.external +
                             (c.external_spread > 0 ? c.external_spread * philox.normal(i, input_stream) : 0));
  setup[parts.neurons].input("drive").base = parts.external;

  Connections bare, tripartite;
  for (std::size_t e = 0; e < all.edges.size(); ++e) {
    constexpr std::size_t often = std::size_t(1) << 20;
    if (e % often == 0 && !progress(double(e) / double(all.edges.size()))) throw Cancelled("interrupted");
    Connections& kind = all.astrocyte[e] < 0 ? bare : tripartite;
    kind.pre.push_back(all.edges.pre[e]);
    kind.post.push_back(all.edges.post[e]);
    kind.efficacy.push_back(all.efficacy[e]);
    if (all.astrocyte[e] >= c.astrocytes)
      throw ConfigError(fmt::format("connectivity.edges: astrocyte {} of edge {} is out of range ({} astrocytes)",
                                    all.astrocyte[e], e, c.astrocytes));
    if (all.astrocyte[e] >= 0) tripartite.astrocyte.push_back(static_cast<Index>(all.astrocyte[e]));
  }
  add_synapses(c, bare, tripartite, parts);
  if (c.somata && c.astrocytes > 0) add_somata(c, tripartite, parts);
  const std::uint64_t excitatory = config::excitatory_neurons(c);
  parts.groups.emplace_back(c, c.excitatory_input, "excitatory", 0, 0, excitatory);
  parts.groups.emplace_back(c, c.inhibitory_input, "inhibitory", 1, excitatory, neurons - excitatory);
  for (GroupInputs& group : parts.groups) group.add_spikes(setup, parts.neurons);
  for (const auto& [recordable, connections] :
       {std::pair(&parts.recordable.bare, &bare), std::pair(&parts.recordable.tripartite, &tripartite)}) {
    recordable->size = connections->pre.size();
    recordable->pre = std::move(connections->pre);
    recordable->post = std::move(connections->post);
    recordable->efficacy = std::move(connections->efficacy);
  }
  parts.recordable.neurons = neurons;
  parts.recordable.somata = parts.has_somata ? setup[parts.somata].size : 0;
  c.stepping.apply(setup);
  setup.coupling = c.coupling;
  set_execution(setup, c.execution);
  return parts;
}

}  // namespace

class NetworkRun::Implementation final : run::Visitor {
 public:
  Implementation(const NetworkConfig& config, RunListener& listener)
      : config_(config), listener_(listener), edges_(draw_edges(config, part("connecting", 0, 0.4))) {
    complete(config, edges_, part("connecting", 0.4, 0.6));
    parts_ = parts_of(config, edges_, part("connecting", 0.6, 0.8));
    part("connecting", 0.8, 1)(0);
    result.bare = parts_.setup[parts_.bare].size;
    result.tripartite = parts_.setup[parts_.tripartite].size;
    result.junctions = parts_.junctions;
    somata_ = parts_.has_somata ? parts_.setup[parts_.somata].size : 0;
    warn_of_long_steps(parts_.setup, listener);
    result.constants = time_constants(parts_.setup);
    network_ = std::make_unique<run::JournaledNetwork>(make_network(std::move(parts_.setup)));
    for (const GroupInputs& group : parts_.groups)
      filtered_.push_back(group.filters() ? network_->field(group.population(), "s") : 0);
    parts_.recordable.external = [this](auto neurons, auto values) { external_input(neurons, values); };
    recorded_ = recorded_fields(config, *network_, parts_.recordable);
    mean_release_ = mean_release(*network_, parts_.recordable.tripartite);
    parts_.recordable = {};
    plan_ = plan_of(config.stepping, config.duration, config.recording.interval);
    plan_.next_change = [this](std::int64_t at) { return next_change(at); };
    plan_.change = [this](std::int64_t at) { stimulate(at); };
    calcium_ = calcium_field("synapses", config.synapse.description());
    if (somata_ > 0)
      soma_calcium_ = calcium_field("astrocytes", find_calcium_model(config.synapse.calcium).astrocyte().description);
  }

  void observe_from(double time) {
    observe_after_ = std::llround(time / plan_.dt);
    std::size_t elements = 0;
    for (const run::Recorded& each : recorded_)
      if (observation_of(each) != nullptr) elements += each.indices.size();
    require_memory(fmt::format("observation of {} synapses and astrocytes at {} times", elements,
                               (plan_.steps - *observe_after_) / plan_.frame_steps),
                   double(elements) * double(plan_.steps - *observe_after_) / double(plan_.frame_steps) * sizeof(float),
                   double(available_host_memory()),
                   "fewer recording.astrocytes or recording.synapses, or a longer recording.interval, need less");
  }

  void run(const std::filesystem::path& directory) {
    if (!directory.empty()) {
      network::write_sonata_edges(directory / "edges.h5", "neurons_to_neurons", edges_,
                                  static_cast<std::size_t>(config_.neurons), part("writing connections", 0, 1));
      releases_.emplace(directory / "releases.h5", "tripartite");
      recorder_.emplace(directory / "recordings.h5", *network_, recorded_, double(plan_.frame_steps) * plan_.dt);
    }
    integrate(*network_, plan_, "network", listener_, *this, directory.empty() ? nullptr : listener_.checkpoints(),
              result, [&] { finish(directory); });
  }

  NetworkResult result;

 private:
  /// The part [begin, end] of what `what` names.
  network::Progress part(const char* what, double begin, double end) const {
    return [this, what, begin, end](double fraction) {
      listener_.progress(what, begin + (end - begin) * fraction);
      return !listener_.cancelled();
    };
  }

  std::size_t calcium_field(std::string_view population, const ModelDescription& model) const {
    return network_->field(population, model.states[static_cast<std::size_t>(model.watched)].name);
  }

  /// What enters the neurons from outside in the steps from `step` on, beside spikes.
  std::vector<double> drive_of(std::int64_t step) const {
    const double t = (static_cast<double>(step) + 0.5) * plan_.dt;
    auto drive = parts_.external;
    if (t >= config_.cue_begin && t < config_.cue_end) {
      const auto cued =
          static_cast<std::size_t>(std::llround(config_.cue_fraction * static_cast<double>(config_.neurons)));
      for (std::size_t i = 0; i < cued; ++i) drive[i] += config_.cue;
    }
    for (const GroupInputs& group : parts_.groups) group.add_current(step, drive);
    return drive;
  }

  /// The same of some neurons now, with filtered spikes.
  void external_input(std::span<const std::uint64_t> neurons, std::span<double> values) const {
    const auto drive = drive_of(network_->steps());
    for (std::size_t k = 0; k < neurons.size(); ++k) values[k] = drive[neurons[k]];
    for (const GroupInputs& group : parts_.groups) {
      if (!group.filters()) continue;
      std::vector<double> filtered(group.neurons().size());
      network_->read(filtered_.at(&group - parts_.groups.data()), 0, std::span(filtered));
      for (std::size_t k = 0; k < neurons.size(); ++k) {
        const auto at = std::lower_bound(group.neurons().begin(), group.neurons().end(), neurons[k]);
        if (at == group.neurons().end() || *at != neurons[k]) continue;
        values[k] += group.weight() * filtered[static_cast<std::size_t>(at - group.neurons().begin())];
      }
    }
  }

  /// Inputs and stimulus of the steps from `step` on.
  void stimulate(std::int64_t step) {
    if (const auto drive = drive_of(step); !drive.empty()) network_->set_base(parts_.neurons, "drive", drive);
    if (parts_.stimulus.empty()) return;
    const double t = (static_cast<double>(step) + 0.5) * plan_.dt;
    const bool is_on = std::fmod(t, config_.stimulus_period) < config_.stimulus_on;
    network_->set_base(parts_.somata, "source_ip3",
                       is_on ? parts_.stimulus : std::vector<double>(parts_.stimulus.size(), 0));
  }

  std::int64_t next_change(std::int64_t at) const {
    const auto step_of = [&](double time) { return std::llround(time / plan_.dt); };
    std::int64_t end = plan_.steps;
    for (const double time : {config_.cue_begin, config_.cue_end})
      if (step_of(time) > at) end = std::min<std::int64_t>(end, step_of(time));
    for (const GroupInputs& group : parts_.groups) end = std::min(end, group.next_change(at));
    if (!config_.stimulated.empty()) {
      const double t = (static_cast<double>(at) + 0.5) * plan_.dt;
      const double period = std::floor(t / config_.stimulus_period) * config_.stimulus_period;
      for (const double time : {period + config_.stimulus_on, period + config_.stimulus_period})
        if (step_of(time) > at) end = std::min<std::int64_t>(end, step_of(time));
    }
    return end;
  }

  void events(std::span<const Event> events) override {
    const auto population = static_cast<std::uint32_t>(parts_.tripartite);
    if (releases_) run::append_events(events, population, *releases_);
    for (const Event& event : events) result.releases += event.population == population ? 1 : 0;
  }

  void frame() override {
    if (recorder_) recorder_->frame();
    const auto mean = [&](std::size_t field) { return network_->mean(field); };
    result.times.push_back(network_->time());
    result.rate.push_back(mean(network_->field("neurons", "nu")));
    result.calcium.push_back(mean(calcium_));
    result.bound.push_back(mean(network_->field("synapses", "Gamma_S")));
    result.soma_calcium.push_back(somata_ > 0 ? mean(soma_calcium_) : 0);
    result.released.push_back(double(result.releases));
    if (observe_after_ && network_->steps() > *observe_after_) observe();
  }

  /// Where calcium is kept; null for what is not kept.
  std::vector<std::vector<float>>* observation_of(const run::Recorded& recorded) {
    if (recorded.compute) return nullptr;
    if (recorded.field == calcium_) return &result.observed.calcium;
    return somata_ > 0 && recorded.field == soma_calcium_ ? &result.observed.soma_calcium : nullptr;
  }

  void observe() {
    result.observed.probability.push_back(mean_release_());
    for (const run::Recorded& each : recorded_) {
      auto* kept = observation_of(each);
      if (kept == nullptr) continue;
      std::vector<double> values(each.indices.size());
      network_->gather(each.field, each.indices, std::span(values));
      kept->emplace_back(values.begin(), values.end());
    }
  }

  void finish(const std::filesystem::path& directory) {
    if (!result.rate.empty()) {
      result.lowest_rate = *std::min_element(result.rate.begin(), result.rate.end());
      result.highest_rate = *std::max_element(result.rate.begin(), result.rate.end());
      result.bursts = bursts_in(result.rate, double(plan_.frame_steps) * plan_.dt, least_burst(config_));
    }
    if (directory.empty()) return;
    do_all({[&] { releases_->close(); }, [&] { recorder_->close(); }, [&] { write_means(directory / "means.h5"); }});
  }

  void write_means(const std::filesystem::path& path) const {
    io::Hdf5File means = io::Hdf5File::create(path);
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

  NetworkConfig config_;
  RunListener& listener_;
  network::SonataEdges edges_;
  Parts parts_;  // its setup has become the network
  std::unique_ptr<run::JournaledNetwork> network_;
  run::Plan plan_;
  std::size_t somata_ = 0, calcium_ = 0, soma_calcium_ = 0;
  std::vector<std::size_t> filtered_;  // fields of the filters of groups
  std::vector<run::Recorded> recorded_;
  std::function<double()> mean_release_;
  std::optional<std::int64_t> observe_after_;  // this step
  std::optional<run::Recorder> recorder_;
  std::optional<io::SonataSpikes> releases_;
};

double least_burst(const NetworkConfig& config) {
  constexpr double share = 0.1;
  return share * config.neuron[std::size_t(parameter_place(model<RateNeuron>().description, "nu_max"))];
}

config::NetworkConfig NetworkRun::finer_run(const config::NetworkConfig& config) {
  config::NetworkConfig finer = config;
  refine(finer.stepping, finer.duration, finer.recording.interval);
  return finer;
}

std::vector<StepDifference> NetworkRun::compare(const NetworkResult& result, const NetworkResult& finer) {
  std::vector<StepDifference> all;
  const auto add = [&](const char* quantity, const char* unit, std::vector<double> NetworkResult::*series) {
    const auto is_zero = [](double value) { return value == 0; };
    if (!std::all_of((result.*series).begin(), (result.*series).end(), is_zero))  // of a part that the network has
      all.push_back(difference_over_time(quantity, unit, result.*series, finer.*series));
  };
  add("rate of neurons", "/s", &NetworkResult::rate);
  add("calcium of processes", "uM", &NetworkResult::calcium);
  add("Gamma_S", "", &NetworkResult::bound);
  add("calcium of somata", "uM", &NetworkResult::soma_calcium);
  all.push_back(difference_of("bursts", "", double(result.bursts.count), double(finer.bursts.count)));
  all.push_back(difference_of("releases of gliotransmitter", "", double(result.releases), double(finer.releases)));
  return all;
}

NetworkRun::NetworkRun(const NetworkConfig& config, RunListener& listener)
    : implementation_(std::make_unique<Implementation>(config, listener)) {}

NetworkRun::~NetworkRun() = default;

void NetworkRun::observe_from(double time) { implementation_->observe_from(time); }

void NetworkRun::run(const std::filesystem::path& directory) { implementation_->run(directory); }

const NetworkResult& NetworkRun::result() const { return implementation_->result; }

}  // namespace tripartite::simulation
