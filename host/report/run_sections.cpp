#include "host/report/run_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "host/report/html.hpp"
#include "host/report/summary.hpp"
#include "host/report/symbols.hpp"

namespace tripartite::report {
namespace {

std::string seconds(double value) { return std::isfinite(value) ? number(value) + "\xC2\xA0s" : number(value); }

const config::Parameter* find_parameter(const config::TableDescription* table, const std::string& key) {
  if (table == nullptr) return nullptr;
  const auto found = std::find_if(table->parameters.begin(), table->parameters.end(),
                                  [&](const config::Parameter& each) { return each.key == key; });
  return found == table->parameters.end() ? nullptr : &*found;
}

/// " τ" with its index below, if the symbol says more than the name: if it is Greek.
std::string symbol_html(const std::string& symbol) {
  if (symbol.empty() || static_cast<unsigned char>(symbol.front()) < 0x80) return {};
  return " <i>" + symbols_html(symbol) + "</i>";
}

/// Names in `values`, those that the table knows first and in its order.
std::vector<std::string> in_order(const nlohmann::json& values, const config::TableDescription* table,
                                  const std::string& prefix) {
  std::vector<std::pair<std::size_t, std::string>> places;
  for (const auto& [name, value] : values.items()) {
    const std::string dotted = fmt::format("{}{}.", prefix, name);
    std::size_t place = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; table != nullptr && i < table->parameters.size(); ++i)
      if ((table->parameters[i].key + '.').starts_with(dotted)) place = std::min(place, i);
    places.emplace_back(place, name);
  }
  std::sort(places.begin(), places.end());
  std::vector<std::string> names;
  names.reserve(places.size());
  for (const auto& [place, name] : places) names.push_back(name);
  return names;
}

nlohmann::json default_of(const config::Parameter& parameter) {
  return std::visit([](const auto& value) { return nlohmann::json(value); }, parameter.standard);
}

/// Numbers by their value: a default of 60 is what a file gives as 60.0.
bool differs(const nlohmann::json& value, const nlohmann::json& standard) {
  if (value.is_number() && standard.is_number()) return value.get<double>() != standard.get<double>();
  return value != standard && !(value.is_null() && standard == "");
}

/// `run.backend` in a summary is the one that `auto` chose.
bool is_given(const std::string& key) { return key != "run.backend"; }

std::string parameter_table(const std::string& section, const nlohmann::json& values,
                            const config::TableDescription* table) {
  Table rows;
  const std::string prefix = section + ".";
  for (const std::string& name : in_order(values, table, prefix)) {
    const nlohmann::json& value = values.at(name);
    const config::Parameter* known = find_parameter(table, fmt::format("{}{}", prefix, name));
    const std::string unit = known == nullptr ? std::string() : unit_words(known->unit);
    const auto words = [&](const nlohmann::json& each) {
      return escape(shorten(words_of(each), 120)) + (unit.empty() ? "" : " " + escape(unit));
    };
    std::string cell = words(value), named = escape(name);
    if (known != nullptr) named += symbol_html(known->symbol);
    if (known != nullptr && is_given(known->key) && differs(value, default_of(*known)))
      cell =
          fmt::format("<span class=\"changed\">{} <small>(default {})</small></span>", cell, words(default_of(*known)));
    rows.rows.push_back({named, cell});
  }
  return fmt::format("<section><h3>{}</h3>\n{}</section>\n", escape(section), to_html(rows));
}

std::string short_commit(const std::string& commit) {
  constexpr std::size_t enough = 12;
  if (commit.size() <= enough) return commit;
  return commit.substr(0, enough) + (commit.ends_with("-dirty") ? "-dirty" : "");
}

}  // namespace

