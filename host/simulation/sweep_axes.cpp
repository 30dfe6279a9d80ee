#include "host/simulation/sweep_axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string_view>

#include "host/config/nearest.hpp"
#include "host/config/parameter.hpp"
#include "host/io/parse_number.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

double number_in(const std::string& text, const std::string& word) {
  const auto value = io::parse_number<double>(word);
  if (!value || !std::isfinite(*value))
    throw ConfigError(fmt::format("sweep.over: {}: \"{}\" is no number", text, word));
  return *value;
}

/// Everything that a synapse of this configuration can be swept over, as it is called in a file.
std::vector<std::string> known_keys(const config::SweepConfig& config) {
  const ModelDescription& model = config.synapse.description();
  const bool is_default_model = config.synapse.calcium == calcium_models().front().name;
  const int first_of_astrocyte = parameter_place(model, "O_N");
  std::vector<std::string> keys{"drive.rate"};
  for (int i = 0; i < int(model.parameters.size()); ++i) {
    const char* section = i < first_of_astrocyte ? "synapse" : "astrocyte";
    if (i >= model.cell_parameter && !is_default_model) section = config.synapse.calcium.c_str();
    keys.push_back(fmt::format("{}.{}", section, model.parameters[std::size_t(i)].name));
  }
  return keys;
}

/// `axis.name` without its section; symbol and unit. Throws ConfigError for a name that does not exist.
void find_parameter(SweepAxis& axis, const std::string& text, const config::SweepConfig& config) {
  const std::vector<std::string> keys = known_keys(config);
  const std::string given = axis.name == "drive.rates" ? "drive.rate" : axis.name;
  const auto found = std::find_if(
      keys.begin(), keys.end(), [&](const std::string& key) { return given == key || given == config::name_of(key); });
  if (found == keys.end()) {
    std::vector<std::string> known = keys;
    if (config::section_of(given).empty())
      for (std::string& key : known) key = config::name_of(key);
    const std::string meant = config::nearest(given, known);
    throw ConfigError(fmt::format(
        "sweep.over: {}: unknown parameter {}; {}", text, axis.name,
        meant.empty()
            ? "expected a parameter of [synapse] or [astrocyte], or rate; `tripartite sweep --help-all` lists them, "
              "`tripartite sweep --network --help-all` those of networks"
            : "the nearest known one is " + meant));
  }
  axis.name = config::name_of(*found);
  if (axis.name == "rate") {
    axis.symbol = "presynaptic rate";
    axis.unit = "1/s";
    if (axis.values.front() < 0) throw ConfigError(fmt::format("sweep.over: {}: rate must be >= 0", text));
    return;
  }
  const ModelDescription& model = config.synapse.description();
  const ParameterInfo& info = model.parameters[std::size_t(parameter_place(model, axis.name))];
  if (!(info.is_positive ? axis.values.front() > 0 : axis.values.front() >= 0))
    throw ConfigError(fmt::format("sweep.over: {}: {} must be {} 0", text, info.name, info.is_positive ? ">" : ">="));
  axis.symbol = info.symbol;
  axis.unit = info.unit;
}

}  // namespace

SweepAxis read_range(const std::string& text) {
  const auto equals = text.find('=');
  std::vector<std::string> words;
  std::istringstream rest(equals == std::string::npos ? "" : text.substr(equals + 1));
  for (std::string word; std::getline(rest, word, ':');) words.push_back(word);
  if (words.size() < 3 || words.size() > 4 || (words.size() == 4 && words[3] != "log"))
    throw ConfigError(fmt::format("sweep.over: {}: expected NAME=LOW:HIGH:POINTS or NAME=LOW:HIGH:POINTS:log", text));
  SweepAxis axis{text.substr(0, equals), {}, words.size() == 4, {}, {}};
  const double low = number_in(text, words[0]), high = number_in(text, words[1]), points = number_in(text, words[2]);
  constexpr double most = 10'000;
  if (!(low < high) || !(points >= 2 && points <= most && points == std::floor(points)) || (axis.is_log && !(low > 0)))
    throw ConfigError(
        fmt::format("sweep.over: {}: expected LOW < HIGH, from 2 to 10000 points, and LOW > 0 for log", text));
  for (int i = 0; i < int(points); ++i) {
    const double share = i / (points - 1);
    axis.values.push_back(axis.is_log ? low * std::pow(high / low, share) : low + (high - low) * share);
  }
  return axis;
}

std::vector<SweepAxis> sweep_axes(const config::SweepConfig& config) {
  std::vector<SweepAxis> axes;
  for (const std::string& each : config.over) {
    axes.push_back(read_range(each));
    find_parameter(axes.back(), each, config);
  }
  check_axes(axes, "O_delta=0.2:1.2:40");
  if (!config.varied.empty()) throw ConfigError("population.varied: a sweep varies what --over says, nothing else");
  if (std::any_of(axes.begin(), axes.end(), [](const SweepAxis& axis) { return axis.name == "rate"; })) {
    if (config.drive.rates.size() != 1)
      throw ConfigError("sweep.over: rate: drive.rates must be a single rate, which the sweep replaces");
    if (config.drive.kind == config::DriveKind::file)
      throw ConfigError("sweep.over: rate: drive.kind = file has the rates of its spikes; expected rate or poisson");
  }
  return axes;
}

void check_axes(std::span<const SweepAxis> axes, std::string_view example) {
  if (axes.empty() || axes.size() > 2)
    throw ConfigError(
        fmt::format("sweep.over: {} parameters: expected one or two, as --over {}", axes.size(), example));
  if (axes.size() == 2 && axes[0].name == axes[1].name)
    throw ConfigError(fmt::format("sweep.over: {} twice: the two parameters must differ", axes[0].name));
}

std::size_t points_of(std::span<const SweepAxis> axes) {
  std::size_t points = 1;
  for (const SweepAxis& axis : axes) points *= axis.values.size();
  return points;
}

double value_at(std::span<const SweepAxis> axes, std::size_t axis, std::size_t point) {
  const std::size_t columns = axes[0].values.size();
  return axes[axis].values[axis == 0 ? point % columns : point / columns];
}

std::string words_of_point(std::span<const SweepAxis> axes, std::size_t point) {
  std::string words;
  for (std::size_t a = 0; a < axes.size(); ++a)
    words += fmt::format("{}{} = {:.4g}{}{}", words.empty() ? "" : ", ", axes[a].name, value_at(axes, a, point),
                         axes[a].unit.empty() ? "" : " ", axes[a].unit);
  return words;
}

}  // namespace tripartite::simulation
