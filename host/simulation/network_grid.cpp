#include "host/simulation/network_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "host/config/nearest.hpp"
#include "host/config/network_parameters.hpp"
#include "host/config/render.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using config::Parameter;
using config::Type;

constexpr auto unwritten = "configuration";  // the name of the document that is made of it

/// Numbers that say what the network is and what enters it; lists only of one number, constant in time.
bool can_be_swept(const Parameter& parameter, const config::Value& value) {
  constexpr std::string_view of_runs[] = {"sweep", "solver", "recording", "run", "output"};
  const auto section = config::section_of(parameter.key);
  if (std::find(std::begin(of_runs), std::end(of_runs), section) != std::end(of_runs)) return false;
  if (parameter.key == "population.duration") return false;
  if (parameter.type == Type::real_list) return std::get<std::vector<double>>(value).size() == 1;
  return parameter.type == Type::real || parameter.type == Type::integer;
}

/// Replaces the name of the axis, which may lack its section, by the whole key.
const Parameter& find_parameter(SweepAxis& axis, const std::string& text, const config::NetworkSweepConfig& config) {
  const auto& table = config::network_sweep_parameters();
  const auto values = table.values(config);
  std::vector<std::string> known;
  std::vector<const Parameter*> found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& parameter = table.parameters()[i];
    const bool is_meant = parameter.key == axis.name || config::name_of(parameter.key) == axis.name;
    if (!can_be_swept(parameter, values[i])) {
      if (parameter.key == axis.name)
        throw ConfigError(
            fmt::format("sweep.over: {}: {} = {} cannot be swept; expected a single number of the network "
                        "or of what enters it",
                        text, parameter.key, config::to_message(values[i])));
      continue;
    }
    known.push_back(parameter.key);
    if (is_meant) found.push_back(&parameter);
  }
  if (found.size() > 1) {
    std::string keys;
    for (const Parameter* each : found) keys += (keys.empty() ? "" : ", ") + each->key;
    throw ConfigError(fmt::format("sweep.over: {}: {} may be any of {}; expected one of these", text, axis.name, keys));
  }
  if (found.empty()) {
    const std::string meant = config::nearest(axis.name, known);
    throw ConfigError(fmt::format("sweep.over: {}: unknown parameter {}; {}", text, axis.name,
                                  meant.empty() ? "`tripartite sweep --network --help-all` lists all of them"
                                                : "the nearest known one is " + meant));
  }
  const Parameter& parameter = *found.front();
  axis.name = parameter.key;
  const auto has_symbol = [&](const Parameter& each) { return each.symbol == parameter.symbol; };
  const bool is_alone = std::count_if(table.parameters().begin(), table.parameters().end(), has_symbol) == 1;
  axis.symbol = is_alone ? parameter.symbol : parameter.key;  // I and J stand for several
  axis.unit = parameter.unit == "1" ? "" : parameter.unit;
  return parameter;
}

/// A count takes the nearest whole numbers.
void round_values(SweepAxis& axis, const std::string& text) {
  for (double& value : axis.values) value = std::round(value);
  if (std::set<double>(axis.values.begin(), axis.values.end()).size() < axis.values.size())
    throw ConfigError(
        fmt::format("sweep.over: {}: {} is a whole number: expected at most as many points as there are "
                    "from {:g} to {:g}, that differ when they are rounded",
                    text, axis.name, axis.values.front(), axis.values.back()));
}

}  // namespace

NetworkGrid::NetworkGrid(const config::NetworkSweepConfig& config)
    : settings_(config::network_sweep_parameters().parameters()), seeds_(std::size_t(config.seeds)) {
  const auto& table = config::network_sweep_parameters();
  settings_.read_document(config::render_toml(table.description(), table.values(config)), unwritten);
  for (const std::string& each : config.over) {
    given_.push_back(each);
    axes_.push_back(read_range(each));
    is_whole_.push_back(find_parameter(axes_.back(), each, config).type == Type::integer);
    if (is_whole_.back()) round_values(axes_.back(), each);
  }
  check_axes(axes_, "synapse.O_G=0:2:5");
  constexpr std::size_t most = 100'000;
  if (networks() > most)
    throw ConfigError(fmt::format("sweep.over: {} networks, {} points times sweep.seeds = {}: expected at most {}",
                                  networks(), points(), seeds_, most));
}

config::NetworkConfig NetworkGrid::at(std::size_t network) const {
  const std::size_t point = network / seeds_;
  config::Settings settings = settings_;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const double value = value_at(axes_, a, point);
    settings.set(axes_[a].name,
                 config::to_toml(is_whole_[a] ? config::Value(std::int64_t(value)) : config::Value(value)),
                 "sweep.over: " + given_[a]);
  }
  try {
    config::NetworkConfig config = config::network_sweep_parameters().resolve(settings);
    config.seed += std::int64_t(network % seeds_);
    return config;
  } catch (const ConfigError& error) {
    std::string reason = error.what();
    if (reason.starts_with("sweep.over: ")) throw;
    // A value that was not swept does not fit to one that was: its line in a file that nobody has helps nobody.
    if (reason.starts_with(unwritten)) reason = reason.substr(reason.find(": ") + 2);
    throw ConfigError(fmt::format("sweep.over: at {}: {}", words_of_point(axes_, point), reason));
  }
}

void NetworkGrid::check() const {
  for (std::size_t point = 0; point < points(); ++point) at(point * seeds_);
}

}  // namespace tripartite::simulation
