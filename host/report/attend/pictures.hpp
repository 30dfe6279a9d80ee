#pragma once

#include "host/report/attend/run_files.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::attend {

// The pictures of `tripartite attend`; each returns Absent with the reason if the run lacks its data.

/// Calcium, calcium store and Hebbian strength of a few synapses while a few tokens are written and read.
Picture synapse_picture(const RunFiles& run);
/// Output of the network against output of attention, for every head.
Picture agreement_picture(const RunFiles& run);
/// Error of linear against softmax attention over the number of hidden neurons, for each feature map.
Picture feature_picture(const RunFiles& run);
/// Error of the network over settle time and over read time, with the decay expected by docs/models.md.
Picture schedule_picture(const RunFiles& run);
/// Settled calcium of a calcium model, and the linear relation that the division assumes.
Picture calcium_picture(const RunFiles& run);
/// Attention weights of one head: transformer, network, difference.
Picture attention_picture(const RunFiles& run);

}  // namespace tripartite::report::attend
