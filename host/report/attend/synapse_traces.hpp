#pragma once

#include <string>
#include <vector>

#include "host/report/attend/run_files.hpp"

namespace tripartite::report::attend {

/// One phase of the recorded layer's schedule. Time [s].
struct PhaseSpan {
  std::string kind;
  double begin, end;
  int token;
};

/// An interval of time that is drawn without a gap.
struct Stretch {
  double begin, end;
  std::vector<PhaseSpan> phases;
};

/// One recorded field of the chosen synapses.
struct TraceField {
  std::string symbol, meaning;
  std::vector<std::vector<double>> values;  // [synapses][frames], of the chosen frames
};

/// The drawn part of recordings.h5: a few synapses while a few tokens are written and read.
struct SynapseTraces {
  std::string head;                   // label of their head
  std::vector<std::string> synapses;  // names
  std::vector<double> time;           // [s]
  std::vector<TraceField> fields;
  std::vector<Stretch> stretches;
};

/// Chooses tokens (the first ones, if the recorded synapses change while they are written) and the synapses that
/// change most during these tokens. Empty if the recording contains nothing that can be drawn.
SynapseTraces read_synapse_traces(const RunFiles& run);

}  // namespace tripartite::report::attend
