#include "tripartite/run/recorder.hpp"

#include <span>
#include <utility>

#include "host/io/sonata_report.hpp"

namespace tripartite::run {
namespace {

std::vector<io::ReportPopulation> described(const Simulation& simulation, const std::vector<Recorded>& recorded,
                                            double interval) {
  std::vector<io::ReportPopulation> all;
  for (const Recorded& each : recorded) {
    const Field& field = simulation.fields().at(each.field);
    all.push_back(io::point_population(each.name.empty() ? field.name : each.name,
                                       each.map || each.compute ? each.unit : field.unit, each.indices, 0, interval));
  }
  return all;
}

}  // namespace

class Recorder::File {
 public:
  File(const std::filesystem::path& path, const Simulation& simulation, std::vector<Recorded> recorded, double interval)
      : simulation_(simulation),
        recorded_(std::move(recorded)),
        report_(path, described(simulation, recorded_, interval)) {}

  void frame() {
    for (std::size_t i = 0; i < recorded_.size(); ++i) {
      values_.resize(recorded_[i].indices.size());
      if (recorded_[i].compute)
        recorded_[i].compute(values_);
      else
        simulation_.gather(recorded_[i].field, recorded_[i].indices, std::span(values_));
      frame_.resize(values_.size());
      for (std::size_t k = 0; k < values_.size(); ++k)
        frame_[k] = float(recorded_[i].map ? recorded_[i].map(recorded_[i].indices[k], values_[k]) : values_[k]);
      report_.append_frame<float>(i, frame_);
    }
  }
  void close() { report_.close(); }

 private:
  const Simulation& simulation_;
  std::vector<Recorded> recorded_;
  io::SonataReport report_;
  std::vector<double> values_;
  std::vector<float> frame_;
};

Recorder::Recorder(const std::filesystem::path& path, const Simulation& simulation, std::vector<Recorded> recorded,
                   double interval)
    : file_(std::make_unique<File>(path, simulation, std::move(recorded), interval)) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder& Recorder::operator=(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;

void Recorder::frame() { file_->frame(); }
void Recorder::close() { file_->close(); }

}  // namespace tripartite::run
