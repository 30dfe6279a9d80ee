#include "host/transformer/model_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/io/strict_json.hpp"
#include "tripartite/error.hpp"

namespace tripartite::transformer {

ModelConfig::ModelConfig(std::string where, std::string_view text)
    : where_(std::move(where)), values_(io::parse_json(text, where_)) {
  if (!values_.is_object()) throw FileError(where_ + ": must be a JSON object");
}

bool ModelConfig::has(std::string_view key) const {
  const auto found = values_.find(key);
  return found != values_.end() && !found->is_null();
}

const nlohmann::json& ModelConfig::at(std::string_view key) const {
  if (!has(key)) throw ConfigError(fmt::format("{}: {} is missing", where_, key));
  return *values_.find(key);
}

void ModelConfig::refuse(std::string_view key, const std::string& expected) const {
  std::string value = at(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (value.size() > 80) value = value.substr(0, 77) + "...";
  throw ConfigError(fmt::format("{}: {} = {}: {}", where_, key, value, expected));
}

int ModelConfig::count(std::string_view key, std::optional<int> fallback, int largest) const {
  if (fallback && !has(key)) return *fallback;
  const nlohmann::json& value = at(key);
  if (!value.is_number_integer() || value < 1 || value > largest)
    refuse(key, fmt::format("must be an integer from 1 to {}", largest));
  return value.get<int>();
}

double ModelConfig::positive(std::string_view key, double fallback) const {
  if (!has(key)) return fallback;
  const nlohmann::json& value = at(key);
  if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() <= 0)
    refuse(key, "must be a positive number");
  return value.get<double>();
}

std::string ModelConfig::word(std::string_view key, std::optional<std::string> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const nlohmann::json& value = at(key);
  if (!value.is_string()) refuse(key, "must be a string");
  return value.get<std::string>();
}

bool ModelConfig::flag(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  const nlohmann::json& value = at(key);
  if (!value.is_boolean()) refuse(key, "must be true or false");
  return value.get<bool>();
}

int ModelConfig::whole(std::string_view key, int smallest, int largest) const {
  const nlohmann::json& value = at(key);
  if (!value.is_number_integer() || value < smallest || value > largest)
    refuse(key, fmt::format("must be an integer from {} to {}", smallest, largest));
  return value.get<int>();
}

std::vector<double> ModelConfig::numbers(std::string_view key) const {
  const nlohmann::json& value = at(key);
  std::vector<double> all;
  for (const nlohmann::json& each : value.is_array() ? value : nlohmann::json::array({value})) {
    if (!each.is_number() || !std::isfinite(each.get<double>())) refuse(key, "must be a number or a list of numbers");
    all.push_back(each.get<double>());
  }
  if (all.empty()) refuse(key, "must not be empty");
  return all;
}

ModelConfig::Size ModelConfig::size(std::string_view key) const {
  constexpr int largest = 1 << 14;
  const nlohmann::json& value = at(key);
  const auto pixels = [&](const nlohmann::json& number) {
    if (!number.is_number_integer() || number < 1 || number > largest)
      refuse(key, fmt::format("must be a number of pixels from 1 to {} or an object with height and width or with "
                              "shortest_edge",
                              largest));
    return number.get<int>();
  };
  if (!value.is_object()) return {.width = pixels(value), .height = pixels(value)};
  if (value.contains("shortest_edge")) return {.shortest_edge = pixels(value["shortest_edge"])};
  return {.width = pixels(value.value("width", nlohmann::json())),
          .height = pixels(value.value("height", nlohmann::json()))};
}

std::vector<std::string> ModelConfig::labels() const {
  if (!has("id2label")) return {};
  const nlohmann::json& map = at("id2label");
  if (!map.is_object()) refuse("id2label", "must be an object that maps class numbers to names");
  std::vector<std::string> labels(map.size());
  for (std::size_t id = 0; id < labels.size(); ++id) {
    const auto label = map.find(std::to_string(id));
    if (label == map.end() || !label->is_string())
      refuse("id2label", fmt::format("must name every class from 0 to {}", labels.size() - 1));
    labels[id] = label->get<std::string>();
  }
  return labels;
}

void ModelConfig::require(std::string_view key, std::initializer_list<nlohmann::json> implemented) const {
  if (!has(key)) return;
  if (std::find(implemented.begin(), implemented.end(), at(key)) != implemented.end()) return;
  std::vector<std::string> names;
  for (const auto& value : implemented) names.push_back(value.dump());
  refuse(key, fmt::format("must be {}, other values are not supported", fmt::join(names, " or ")));
}

}  // namespace tripartite::transformer
