#include "tripartite/simulation/synapse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_report.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/simulation/population_setup.hpp"
#include "host/simulation/releases.hpp"
#include "host/simulation/spread.hpp"
#include "host/simulation/varied.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {

using synapse::StateIndex;

namespace {

constexpr std::uint64_t mean_sample = 10'000;

/// What the values of parameters that vary will need while they are drawn, beside what the ensemble needs.
void require_memory(const config::SynapseConfig& config, synapse::EnsembleSetup setup) {
  setup.varied.resize(config.varied.size());
  const std::size_t needed = synapse::ensemble_bytes(setup, config.execution.precision) +
                             config.varied.size() * setup.synapses * sizeof(double);
  if (needed > available_host_memory())
    throw MemoryError(fmt::format("population.synapses = {}: {} bytes are needed, {} are available", config.synapses,
                                  needed, available_host_memory()));
}

}  // namespace

class SynapseRun::Implementation {
 public:
  virtual ~Implementation() = default;
  virtual void run(const std::filesystem::path& directory) = 0;
  SynapseResult result;
};

namespace {

template <class Real>
class Typed final : public SynapseRun::Implementation {
 public:
  Typed(const config::SynapseConfig& config, RunListener& listener)
      : config_(config), listener_(listener), rate_(rate_schedule(config)), bias_(bias_schedule(config)) {
    synapse::EnsembleSetup setup = population_setup(config);
    require_memory(config, setup);
    divide();
    const VariedSynapses synapses{setup.synapses, ends_.size(), [this](std::size_t s) { return population_of(s); }};
    std::vector<double> factor;
    for (const std::string& entry : config.varied) {
      VariedParameter varied = read_varied(entry, synapses, std::uint64_t(config.seed));
      if (varied.parameter)
        setup.varied.push_back({*varied.parameter, std::move(varied.values)});
      else
        factor = std::move(varied.values);
    }
    if (config.drive.kind == config::DriveKind::rate) setup.rate_factor = factor;
    spikes_ = spike_source(config, std::move(factor));
    resting_ = sampled_values(setup, synapse::index_U_0_star);
    potentiated_ = sampled_values(setup, synapse::index_alpha);
    ensemble_ = synapse::make_ensemble<Real>(config.execution.backend, std::move(setup));

    steps_ = std::llround(config.duration / config.stepping.dt);
    const auto& recording = config.recording;
    frame_steps_ = recording.interval == 0
                       ? steps_
                       : std::max<std::int64_t>(1, std::llround(recording.interval / config.stepping.dt));
    for (int i = 0; i < synapse::state_count; ++i)
      if (std::find(recording.fields.begin(), recording.fields.end(), synapse::state_infos[i].name) !=
          recording.fields.end())
        fields_.push_back(StateIndex(i));
    if (recording.indices.empty())
      recorded_ = evenly_spread(std::uint64_t(config.synapses), std::uint64_t(recording.synapses));
    else
      recorded_.assign(recording.indices.begin(), recording.indices.end());
    has_released_.resize(std::size_t(config.synapses));
  }

