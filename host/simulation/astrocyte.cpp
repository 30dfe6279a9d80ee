#include "host/simulation/astrocyte.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "host/backend/require_memory.hpp"
#include "host/run/event_file.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/integration.hpp"
#include "host/simulation/population_setup.hpp"
#include "host/simulation/spike_views.hpp"
#include "host/simulation/spread.hpp"
#include "host/simulation/time_constants.hpp"
#include "host/simulation/varied.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/error.hpp"
#include "tripartite/run/recorder.hpp"

namespace tripartite::simulation {
namespace {

using config::AstrocyteConfig;

/// At the ends of steps of `dt` [s].
std::shared_ptr<const SpikeSource> inputs_of(const AstrocyteConfig& c, double dt, const SpikeTargets& targets) {
  switch (c.inputs) {
    case config::InputKind::file: return spikes_of_file(c.spikes, c.population, dt, c.all_weights(), &targets);
    case config::InputKind::poisson:
      return std::make_shared<PoissonSpikes>(Schedule({{0, {c.rate, 0, 0, 0}}}), dt, std::uint64_t(c.seed), 0,
                                             std::vector<double>(), c.all_weights());
    case config::InputKind::regular: break;
  }
  const std::vector<double> weights = c.all_weights();
  std::vector<SpikeTrains::Spike> trains;
  for (std::uint64_t train = 0; train < weights.size(); ++train)
    for (std::int64_t k = 1; double(k) / c.rate <= c.duration; ++k)
      trains.push_back({double(k) / c.rate, train, weights[train]});
  return std::make_shared<SpikeTrains>(trains, weights.size(), dt);
}

NetworkSetup setup_of(const AstrocyteConfig& c, std::optional<SpikeDelivery>& spikes) {
  NetworkSetup setup;
  const std::size_t cells = setup.add(c.astrocyte.chosen(), std::size_t(c.astrocytes), "astrocytes");
  c.astrocyte.apply(setup[cells]);
  require_memory(fmt::format("population.astrocytes = {}", c.astrocytes),
                 double(network_bytes(setup) + c.varied.size() * setup[cells].size * sizeof(double)));
  const VariedElements elements{c.astrocyte.description(), "astrocytes", setup[cells].size};
  for (const std::string& entry : c.varied) {
    VariedParameter varied = read_varied(entry, elements, std::uint64_t(c.seed));
    if (!varied.parameter)
      throw ConfigError("population.varied = \"" + entry +
                        "\": inputs have one rate; expected a parameter of [astrocyte]");
    setup[cells].varied.push_back({*varied.parameter, std::move(varied.values)});
  }
  const int steps = c.stepping.spike_steps;
  setup[cells].spikes =
      at_finer_steps(inputs_of(c, c.stepping.dt * steps, {setup[cells].size, c.duration, spikes}), steps);
  c.stepping.apply(setup);
  set_execution(setup, c.execution);
  return setup;
}

/// C_Theta [uM] of each astrocyte; empty where all share it.
std::vector<double> thresholds_of(const NetworkSetup& setup, const AstrocyteConfig& c) {
  const auto& parameters = c.astrocyte.description().parameters;
  for (const Varied& varied : setup.populations.front().varied)
    if (parameters[std::size_t(varied.parameter)].name == std::string_view("C_Theta")) return varied.values;
  return {};
}

std::vector<StepDifference> compare(const AstrocyteResult& result, const AstrocyteResult& finer) {
  return {difference_over_time("calcium of the first", "uM", result.calcium, finer.calcium),
          difference_of("highest calcium", "uM", result.highest_calcium, finer.highest_calcium),
          difference_of("crossings of C_Theta", "", double(result.crossings), double(finer.crossings))};
}

class Astrocytes final : run::Visitor {
 public:
  Astrocytes(const AstrocyteConfig& config, const NetworkSetup& setup, const std::filesystem::path& directory,
             AstrocyteResult& result)
      : config_(config),
        result_(result),
        thresholds_(thresholds_of(setup, config)),
        network_(std::make_unique<run::JournaledNetwork>(make_network(setup))),
        indices_(evenly_spread(std::uint64_t(config.astrocytes), std::uint64_t(config.recorded))),
        calcium_(network_->field(
            "astrocytes",
            config.astrocyte.description().states[std::size_t(config.astrocyte.description().watched)].name)),
        plan_(plan_of(config.stepping, config.duration, config.interval)) {
    if (directory.empty()) return;
    crossings_.emplace(directory / "crossings.h5", "astrocytes");
    std::vector<run::Recorded> recorded;
    for (std::size_t i = 0; i < config.astrocyte.description().states.size(); ++i)
      recorded.push_back({i, {}, indices_, {}, {}});
    recorded.push_back({calcium_, "I_SIC", indices_,
                        [this](std::uint64_t cell, double calcium) { return current_of(cell, calcium); }, "pA"});
    recorder_ = std::make_unique<run::Recorder>(directory / "recordings.h5", *network_, recorded,
                                                double(plan_.frame_steps) * plan_.dt);
  }

