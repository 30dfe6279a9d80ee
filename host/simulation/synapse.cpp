#include "host/simulation/synapse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/backend/require_memory.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/run/event_file.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/drive_spikes.hpp"
#include "host/simulation/integration.hpp"
#include "host/simulation/population_setup.hpp"
#include "host/simulation/spread.hpp"
#include "host/simulation/time_constants.hpp"
#include "host/simulation/varied.hpp"
#include "tripartite/error.hpp"
#include "tripartite/run/recorder.hpp"

namespace tripartite::simulation {

namespace {

constexpr std::uint64_t mean_sample = 10'000;
constexpr std::size_t most_drawn = 100;  // synapses whose spikes are written

/// What the values of parameters that vary will need while they are drawn, beside what the network needs.
void check_memory(const config::SynapseConfig& config, NetworkSetup setup) {
  setup[0].varied.resize(config.varied.size());
  const std::size_t needed = network_bytes(setup) + config.varied.size() * setup[0].size * sizeof(double);
  require_memory(fmt::format("population.synapses = {}", config.synapses), double(needed));
}

}  // namespace

class SynapseRun::Implementation final : run::Visitor {
 public:
  Implementation(const config::SynapseConfig& config, RunListener& listener)
      : config_(config), listener_(listener), rate_(rate_schedule(config)), bias_(bias_schedule(config)) {
    NetworkSetup setup = population_setup(config);
    check_memory(config, setup);
    divide();
    const ModelDescription& model = config.synapse.description();
    const VariedElements synapses{model, "synapses", setup[0].size, ends_.size(),
                                  [this](std::size_t s) { return population_of(s); }};
    std::vector<double> factor;
    for (const std::string& entry : config.varied) {
      VariedParameter varied = read_varied(entry, synapses, std::uint64_t(config.seed));
      if (varied.parameter)
        setup[0].varied.push_back({*varied.parameter, std::move(varied.values)});
      else
        factor = std::move(varied.values);
    }
    if (config.drive.kind == config::DriveKind::rate) setup[0].input("rate").factor = factor;
    const SpikeTargets targets{setup[0].size, config.duration, result.spikes};
    setup[0].spikes = spikes_ = spike_source(config, std::move(factor), &targets);
    if (result.spikes) tell(*result.spikes, config.duration, listener);
    resting_ = sampled_values(setup[0], "U_0_star");
    potentiated_ = sampled_values(setup[0], "alpha");
    warn_of_long_steps(setup, listener);
    network_ = std::make_unique<run::JournaledNetwork>(make_network(std::move(setup)));

    const auto& recording = config.recording;
    plan_ = plan_of(config.stepping, config.duration, recording.interval);
    plan_.next_change = [this](std::int64_t at) { return std::min(rate_.next_change(at), bias_.next_change(at)); };
    plan_.change = [this](std::int64_t at) {
      if (config_.drive.kind == config::DriveKind::rate) network_->set_common(0, "rate", rate_.at(at));
      network_->set_common(0, "bias", {bias_.at(at).mean, 0, 0, 0});
    };
    std::vector<std::uint64_t> indices(recording.indices.begin(), recording.indices.end());
    if (indices.empty()) indices = evenly_spread(std::uint64_t(config.synapses), std::uint64_t(recording.synapses));
    for (std::size_t i = 0; i < model.states.size(); ++i) {
      result.states.emplace_back(model.states[i].name);
      result.units.emplace_back(model.states[i].unit == std::string_view("1") ? "" : model.states[i].unit);
      if (std::find(recording.fields.begin(), recording.fields.end(), model.states[i].name) != recording.fields.end())
        recorded_.push_back({network_->field("synapses", model.states[i].name), {}, indices, {}, {}});
    }
    drawn_.assign(indices.begin(), indices.begin() + std::ptrdiff_t(std::min(indices.size(), most_drawn)));
    has_released_.resize(std::size_t(config.synapses));
  }

  void run(const std::filesystem::path& directory) {
    if (!directory.empty()) {
      releases_.emplace(directory / "releases.h5", "synapses");
      if (spikes_) write_drive_spikes(directory / "spikes.h5", *spikes_, drawn_, plan_.steps);
    }
    if (!directory.empty() && config_.recording.interval > 0 && !recorded_.empty())
      recorder_.emplace(directory / "recordings.h5", *network_, recorded_, double(plan_.frame_steps) * plan_.dt);
    integrate(*network_, plan_, "synapses", listener_, *this, directory.empty() ? nullptr : listener_.checkpoints(),
              result, [&] { finish(directory); });
  }

