#include "host/report/summary.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace tripartite::report {
namespace {

const nlohmann::json* find(const nlohmann::json& object, const std::string& pointer) {
  const nlohmann::json::json_pointer place(pointer);
  return object.contains(place) ? &object.at(place) : nullptr;
}

}  // namespace

double number_at(const nlohmann::json& object, const std::string& pointer) {
  const auto* value = find(object, pointer);
  return value != nullptr && value->is_number() ? value->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string text_at(const nlohmann::json& object, const std::string& pointer) {
  const auto* value = find(object, pointer);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::vector<double> numbers_of(const nlohmann::json& objects, const std::string& key) {
  std::vector<double> numbers;
  for (const auto& object : objects) numbers.push_back(number_at(object, "/" + key));
  return numbers;
}

std::vector<double> numbers_in(const nlohmann::json& list) {
  std::vector<double> numbers;
  for (const auto& each : list)
    numbers.push_back(each.is_number() ? each.get<double>() : std::numeric_limits<double>::quiet_NaN());
  return numbers;
}

const nlohmann::json& part_at(const nlohmann::json& object, const std::string& pointer) {
  static const nlohmann::json nothing = nlohmann::json::object();
  const auto* value = find(object, pointer);
  return value != nullptr && value->is_structured() ? *value : nothing;
}

std::string words_of(const nlohmann::json& value) {
  if (value.is_null() || value == "") return "not set";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string words;
  for (const auto& each : value) words += (words.empty() ? "" : ", ") + words_of(each);
  return words.empty() ? "none" : words;
}

}  // namespace tripartite::report