  void run(RunListener& listener) {
    result_.lowest_calcium = std::numeric_limits<double>::infinity();
    result_.highest_calcium = 0;
    integrate(*network_, plan_, "astrocytes", listener, *this, crossings_ ? listener.checkpoints() : nullptr, result_,
              [&] { close(); });
  }

 private:
  void frame() override {
    if (recorder_) recorder_->frame();
    std::vector<double> calcium(indices_.size());
    network_->gather(calcium_, indices_, std::span(calcium));
    result_.calcium.push_back(calcium.front());
    for (std::size_t k = 0; k < calcium.size(); ++k) {
      result_.lowest_calcium = std::min(result_.lowest_calcium, calcium[k]);
      result_.highest_calcium = std::max(result_.highest_calcium, calcium[k]);
      result_.highest_current = std::max(result_.highest_current, current_of(indices_[k], calcium[k]));
    }
  }
  double current_of(std::uint64_t cell, double calcium) const {
    const double threshold = thresholds_.empty() ? config_.astrocyte.parameter("C_Theta") : thresholds_[cell];
    return slow_inward_current(calcium, threshold, config_.current_scale);
  }

  void events(std::span<const Event> events) override {
    result_.crossings += events.size();
    if (crossings_) run::append_events(events, 0, *crossings_);
  }

  void close() {
    do_all({[&] {
              if (crossings_) crossings_->close();
            },
            [&] {
              if (recorder_) recorder_->close();
            }});
  }

  const AstrocyteConfig& config_;
  AstrocyteResult& result_;
  std::vector<double> thresholds_;
  std::unique_ptr<run::JournaledNetwork> network_;
  std::vector<std::uint64_t> indices_;
  std::size_t calcium_;
  run::Plan plan_;
  std::optional<io::SonataSpikes> crossings_;
  std::unique_ptr<run::Recorder> recorder_;
};

}  // namespace

void run_astrocytes(const AstrocyteConfig& config, RunListener& listener, const std::filesystem::path& directory,
                    AstrocyteResult& result) {
  const NetworkSetup setup = setup_of(config, result.spikes);
  if (result.spikes && !directory.empty()) tell(*result.spikes, config.duration, listener);
  warn_of_long_steps(setup, listener);
  Astrocytes(config, setup, directory, result).run(listener);
  if (!config.stepping.check_step) return;
  AstrocyteConfig finer = config;
  refine(finer.stepping, finer.duration, finer.interval);
  AstrocyteResult again;
  listener.message("once more with " + how_fine(finer.stepping));
  run_astrocytes(finer, listener, {}, again);
  result.check = {how_fine(finer.stepping), compare(result, again)};
}

}  // namespace tripartite::simulation
