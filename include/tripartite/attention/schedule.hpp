#pragma once

#include <vector>

#include "tripartite/attention/engine.hpp"

namespace tripartite::attention {

/// A phase of a schedule. At its end a write stores the key of its token, a read samples its output; a phase of no
/// duration is nothing but its end.
struct ScheduledPhase {
  Phase phase = Phase::settle;
  int token = 0;        // held; of a delay the one written last
  double duration = 0;  // [s]
};

/// Phases of tokens [first, first + count). Causal: settle, write, delay and read of each token in turn. Bidirectional:
/// settle and write of each token, one delay, read of each token.
std::vector<ScheduledPhase> schedule_of(const Parameters& parameters, int first, int count, bool is_causal);

/// What is due at the end of a phase.
template <class Real>
void end_phase(Engine<Real>& engine, const ScheduledPhase& phase) {
  if (phase.phase == Phase::write) engine.store_key(phase.token);
  if (phase.phase == Phase::read) engine.sample(phase.token);
}

}  // namespace tripartite::attention
