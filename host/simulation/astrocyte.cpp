#include "tripartite/simulation/astrocyte.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "host/io/sonata_report.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/simulation/population_setup.hpp"
#include "host/simulation/releases.hpp"
#include "host/simulation/spread.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using config::AstrocyteConfig;

std::unique_ptr<synapse::SpikeSource> inputs_of(const AstrocyteConfig& c) {
  if (c.inputs == config::InputKind::file) return spikes_of_file(c.spikes, c.population, c.stepping.dt);
  if (c.inputs == config::InputKind::poisson)
    return std::make_unique<synapse::PoissonSpikes>(synapse::Schedule({{0, {c.rate, 0, 0, 0}}}), c.stepping.dt,
                                                    static_cast<std::uint64_t>(c.seed), 0, std::vector<double>());
  std::vector<synapse::SpikeTrains::Spike> train;
  for (std::int64_t k = 1; static_cast<double>(k) / c.rate <= c.duration; ++k)
    train.push_back({static_cast<double>(k) / c.rate, 0});
  return std::make_unique<synapse::SpikeTrains>(train, 1, c.stepping.dt);
}

template <class Real>
class Astrocytes {
 public:
  Astrocytes(const AstrocyteConfig& config, const std::filesystem::path& directory, AstrocyteResult& result)
      : config_(config),
        result_(result),
        inputs_(inputs_of(config)),
        cells_(setup_of(config)),
        recorded_(
            evenly_spread(static_cast<std::uint64_t>(config.astrocytes), static_cast<std::uint64_t>(config.recorded))),
        frame_steps_(std::max<std::int64_t>(1, std::llround(config.interval / config.stepping.dt))),
        steps_(std::llround(config.duration / config.stepping.dt)),
        crossings_(directory / "crossings.h5", "astrocytes"),
        report_(directory / "recordings.h5", populations()) {}

  void run(RunListener& listener) {
    const auto began = std::chrono::steady_clock::now();
    result_.lowest_calcium = result_.highest_calcium = config_.initial[calcium::LiRinzel<Real>::calcium];
    record();
    try {
      while (cells_.steps() < steps_) {
        if (listener.cancelled()) throw Cancelled("interrupted");
        constexpr std::int64_t most = 4096;  // so that the wish to stop is heard
        const std::int64_t at = cells_.steps();
        const std::int64_t end = std::min({steps_, (at / frame_steps_ + 1) * frame_steps_, at + most});
        cells_.advance(static_cast<int>(end - at), inputs_.get(), config_.weight);
        keep_crossings();
        if (end % frame_steps_ == 0) record();
        listener.progress("astrocytes", static_cast<double>(end) / static_cast<double>(steps_));
      }
    } catch (...) {
      keep_crossings();
      finish(began);
      throw;
    }
    finish(began);
  }

 private:
  static typename calcium::LiRinzelPopulation<Real>::Setup setup_of(const AstrocyteConfig& c) {
    typename calcium::LiRinzelPopulation<Real>::Setup setup;
    setup.astrocytes = static_cast<std::size_t>(c.astrocytes);
    setup.parameters = c.parameters;
    std::copy(c.initial.begin(), c.initial.end(), setup.initial);
    setup.solver = c.stepping.method;
    setup.dt = c.stepping.dt;
    setup.relative_tolerance = c.stepping.relative_tolerance;
    setup.absolute_tolerance = c.stepping.absolute_tolerance;
    setup.threads = c.execution.threads;
    return setup;
  }

  std::vector<io::ReportPopulation> populations() const {
    const double interval = static_cast<double>(frame_steps_) * config_.stepping.dt;
    return {io::point_population("I", "uM", recorded_, 0, interval),
            io::point_population("C", "uM", recorded_, 0, interval),
            io::point_population("h", "1", recorded_, 0, interval),
            io::point_population("I_SIC", "1", recorded_, 0, interval)};
  }

  void record() {
    std::vector<Real> frame(recorded_.size());
    for (int state = 0; state < 3; ++state) {
      for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = cells_.state(state)[recorded_[i]];
      report_.append_frame<Real>(static_cast<std::size_t>(state), frame);
      if (state != calcium::LiRinzel<Real>::calcium) continue;
      for (const Real value : frame) {
        result_.lowest_calcium = std::min(result_.lowest_calcium, static_cast<double>(value));
        result_.highest_calcium = std::max(result_.highest_calcium, static_cast<double>(value));
      }
    }
    for (std::size_t i = 0; i < frame.size(); ++i) {
      const double current = calcium::slow_inward_current(
          static_cast<double>(cells_.state(calcium::LiRinzel<Real>::calcium)[recorded_[i]]), config_.parameters.C_Theta,
          config_.current_scale);
      result_.highest_current = std::max(result_.highest_current, current);
      frame[i] = static_cast<Real>(current);
    }
    report_.append_frame<Real>(3, frame);
  }

  void keep_crossings() {
    const auto crossings = cells_.take_crossings();
    result_.crossings += crossings.size();
    append_releases(crossings, crossings_);
  }

  void finish(std::chrono::steady_clock::time_point began) {
    result_.simulated = static_cast<double>(cells_.steps()) * config_.stepping.dt;
    result_.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result_.seconds["integration"] = result_.wall;
    crossings_.close();
    report_.close();
  }

  const AstrocyteConfig& config_;
  AstrocyteResult& result_;
  std::unique_ptr<synapse::SpikeSource> inputs_;
  calcium::LiRinzelPopulation<Real> cells_;
  std::vector<std::uint64_t> recorded_;
  std::int64_t frame_steps_, steps_;
  io::SonataSpikes crossings_;
  io::SonataReport report_;
};

}  // namespace

void run_astrocytes(const AstrocyteConfig& config, RunListener& listener, const std::filesystem::path& directory,
                    AstrocyteResult& result) {
  if (config.execution.precision == Precision::float64)
    Astrocytes<double>(config, directory, result).run(listener);
  else
    Astrocytes<float>(config, directory, result).run(listener);
}

}  // namespace tripartite::simulation