std::string status_line(const nlohmann::json& summary) {
  const std::string status = text_at(summary, "/status");
  const bool known = status == "complete" || status == "incomplete" || status == "failed";
  std::string line =
      fmt::format("<span class=\"badge {}\">{}</span><span>tripartite {}</span>", known ? status : "",
                  escape(status.empty() ? "status unknown" : status), escape(text_at(summary, "/command")));
  for (const char* key : {"/device", "/precision"})
    if (const std::string words = text_at(summary, key); !words.empty())
      line += fmt::format("<span>\xC2\xB7 {}</span>", escape(words));
  return line;
}

std::string provenance(const nlohmann::json& summary) {
  std::vector<std::string> words;
  if (const std::string date = text_at(summary, "/date"); date.size() >= 16)
    words.push_back(escape(date.substr(0, 10) + " " + date.substr(11, 5) + " UTC"));
  if (const std::string version = text_at(summary, "/version"); !version.empty()) {
    const std::string commit = short_commit(text_at(summary, "/commit"));
    words.push_back(escape("tripartite " + version + (commit.empty() ? "" : " (" + commit + ")")));
  }
  if (const std::string line = text_at(summary, "/command_line"); !line.empty())
    words.push_back("<code>" + escape(line) + "</code>");
  if (words.empty()) return {};
  std::string html;
  for (const std::string& each : words) html += (html.empty() ? "" : " \u00b7 ") + each;
  return "<p class=\"made\">" + html + "</p>\n";
}

std::string failure_note(const nlohmann::json& summary) {
  const std::string status = text_at(summary, "/status");
  if (status == "complete") return {};
  const std::string reason = text_at(summary, "/error");
  const std::string_view meaning = status == "failed" ? "The run failed; what it left is shown."
                                                      : "The run was stopped before its end; what it left is shown.";
  return fmt::format("<p class=\"note\">{} {}</p>\n", meaning, escape(reason));
}

std::string parameter_tables(const nlohmann::json& summary, const config::TableDescription* known) {
  std::string html;
  nlohmann::json unsectioned = nlohmann::json::object();
  const nlohmann::json& configuration = part_at(summary, "/config");
  if (!configuration.is_object()) return "<p class=\"absent\">The summary holds no configuration.</p>\n";
  for (const std::string& section : in_order(configuration, known, "")) {
    const nlohmann::json& values = configuration.at(section);
    if (values.is_object())
      html += parameter_table(section, values, known);
    else
      unsectioned[section] = values;
  }
  if (!unsectioned.empty()) html += parameter_table("configuration", unsectioned, known);
  if (html.empty()) return "<p class=\"absent\">The summary holds no configuration.</p>\n";
  return "<div class=\"columns\">\n" + html + "</div>\n";
}

std::string timing_table(const nlohmann::json& summary) {
  const double total = number_at(summary, "/timing/total_s");
  Table table{{"phase", "time", "share"}, {}};
  std::vector<std::pair<double, std::string>> phases;
  for (const auto& [phase, value] : part_at(summary, "/timing/phases").items())
    phases.emplace_back(value.is_number() ? value.get<double>() : 0.0, phase);
  std::sort(phases.rbegin(), phases.rend());
  for (const auto& [time, phase] : phases) {
    table.rows.push_back(
        {escape(phase), seconds(time), total > 0 ? fmt::format("{:.0f}\xC2\xA0%", 100 * time / total) : ""});
  }
  table.rows.push_back({"<b>whole run</b>", "<b>" + seconds(total) + "</b>", ""});
  return to_html(table);
}

std::string machine_table(const nlohmann::json& summary) {
  constexpr std::array<std::pair<const char*, const char*>, 9> entries{{{"date", "date"},
                                                                        {"version", "version"},
                                                                        {"commit", "commit"},
                                                                        {"backend", "backend"},
                                                                        {"device", "device"},
                                                                        {"instruction_set", "instruction set"},
                                                                        {"precision", "precision"},
                                                                        {"threads", "threads"},
                                                                        {"seed", "seed"}}};
  Table table;
  for (const auto& [key, name] : entries)
    if (summary.contains(key)) table.rows.push_back({name, escape(words_of(summary.at(key)))});
  return to_html(table);
}

}  // namespace tripartite::report