  SynapseResult result;

 private:
  /// Into populations, with a sample of each.
  void divide() {
    std::vector<std::int64_t> sizes = config_.sizes;
    if (sizes.empty()) sizes = {config_.synapses};
    const std::uint64_t most = std::max<std::uint64_t>(1, mean_sample / sizes.size());
    std::uint64_t begin = 0;
    for (const std::int64_t size : sizes) {
      for (const std::uint64_t place : evenly_spread(std::uint64_t(size), std::min(most, std::uint64_t(size))))
        sample_.push_back(begin + place);
      begin += std::uint64_t(size);
      ends_.push_back(begin);
      sample_ends_.push_back(sample_.size());
      PopulationResult population;
      population.synapses = std::uint64_t(size);
      population.means.resize(config_.synapse.description().states.size());
      population.deviations.resize(population.means.size());
      result.populations.push_back(population);
    }
    result.all.synapses = std::uint64_t(config_.synapses);
    result.all.means.resize(config_.synapse.description().states.size());
    result.all.deviations.resize(result.all.means.size());
  }

  std::vector<double> sampled_values(const PopulationSetup& setup, std::string_view parameter) const {
    const int place = parameter_place(setup.model->description, parameter);
    std::vector<double> values(sample_.size(), setup.parameters[std::size_t(place)]);
    for (const Varied& varied : setup.varied)
      for (std::size_t k = 0; varied.parameter == place && k < sample_.size(); ++k)
        values[k] = varied.values[sample_[k]];
    return values;
  }

  std::size_t population_of(std::uint64_t synapse) const {
    return std::size_t(std::upper_bound(ends_.begin(), ends_.end(), synapse) - ends_.begin());
  }

  void events(std::span<const Event> events) override {
    for (const Event& event : events) {
      ++result.populations[population_of(event.index)].releases;
      if (!has_released_[event.index]) ++result.releasing;
      has_released_[event.index] = true;
    }
    result.all.releases += events.size();
    if (releases_) run::append_events(events, 0, *releases_);
  }

  void frame() override {
    if (recorder_) recorder_->frame();
    result.times.push_back(network_->time());
    const auto sampled = [&](const char* state) {
      std::vector<double> values(sample_.size());
      network_->gather(network_->field("synapses", state), sample_, std::span(values));
      return values;
    };
    for (std::size_t i = 0; i < result.states.size(); ++i)
      record_means([&] { return sampled(result.states[i].c_str()); },
                   [i](PopulationResult & population) -> auto& { return population.means[i]; },
                   [i](PopulationResult & population) -> auto& { return population.deviations[i]; });
    const auto released = [&] {
      const auto u = sampled("u"), x = sampled("x"), bound = sampled("Gamma_S");
      std::vector<double> values(sample_.size());
      for (std::size_t k = 0; k < sample_.size(); ++k) {
        const double resting = (1 - bound[k]) * resting_[k] + potentiated_[k] * bound[k];
        values[k] = (u[k] + resting * (1 - u[k])) * x[k];
      }
      return values;
    };
    record_means(
        released, [](PopulationResult & population) -> auto& { return population.released; },
        [](PopulationResult & population) -> auto& { return population.released_deviation; });
  }

  /// Mean of a sampled quantity over each population, then its variance over each.
  std::vector<double> moments(const std::function<std::vector<double>()>& sampled) const {
    return network_->condensed(2 * ends_.size(), [&](std::span<double> moments) {
      const std::vector<double> values = sampled();
      std::size_t begin = 0;
      for (std::size_t k = 0; k < ends_.size(); ++k) {
        const double count = double(sample_ends_[k] - begin);
        double sum = 0, squares = 0;
        for (std::size_t i = begin; i < sample_ends_[k]; ++i) sum += values[i];
        const double mean = sum / count;
        for (std::size_t i = begin; i < sample_ends_[k]; ++i) squares += (values[i] - mean) * (values[i] - mean);
        moments[k] = mean;
        moments[ends_.size() + k] = squares / count;
        begin = sample_ends_[k];
      }
    });
  }

