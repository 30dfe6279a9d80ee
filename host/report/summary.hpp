#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tripartite::report {

/// The value at a JSON pointer ("/timing/total_s"); NaN if it is not a number.
double number_at(const nlohmann::json& object, const std::string& pointer);

/// The text at a JSON pointer; empty if it is not text.
std::string text_at(const nlohmann::json& object, const std::string& pointer);

/// The numbers under `key` in each object of an array; NaN for other values.
std::vector<double> numbers_of(const nlohmann::json& objects, const std::string& key);

/// The numbers of a list; NaN for other values.
std::vector<double> numbers_in(const nlohmann::json& list);

/// The object or array at a JSON pointer; an empty object if it does not exist.
const nlohmann::json& part_at(const nlohmann::json& object, const std::string& pointer);

/// A value in readable form: text without quotes, lists with commas, "not set" for null or empty text.
std::string words_of(const nlohmann::json& value);

}  // namespace tripartite::report
