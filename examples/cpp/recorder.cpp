// recorder [SECONDS]: a recorder of one's own. It writes a histogram of calcium over time as CSV and counts events.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

using namespace tripartite;

/// Histogram of one field of any simulation: a row of CSV per frame, a column per bin.
class HistogramRecorder {
 public:
  HistogramRecorder(std::FILE* file, const Simulation& simulation, std::size_t field, double low, double high, int bins)
      : file_(file), simulation_(simulation), field_(field), low_(low), width_((high - low) / bins), counts_(bins) {
    const Field& info = simulation.fields().at(field);
    values_.resize(info.size);
    std::fprintf(file_, "time [s]");
    for (int bin = 0; bin < bins; ++bin)
      std::fprintf(file_, ",%s from %g %s", info.symbol.c_str(), low_ + bin * width_, info.unit.c_str());
    std::fprintf(file_, "\n");
  }

  /// Writes the present histogram. Values outside of the bins count in the first or last one.
  void frame() {
    simulation_.read(field_, 0, values_);
    std::fill(counts_.begin(), counts_.end(), 0);
    for (const double value : values_)
      ++counts_[std::size_t(std::clamp((value - low_) / width_, 0.0, double(counts_.size() - 1)))];
    std::fprintf(file_, "%g", simulation_.time());
    for (const int count : counts_) std::fprintf(file_, ",%d", count);
    std::fprintf(file_, "\n");
  }

 private:
  std::FILE* file_;
  const Simulation& simulation_;
  std::size_t field_;
  double low_, width_;
  std::vector<int> counts_;
  std::vector<double> values_;
};

/// Advances by `duration` [s], with a frame every `interval` [s]. Returns the number of events.
std::size_t record(Simulation& simulation, HistogramRecorder& recorder, double duration, double interval) {
  std::size_t events = 0;
  const double end = simulation.time() + duration;
  recorder.frame();
  while (simulation.time() + interval / 2 < end) {
    simulation.advance(interval);
    recorder.frame();
    events += simulation.take_events().size();
  }
  return events;
}

int main(int argc, char** argv) {
  const double duration = argc > 1 ? std::stod(argv[1]) : 60;
  NetworkSetup setup;
  const auto synapses = setup.add(model<TripartiteSynapse, Gchi>(), 1000, "synapses");
  setup[synapses].input("rate").common.mean = 2;  // [1/s]
  auto& factor = setup[synapses].input("rate").factor;
  for (std::size_t i = 0; i < setup[synapses].size; ++i) factor.push_back(0.002 * double(i));

  const auto network = make_network(setup);
  HistogramRecorder recorder(stdout, *network, network->field("synapses", "C"), 0, 1, 10);
  const std::size_t releases = record(*network, recorder, duration, 1);
  std::printf("# %zu releases of gliotransmitter\n", releases);
}
