#include "host/config/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "host/config/nearest.hpp"
#include "host/config/toml.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

[[noreturn]] void throw_unknown(std::string_view what, std::string_view given, std::span<const std::string> known,
                                const std::string& source) {
  const std::string meant = nearest(given, known);
  const auto expected = [&]() -> std::string {
    if (!meant.empty()) return fmt::format("the nearest known one is {}", meant);
    std::vector<std::string_view> neighbours;  // the right section is a hint, too
    for (const std::string& key : known)
      if (!section_of(given).empty() && section_of(key) == section_of(given)) neighbours.push_back(name_of(key));
    if (neighbours.empty()) return "`tripartite info --parameters` lists all of them";
    return fmt::format("the section {} has {}", section_of(given), fmt::join(neighbours, ", "));
  };
  throw UnknownKey(fmt::format("{}: {}: unknown {}; {}", source, given, what, expected()));
}

}  // namespace

const Parameter& Settings::parameter(std::string_view key, const std::string& source) const {
  for (const Parameter& parameter : parameters_)
    if (parameter.key == key) return parameter;
  std::vector<std::string> known;
  for (const Parameter& parameter : parameters_) {
    if (section_of(parameter.key) == key)
      throw ConfigError(fmt::format("{}: {}: expected a section, with keys like {}", source, key, parameter.key));
    known.push_back(parameter.key);
  }
  throw_unknown("key", key, known, source);
}

void Settings::enter(std::string_view section, const std::string& source) const {
  std::vector<std::string> known;
  for (const Parameter& parameter : parameters_) {
    if (parameter.key == section)
      throw ConfigError(fmt::format("{}: {}: expected {}, not a section", source, section, expectation(parameter)));
    if (section_of(parameter.key) == section) return;
    known.emplace_back(section_of(parameter.key));
  }
  throw_unknown("section", section, known, source);
}

void Settings::read_file(const std::filesystem::path& path) { read_document(io::read_file(path), path.string()); }

void Settings::read_document(std::string_view document, std::string_view name) {
  read_toml(document, name,
            {.find = [this](std::string_view key, const std::string& source) -> const Parameter& {
               return parameter(key, source);
             },
             .enter = [this](std::string_view section, const std::string& source) { enter(section, source); },
             .take =
                 [this](const Parameter& parameter, Value value, const std::string& source) {
                   check(parameter, value, source);
                   const auto [entry, is_new] = from_file_.try_emplace(parameter.key, Given{std::move(value), source});
                   if (!is_new)
                     throw ConfigError(
                         fmt::format("{}: {}: given before, at {}", source, parameter.key, entry->second.source));
                 }});
}

void Settings::set(std::string_view key, std::string_view text, const std::string& source) {
  const Parameter& wanted = parameter(key, source);
  const auto [entry, is_new] = from_options_.try_emplace(wanted.key, Given{parse(wanted, text, source), source});
  if (!is_new) throw ConfigError(fmt::format("{}: {}: given before, by {}", source, key, entry->second.source));
}

void Settings::set(std::string_view assignment, const std::string& source) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw ConfigError(fmt::format("{} {}: expected key=value", source, assignment));
  set(assignment.substr(0, equals), assignment.substr(equals + 1), source);
}

const Settings::Given* Settings::find(std::string_view key) const {
  for (const Layer* layer : {&from_options_, &from_file_})
    if (const auto entry = layer->find(key); entry != layer->end()) return &entry->second;
  return nullptr;
}

bool Settings::differs(std::string_view key) const {
  const Given* given = find(key);
  return given != nullptr && given->value != parameter(key, given->source).standard;
}

std::string Settings::first_within(std::string_view section) const {
  for (const Layer* layer : {&from_file_, &from_options_})
    for (const auto& [key, given] : *layer)
      if (section_of(key) == section && differs(key)) return key;
  return {};
}

}  // namespace tripartite::config
