#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tripartite::report {

/// The value at a JSON pointer ("/timing/total_s"); NaN if there is no number.
double number_at(const nlohmann::json& object, const std::string& pointer);

/// The text at a JSON pointer; empty if there is none.
std::string text_at(const nlohmann::json& object, const std::string& pointer);

/// The numbers under `key` in each object of an array; NaN where there is none.
std::vector<double> numbers_of(const nlohmann::json& objects, const std::string& key);

/// The numbers of a list; NaN where there is something else.
std::vector<double> numbers_in(const nlohmann::json& list);

/// The object or array at a JSON pointer, an empty object if there is none.
const nlohmann::json& part_at(const nlohmann::json& object, const std::string& pointer);

/// A value as a person reads it: text without quotes, lists with commas, "not set" for nothing.
std::string words_of(const nlohmann::json& value);

}  // namespace tripartite::report