  void run(const std::filesystem::path& directory) override {
    const double dt = config_.stepping.dt;
    io::SonataSpikes releases(directory / "releases.h5", "synapses");
    std::optional<io::SonataReport> report;
    if (config_.recording.interval > 0 && !fields_.empty()) report.emplace(directory / "recordings.h5", populations());
    const auto began = std::chrono::steady_clock::now();
    record(report);
    try {
      while (ensemble_->steps() < steps_) {
        if (listener_.cancelled()) throw Cancelled("interrupted");
        const std::int64_t at = ensemble_->steps();
        constexpr std::int64_t most = 4096;  // so that the wish to stop is heard
        const std::int64_t end = std::min(
            {steps_, (at / frame_steps_ + 1) * frame_steps_, rate_.next_change(at), bias_.next_change(at), at + most});
        synapse::Drive drive;
        if (config_.drive.kind == config::DriveKind::rate) drive.rate = rate_.at(at);
        drive.bias = bias_.at(at).mean;
        advance(int(end - at), drive, releases);
        if (ensemble_->steps() % frame_steps_ == 0) record(report);
        listener_.progress("synapses", double(ensemble_->steps()) / double(steps_));
      }
    } catch (...) {
      finish(directory, releases, report, began, dt);
      throw;
    }
    finish(directory, releases, report, began, dt);
  }

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
      population.means.resize(synapse::state_count);
      result.populations.push_back(population);
    }
    result.all.synapses = std::uint64_t(config_.synapses);
    result.all.means.resize(synapse::state_count);
  }

  std::vector<double> sampled_values(const synapse::EnsembleSetup& setup, synapse::ParameterIndex parameter) const {
    std::vector<double> values(sample_.size(), setup.parameters.*synapse::parameter_members<double>[parameter]);
    for (const synapse::Varied& varied : setup.varied)
      for (std::size_t k = 0; varied.parameter == parameter && k < sample_.size(); ++k)
        values[k] = varied.values[sample_[k]];
    return values;
  }

  std::size_t population_of(std::uint64_t synapse) const {
    return std::size_t(std::upper_bound(ends_.begin(), ends_.end(), synapse) - ends_.begin());
  }

  void advance(int steps, const synapse::Drive& drive, io::SonataSpikes& file) {
    const auto keep = [&] {
      const auto releases = ensemble_->take_releases();
      for (const synapse::Release& release : releases) {
        ++result.populations[population_of(release.synapse)].releases;
        if (!has_released_[release.synapse]) ++result.releasing;
        has_released_[release.synapse] = true;
      }
      result.all.releases += releases.size();
      append_releases(releases, file);
    };
    try {
      ensemble_->advance(steps, drive, spikes_.get());
    } catch (...) {
      keep();
      throw;
    }
    keep();
  }

  std::vector<io::ReportPopulation> populations() const {
    std::vector<io::ReportPopulation> all;
    for (const StateIndex field : fields_)
      all.push_back(io::point_population(synapse::state_infos[field].name, synapse::state_infos[field].unit, recorded_,
                                         0, double(frame_steps_) * config_.stepping.dt));
    return all;
  }

  std::vector<Real> values_at(StateIndex field, const std::vector<std::uint64_t>& places) {
    std::vector<Real> values(places.size());
    ensemble_->gather(field, places, values);
    return values;
  }

  void record(std::optional<io::SonataReport>& report) {
    if (report)
      for (std::size_t i = 0; i < fields_.size(); ++i) report->append_frame<Real>(i, values_at(fields_[i], recorded_));
    result.times.push_back(double(ensemble_->steps()) * config_.stepping.dt);
    std::vector<double> released(sample_.size());
    std::vector<std::vector<Real>> states;
    for (int i = 0; i < synapse::state_count; ++i) {
      states.push_back(values_at(StateIndex(i), sample_));
      record_means(
          states.back(), [i](PopulationResult & population) -> auto& { return population.means[std::size_t(i)]; });
    }
    for (std::size_t k = 0; k < sample_.size(); ++k) {
      const double u = double(states[synapse::utilisation][k]), bound = double(states[synapse::presynaptic][k]);
      const double resting = (1 - bound) * resting_[k] + potentiated_[k] * bound;
      released[k] = (u + resting * (1 - u)) * double(states[synapse::resources][k]);
    }
    record_means(
        released, [](PopulationResult & population) -> auto& { return population.released; });
  }

  /// Appends the mean of a sampled quantity over each population, and over all of them.
  template <class Value, class Member>
  void record_means(const std::vector<Value>& sampled, Member member) {
    double total = 0;
    std::size_t begin = 0;
    for (std::size_t k = 0; k < ends_.size(); ++k) {
      double sum = 0;
      for (std::size_t i = begin; i < sample_ends_[k]; ++i) sum += double(sampled[i]);
      const double mean = sum / double(sample_ends_[k] - begin);
      member(result.populations[k]).push_back(mean);
      total += mean * double(result.populations[k].synapses);
      begin = sample_ends_[k];
    }
    member(result.all).push_back(total / double(result.all.synapses));
  }

  void finish(const std::filesystem::path& directory, io::SonataSpikes& releases,
              std::optional<io::SonataReport>& report, std::chrono::steady_clock::time_point began, double dt) {
    result.steps = ensemble_->steps();
    result.simulated = double(result.steps) * dt;
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.seconds["integration"] = result.wall;
    releases.close();
    if (report) report->close();
    io::Hdf5File means = io::Hdf5File::create(directory / "means.h5");
    means.write<double>("/time", {result.times.size()}, result.times);
    const auto write = [&](const std::string& group, const PopulationResult& population) {
      for (int i = 0; i < synapse::state_count; ++i)
        means.write<double>(group + synapse::state_infos[i].name, {result.times.size()},
                            population.means[std::size_t(i)]);
      means.write<double>(group + "r", {result.times.size()}, population.released);
    };
    write("/mean/", result.all);
    for (std::size_t k = 0; k < result.populations.size(); ++k)
      write(fmt::format("/populations/{}/", k), result.populations[k]);
    means.commit();
  }

  config::SynapseConfig config_;
  RunListener& listener_;
  synapse::Schedule rate_, bias_;
  std::unique_ptr<synapse::SpikeSource> spikes_;
  std::unique_ptr<synapse::Ensemble<Real>> ensemble_;
  std::int64_t steps_ = 0, frame_steps_ = 0;
  std::vector<StateIndex> fields_;
  std::vector<std::uint64_t> recorded_, sample_, ends_;  // the latter of populations
  std::vector<std::size_t> sample_ends_;
  std::vector<double> resting_, potentiated_;  // U_0* and alpha of the sample
  std::vector<bool> has_released_;
};

}  // namespace

SynapseRun::SynapseRun(const config::SynapseConfig& config, RunListener& listener) {
  if (config.execution.precision == Precision::float64)
    implementation_ = std::make_unique<Typed<double>>(config, listener);
  else
    implementation_ = std::make_unique<Typed<float>>(config, listener);
}

SynapseRun::~SynapseRun() = default;

void SynapseRun::run(const std::filesystem::path& directory) { implementation_->run(directory); }

const SynapseResult& SynapseRun::result() const { return implementation_->result; }

}  // namespace tripartite::simulation