  /// Appends mean and standard deviation of a sampled quantity over each population, and over all of them.
  template <class Mean, class Deviation>
  void record_means(const std::function<std::vector<double>()>& sampled, Mean mean_of, Deviation deviation_of) {
    const std::vector<double> all = moments(sampled);
    const std::span<const double> means = std::span(all).first(ends_.size()),
                                  variances = std::span(all).subspan(ends_.size());
    double total = 0;
    for (std::size_t k = 0; k < ends_.size(); ++k) {
      mean_of(result.populations[k]).push_back(means[k]);
      deviation_of(result.populations[k]).push_back(std::sqrt(variances[k]));
      total += means[k] * double(result.populations[k].synapses);
    }
    const double mean = total / double(result.all.synapses);
    mean_of(result.all).push_back(mean);
    double variance = 0;  // within populations and between them
    for (std::size_t k = 0; k < ends_.size(); ++k) {
      const double away = mean_of(result.populations[k]).back() - mean;
      variance += double(result.populations[k].synapses) * (variances[k] + away * away);
    }
    deviation_of(result.all).push_back(std::sqrt(variance / double(result.all.synapses)));
  }

  void finish(const std::filesystem::path& directory) {
    result.steps = network_->steps();
    if (directory.empty()) return;
    do_all({[&] { releases_->close(); },
            [&] {
              if (recorder_) recorder_->close();
            },
            [&] { write_means(directory / "means.h5"); }});
  }

  void write_means(const std::filesystem::path& path) const {
    io::Hdf5File means = io::Hdf5File::create(path);
    means.write<double>("/time", {result.times.size()}, result.times);
    const auto write = [&](const std::string& mean, const std::string& deviation, const PopulationResult& population) {
      for (std::size_t i = 0; i < result.states.size(); ++i) {
        means.write<double>(mean + result.states[i], {result.times.size()}, population.means[i]);
        means.write<double>(deviation + result.states[i], {result.times.size()}, population.deviations[i]);
      }
      means.write<double>(mean + "r", {result.times.size()}, population.released);
      means.write<double>(deviation + "r", {result.times.size()}, population.released_deviation);
    };
    write("/mean/", "/deviation/", result.all);
    for (std::size_t k = 0; k < result.populations.size(); ++k)
      write(fmt::format("/populations/{}/", k), fmt::format("/populations/{}/deviation/", k), result.populations[k]);
    means.commit();
  }

  config::SynapseConfig config_;
  RunListener& listener_;
  Schedule rate_, bias_;
  std::shared_ptr<const SpikeSource> spikes_;  // null where a rate drives
  std::vector<std::uint64_t> drawn_;           // recorded synapses whose spikes are written
  std::unique_ptr<run::JournaledNetwork> network_;
  run::Plan plan_;
  std::vector<run::Recorded> recorded_;
  std::optional<run::Recorder> recorder_;
  std::optional<io::SonataSpikes> releases_;
  std::vector<std::uint64_t> sample_, ends_;  // the latter of populations
  std::vector<std::size_t> sample_ends_;
  std::vector<double> resting_, potentiated_;  // U_0* and alpha of the sample
  std::vector<bool> has_released_;
};

config::SynapseConfig SynapseRun::finer_run(const config::SynapseConfig& config) {
  config::SynapseConfig finer = config;
  refine(finer.stepping, finer.duration, finer.recording.interval);
  return finer;
}

std::vector<StepDifference> SynapseRun::compare(const SynapseResult& result, const SynapseResult& finer) {
  std::vector<StepDifference> all;
  for (std::size_t i = 0; i < result.states.size(); ++i)
    all.push_back(difference_over_time(result.states[i], result.units[i], result.all.means[i], finer.all.means[i]));
  all.push_back(difference_over_time("r", "", result.all.released, finer.all.released));
  all.push_back(
      difference_of("releases of gliotransmitter", "", double(result.all.releases), double(finer.all.releases)));
  return all;
}

SynapseRun::SynapseRun(const config::SynapseConfig& config, RunListener& listener)
    : implementation_(std::make_unique<Implementation>(config, listener)) {}

SynapseRun::~SynapseRun() = default;

void SynapseRun::run(const std::filesystem::path& directory) { implementation_->run(directory); }

const SynapseResult& SynapseRun::result() const { return implementation_->result; }

}  // namespace tripartite::simulation
