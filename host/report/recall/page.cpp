#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/report/counted.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/recall/pictures.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

constexpr std::size_t most_rows = 100;

std::string corruption_of(const nlohmann::json& summary) {
  const std::string kind = text_at(summary, "/config/cue/kind");
  const double level = number_at(summary, "/config/cue/corruption");
  if (kind == "noise") return "noise of " + number(level) + " added";
  return percent(level) + (kind == "occlude" ? " occluded" : " of the signs flipped");
}

std::string headline(const nlohmann::json& summary) {
  const auto wrong = numbers_in(part_at(summary, "/results/wrong_signs"));
  if (wrong.empty()) return "No memory was recalled before the run ended";
  std::size_t whole = 0;
  for (const double each : wrong) whole += each == 0 ? 1 : 0;
  const double neurons = number_at(summary, "/results/neurons");
  return fmt::format("{} of {} recalled without a wrong sign, from cues with {}: {} in {}", whole,
                     counted(wrong.size(), "memory", "memories"), corruption_of(summary),
                     counted(number_at(summary, "/results/patterns"), "pattern"), counted(neurons, "neuron"));
}

std::string cue_table(const nlohmann::json& summary) {
  const nlohmann::json& results = part_at(summary, "/results");
  const auto list = [&](const char* key) { return numbers_in(part_at(results, std::string("/") + key)); };
  const auto wrong = list("wrong_signs"), before = list("wrong_signs_of_cue"), overlap = list("overlap"),
             steps = list("steps");
  const nlohmann::json& settled = part_at(results, "/settled");
  const nlohmann::json& images = part_at(results, "/images");
  Table table{{"pattern", "wrong signs of the cue", "wrong signs recalled", "overlap", "steps", "ends"}, {}, true};
  for (std::size_t i = 0; i < std::min(wrong.size(), most_rows); ++i) {
    const auto value = [&](const std::vector<double>& values) { return i < values.size() ? values[i] : std::nan(""); };
    const bool is_settled = settled.is_array() && i < settled.size() && settled[i] == true;
    table.rows.push_back({images.is_array() && i < images.size() ? escape(words_of(images[i])) : std::to_string(i),
                          number(value(before)), number(value(wrong)), fmt::format("{:.4f}", value(overlap)),
                          fmt::format("{}", value(steps)), is_settled ? "settled" : "after all steps"});
  }
  std::string html = to_html(table);
  if (wrong.size() > most_rows)
    html += fmt::format("<p>The first {} of {}; the others are in summary.json.</p>\n", most_rows, wrong.size());
  return html;
}

std::string energy_note(const nlohmann::json& summary) {
  const std::string why = text_at(summary, "/results/why_no_energy");
  if (!why.empty()) return "<p>No energy is reported: " + escape(why) + "</p>\n";
  const double rise = number_at(summary, "/results/energy_rise_max");
  if (rise == 0) return "<p>From one frame to the next the energy never rose.</p>\n";
  return "<p>From one frame to the next the energy never rose by more than " + number(rise) +
         " of its magnitude.</p>\n";
}

}  // namespace

void write_recall(const Run& run, Page& page) {
  recall::RecallFile file;
  if (const auto path = run.directory / "recall.h5"; std::filesystem::exists(path))
    file.emplace(io::Hdf5File::open(path));
  page.headline(headline(run.summary));
  const bool has_images =
      file && file->contains("/states") && file->read_attribute<std::int64_t>("/states", "width") > 1;
  if (has_images)
    page.picture("Stored patterns, cues and recalled states",
                 "Above: the stored patterns; middle: the cues from which the network starts; below: the signs of its "
                 "neurons at the end, wrong ones in orange.",
                 recall::image_picture(file));
  page.section("Memory by memory", cue_table(run.summary) + energy_note(run.summary));
  page.section("Time course", "");
  page.picture("Overlap and energy during recall",
               "Left: overlap of the neurons with the pattern that was cued, and with the nearest other pattern; 1 "
               "is the pattern itself. Right: the energy, which only falls.",
               recall::trace_picture(file));
}

}  // namespace tripartite::report
