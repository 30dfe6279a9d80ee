#include "host/run/recorder.hpp"

#include <utility>

namespace tripartite::run {
namespace {

std::vector<io::ReportPopulation> described(const Simulation& simulation, const std::vector<Recorded>& recorded,
                                            double interval) {
  std::vector<io::ReportPopulation> all;
  for (const Recorded& each : recorded) {
    const Field& field = simulation.fields().at(each.field);
    all.push_back(io::point_population(each.name.empty() ? field.name : each.name, each.map ? each.unit : field.unit,
                                       each.indices, 0, interval));
  }
  return all;
}

}  // namespace

Recorder::Recorder(const std::filesystem::path& path, const Simulation& simulation, std::vector<Recorded> recorded,
                   double interval)
    : simulation_(simulation),
      recorded_(std::move(recorded)),
      report_(path, described(simulation, recorded_, interval)) {}

void Recorder::frame() {
  for (std::size_t i = 0; i < recorded_.size(); ++i) {
    values_.resize(recorded_[i].indices.size());
    simulation_.gather(recorded_[i].field, recorded_[i].indices, std::span(values_));
    frame_.resize(values_.size());
    for (std::size_t k = 0; k < values_.size(); ++k)
      frame_[k] = float(recorded_[i].map ? recorded_[i].map(values_[k]) : values_[k]);
    report_.append_frame<float>(i, frame_);
  }
}

void Recorder::close() { report_.close(); }

std::size_t append_events(std::span<const Event> events, std::uint32_t population, io::SonataSpikes& file) {
  io::Spikes spikes;
  for (const Event& event : events) {
    if (event.population != population) continue;
    spikes.times.push_back(event.time);
    spikes.nodes.push_back(event.index);
  }
  if (!spikes.times.empty()) file.append(spikes);
  return spikes.times.size();
}

}  // namespace tripartite::run
