#include "host/simulation/network_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <utility>

#include "host/cli/network_settings.hpp"
#include "host/cli/recorded_run.hpp"
#include "host/cli/step_check.hpp"
#include "host/cli/sweep_axes.hpp"
#include "host/config/network_parameters.hpp"
#include "host/report/counted.hpp"
#include "host/report/pages.hpp"
#include "host/simulation/network_grid.hpp"
#include "host/simulation/sweep.hpp"

namespace tripartite::cli {
namespace {

using simulation::NetworkActivity;
using simulation::NetworkSweepResult;

constexpr auto examples =
    "One or two numbers of a network on a grid, each point one network or, with --seeds, several. The configuration "
    "is\n"
    "that of `tripartite network`. The transient is discarded: five times the slowest time constant unless "
    "--transient\n"
    "says otherwise. Then rates, bursts, calcium, r and releases of gliotransmitter are observed for --duration.\n"
    "sweep.csv has a row per network, the report has curves or maps.\n"
    "\n"
    "Examples:\n"
    "  tripartite sweep --network --over connectivity.J_excitatory=0:0.6:7      coupling against rates and bursts\n"
    "  tripartite sweep --network --over connectivity.p=0.02:0.2:6 --rule pairwise_bernoulli --seeds 5\n"
    "  tripartite sweep --network --config examples/sweep_bursts.toml\n"
    "  tripartite sweep --network --config examples/gliotransmission_bursts.toml --over synapse.O_G=0:2:5\n";

config::NetworkSweepConfig resolve(config::Settings settings) {
  return config::network_sweep_parameters().resolve(with_neurons_of_file(std::move(settings)));
}

/// Whether any network has this quantity: all networks of a sweep without somata have none of their calcium.
bool has(const NetworkSweepResult& result, const simulation::NetworkQuantity& quantity) {
  return std::any_of(result.networks.begin(), result.networks.end(),
                     [&](const auto& each) { return each && std::isfinite((*each).*quantity.member); });
}

template <class Of>
std::vector<double> at_points(const NetworkSweepResult& result, Of of) {
  std::vector<double> values;
  for (std::size_t point = 0; point < result.points(); ++point) values.push_back(of(point));
  return values;
}

nlohmann::ordered_json results_of(const config::NetworkSweepConfig& config, const NetworkSweepResult& result) {
  using Json = nlohmann::ordered_json;
  Json quantities = Json::array(), deviations = Json::object();
  const auto drifts = at_points(result, [&](std::size_t point) { return result.drift(point); });
  const auto points_where = [&](auto is_so) { return std::count_if(drifts.begin(), drifts.end(), is_so); };
  Json all{{"axes", to_json(result.axes)},
           {"points", result.points()},
           {"finished_points", points_where([](double drift) { return std::isfinite(drift); })},
           {"seeds", result.seeds},
           {"finished_networks", result.finished()},
           {"discarded_s", result.window.transient},
           {"observed_s", double(result.window.samples) * result.window.interval},
           {"least_amplitude_uM", config.least_amplitude},
           {"least_burst_per_s", simulation::least_burst(config)},
           {"largest_stationary_drift", simulation::largest_drift}};
  if (result.slowest) all["slowest_time_constant"] = simulation::to_string(*result.slowest);
  all["drifting_points"] = points_where([](double drift) { return drift > simulation::largest_drift; });
  all["cautions"] = simulation::cautions(config, result);
  for (const auto& quantity : simulation::network_quantities()) {
    if (!has(result, quantity)) continue;
    quantities.push_back({{"key", quantity.key},
                          {"words", quantity.words},
                          {"short", quantity.short_words},
                          {"unit", quantity.unit},
                          {"none_is_zero", quantity.none_is_zero}});
    const bool is_drift = quantity.member == &NetworkActivity::drift;
    all[quantity.key] =
        is_drift ? drifts : at_points(result, [&](std::size_t point) { return result.mean(point, quantity.member); });
    if (result.seeds > 1 && !is_drift)
      deviations[quantity.key] =
          at_points(result, [&](std::size_t point) { return result.deviation(point, quantity.member); });
  }
  all["quantities"] = std::move(quantities);
  if (result.seeds > 1) all["deviation_over_seeds"] = std::move(deviations);
  add_step_check(result.check, all);
  return all;
}

/// What the table of one axis has columns for.
constexpr const char* printed[] = {
    "rate_per_s",          "rate_deviation_per_s", "bursts_per_s", "median_burst_interval_s",
    "release_probability", "release_rate_per_s",   "calcium_uM",   "oscillation_frequency_per_s",
    "soma_calcium_uM"};

/// The points of a sweep over one parameter, one per line.
void print_points(const NetworkSweepResult& result, std::ostream& out) {
  const auto& axis = result.axes[0];
  const std::string name(config::name_of(axis.name));
  std::string head = fmt::format("\n{:>12}", name);
  std::string units = fmt::format("\n{:>12}", axis.unit.empty() ? "" : "[" + axis.unit + "]");
  std::vector<const simulation::NetworkQuantity*> columns;
  for (const auto& quantity : simulation::network_quantities()) {
    if (std::find(std::begin(printed), std::end(printed), std::string_view(quantity.key)) == std::end(printed) ||
        !has(result, quantity))
      continue;
    columns.push_back(&quantity);
    head += fmt::format("{:>12}", quantity.short_words);
    units += fmt::format("{:>12}", *quantity.unit == 0 ? "" : fmt::format("[{}]", quantity.unit));
  }
  out << head << units << '\n';
  for (std::size_t point = 0; point < result.points(); ++point) {
    if (!std::isfinite(result.drift(point))) continue;
    out << fmt::format("{:>12.4g}", axis.values[point]);
    for (const auto* quantity : columns) {
      const double value = result.mean(point, quantity->member);
      const bool is_there = std::isfinite(value) && !(quantity->none_is_zero && value == 0);
      out << fmt::format("{:>12}", is_there ? fmt::format("{:.3g}", value) : "-");
    }
    out << (result.drift(point) > simulation::largest_drift ? "  drifts\n" : "\n");
  }
  out << '\n';
}

void print(const config::NetworkSweepConfig& config, const NetworkSweepResult& result, std::ostream& out) {
  out << fmt::format(
      "{} of {}, {} discarded and {} observed, in {:.2f} s\n", report::counted(std::int64_t(result.points()), "point"),
      report::counted(std::int64_t(result.seeds), "network"), simulation::seconds_as_words(result.window.transient),
      simulation::seconds_as_words(config.duration), result.wall);
  constexpr std::size_t most_lines = 60;
  if (result.axes.size() == 1 && result.points() <= most_lines) print_points(result, out);
  const auto range = [&](const char* words, double NetworkActivity::*quantity, const char* unit) {
    const auto values = at_points(result, [&](std::size_t point) { return result.mean(point, quantity); });
    double lowest = NetworkActivity::none, highest = NetworkActivity::none;
    for (const double value : values) lowest = std::fmin(lowest, value), highest = std::fmax(highest, value);
    if (std::isfinite(lowest)) out << fmt::format("{:<30}{:.3g} to {:.3g} {}\n", words, lowest, highest, unit);
  };
  range("mean rate", &NetworkActivity::rate, "/s");
  range("bursts", &NetworkActivity::bursts, "/s");
  range("mean calcium of processes", &NetworkActivity::calcium, "uM");
  range("mean calcium of somata", &NetworkActivity::soma_calcium, "uM");
  print_step_check(result.check, out);
}

}  // namespace

Command network_sweep_command() {
  return {.name = "sweep --network",
          .summary = "one or two parameters of a network on a grid: rates, bursts, calcium, releases",
          .examples = examples,
          .page = {"summary.json", report::write_network_sweep},
          .work = recorded<config::NetworkSweepConfig, NetworkSweepResult>(
              {.parameters = config::network_sweep_parameters,
               .resolve = resolve,
               .prepare =
                   [](config::NetworkSweepConfig config) {
                     simulation::NetworkGrid(config).check();  // throws where it cannot be swept
                     return with_backend_of_solver(std::move(config));
                   },
               .run =
                   [](const auto& config, auto& listener, const auto& directory, auto& result) {
                     simulation::network_sweep(config, listener, result, [&] {
                       simulation::write_network_sweep(directory->file("sweep.csv"), config, result);
                     });
                   },
               .results = results_of,
               .print = print})};
}

}  // namespace tripartite::cli
