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

std::string image_title(const nlohmann::json& summary) {
  double wrong = 0, before = 0;
  for (const double each : numbers_in(part_at(summary, "/results/wrong_signs"))) wrong += each;
  for (const double each : numbers_in(part_at(summary, "/results/wrong_signs_of_cue"))) before += each;
  return fmt::format("Recall leaves {} of {} wrong pixels of the cues", number(wrong), number(before));
}

std::string cue_table(const nlohmann::json& summary) {
  const nlohmann::json& results = part_at(summary, "/results");
  const auto list = [&](const char* key) { return numbers_in(part_at(results, std::string("/") + key)); };
  const auto wrong = list("wrong_signs"), before = list("wrong_signs_of_cue"), overlap = list("overlap"),
             steps = list("steps"), time = list("time");
  const nlohmann::json& settled = part_at(results, "/settled");
  const nlohmann::json& images = part_at(results, "/images");
  Table table{{"pattern μ", "wrong signs of the cue", "wrong signs recalled", "overlap ξ·φ(x)/N [1]", "steps",
               "time [s]", "ends"},
              {},
              true};
  for (std::size_t i = 0; i < std::min(wrong.size(), most_rows); ++i) {
    const auto value = [&](const std::vector<double>& values) { return i < values.size() ? values[i] : std::nan(""); };
    const bool is_settled = settled.is_array() && i < settled.size() && settled[i] == true;
    table.rows.push_back({images.is_array() && i < images.size() ? escape(words_of(images[i])) : std::to_string(i),
                          number(value(before)), number(value(wrong)), fmt::format("{:.4f}", value(overlap)),
                          fmt::format("{}", value(steps)), number(value(time)),
                          is_settled ? "settled" : "after all steps"});
  }
  std::string html = to_html(table);
  if (wrong.size() > most_rows)
    html += fmt::format("<p>The first {} of {}; the others are in summary.json.</p>\n", most_rows, wrong.size());
  return html;
}

/// What is known of the energy, in plain text.
std::string energy_words(const nlohmann::json& summary) {
  const std::string why = text_at(summary, "/results/why_no_energy");
  if (!why.empty()) return fmt::format("No energy is drawn: {}.", why);
  const double rise = number_at(summary, "/results/energy_rise_max");
  const std::string reading =
      "Right: the energy E above where it ends, relative to its largest distance from there; from one frame to the "
      "next "
      "E never rose";
  return rise > 0 ? fmt::format("{} by more than {} of its magnitude.", reading, number(rise)) : reading + ".";
}

/// When the curves stop, and when the network does.
std::string trace_title(const nlohmann::json& summary, double settling) {
  const auto time = numbers_in(part_at(summary, "/results/time"));
  const nlohmann::json& settled = part_at(summary, "/results/settled");
  const auto rests = std::count(settled.begin(), settled.end(), true);
  std::string title = fmt::format("Overlap and energy stop changing visibly after {} s", number(settling));
  if (!time.empty() && rests == std::ptrdiff_t(time.size()))
    title += fmt::format("; every neuron, synapse and process is at rest after {} s",
                         number(*std::max_element(time.begin(), time.end())));
  return title;
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
    page.picture(image_title(run.summary),
                 "Above: the stored patterns; middle: the cues from which the network starts; below: the signs of its "
                 "neurons at the end, wrong ones in orange.",
                 recall::image_picture(file));
  if (const double settling = recall::settling_time(file); std::isfinite(settling))
    page.picture(trace_title(run.summary, settling),
                 "Left: overlap of the neurons with the pattern that was cued, and the largest magnitude of that with "
                 "another pattern; 1 is the pattern itself. " +
                     energy_words(run.summary),
                 recall::trace_picture(file));
  if (!part_at(run.summary, "/results/wrong_signs").empty()) page.section("Memory by memory", cue_table(run.summary));
}

}  // namespace tripartite::report
