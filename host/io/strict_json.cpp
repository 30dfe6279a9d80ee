#include "host/io/strict_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::io {

nlohmann::json parse_json(std::string_view text, const std::string& source, int maximum_depth) {
  using nlohmann::json;
  std::vector<std::unordered_set<std::string>> keys;  // of every open object
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > maximum_depth)
      throw FileError(fmt::format("{}: JSON is nested deeper than {} levels", source, maximum_depth));
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get_ref<const std::string&>()).second)
      throw FileError(fmt::format("{}: \"{}\" occurs twice", source, parsed.get_ref<const std::string&>()));
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), check);
  } catch (const json::exception& e) {
    // The library quotes its last token, which may be the whole file.
    throw FileError(fmt::format("{}: not valid JSON: {:.200}", source, e.what()));
  }
}

}  // namespace tripartite::io
