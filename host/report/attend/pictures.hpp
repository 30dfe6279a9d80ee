#pragma once

#include "host/report/attend/run_files.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::attend {

// The pictures of `tripartite attend`; each says itself what is missing in the run, if something is.

/// Calcium, calcium store and Hebbian strength of a few synapses while a few tokens are written and read.
Picture synapse_picture(const RunFiles& run);
/// Output of the network against output of attention, every head.
Picture agreement_picture(const RunFiles& run);
/// Error of linear against softmax attention over the number of hidden neurons, for each feature map.
Picture feature_picture(const RunFiles& run);
/// Error of the network over settle time and over read time, with the law that docs/models.md expects.
Picture schedule_picture(const RunFiles& run);
/// Where the calcium of a calcium model settles, and what the division takes it for.
Picture calcium_picture(const RunFiles& run);
/// Attention weights of one head: transformer, network, difference.
Picture attention_picture(const RunFiles& run);

}  // namespace tripartite::report::attend
