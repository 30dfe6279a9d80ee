#pragma once

#include <string>
#include <vector>

#include "host/report/attend/run_files.hpp"
#include "host/report/page.hpp"

namespace tripartite::report::attend {

/// A picture under a title that states its result.
struct Titled {
  std::string title;
  Picture picture = Absent{};
};

// The pictures of `tripartite attend`; nothing where a run has not their data.

/// Calcium, calcium store and Hebbian strength of a few synapses while a few tokens are written and read.
Titled synapse_picture(const RunFiles& run);
/// Output of the network against output of attention, for every head.
Titled agreement_picture(const RunFiles& run);
/// Error of linear against softmax attention over the number of hidden neurons, for each feature map.
Titled feature_picture(const RunFiles& run);
/// Error of the network over settle time and over read time, with what the filters still hold of the previous token.
Titled schedule_picture(const RunFiles& run);
/// Settled calcium of a calcium model, and the linear relation that the division assumes.
Titled calcium_picture(const RunFiles& run);
/// Attention weights of transformer, network, difference: of the first recorded head, and of all others of the file.
std::vector<Page::Choice> attention_pictures(const RunFiles& run);

}  // namespace tripartite::report::attend
