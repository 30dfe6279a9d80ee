// attention_and_memory: the other simulators behind the same interface.
#include <cmath>
#include <cstdio>
#include <vector>

#include "tripartite/attention/simulation.hpp"
#include "tripartite/memory/simulation.hpp"

using namespace tripartite;

/// Two heads of width 3 read a text of 4 tokens. Returns the output of the last token.
std::vector<double> attend() {
  const int heads = 2, width = 3, tokens = 4;
  attention::EngineSetup setup;
  setup.width = setup.hidden = width;
  setup.tokens = tokens;
  for (int head = 0; head < heads; ++head)
    setup.maps.push_back(attention::make_feature_map(attention::Feature::elu1, width, width, 1, head));

  std::vector<double> query, key, value;  // [tokens x heads * width]
  for (int i = 0; i < tokens * heads * width; ++i) {
    query.push_back(std::sin(i));
    key.push_back(std::cos(i));
    value.push_back(0.1 * i);
  }
  attention::AttentionSimulation<double> simulation(Backend::cpu, setup, {query, key, value}, true);  // causal
  simulation.advance(simulation.duration());

  std::vector<double> last(heads * width);
  simulation.read(simulation.field("text", "outputs"), (tokens - 1) * heads * width, last);
  return last;
}

/// Recalls the first of three random patterns from a cue with every tenth sign wrong. Returns the overlap with it.
double recall() {
  const int neurons = 100;
  memory::MemorySetup setup;
  setup.patterns = memory::Patterns::random(neurons, 3, 1);
  setup.parameters = memory::regime_parameters(memory::Regime::cold, neurons);

  std::vector<float> cue;
  for (int i = 0; i < neurons; ++i) cue.push_back(float(setup.patterns.sign(i, 0) * (i % 10 == 0 ? -1 : 1)));
  memory::MemorySimulation<float> simulation(Backend::cpu, setup, cue, memory::Regime::cold);
  while (!simulation.is_settled() && simulation.time() < 100) simulation.advance(1);
  return simulation.overlaps()[0];
}

int main() {
  for (const double output : attend()) std::printf("%.4g ", output);
  const double overlap = recall();
  std::printf("\noverlap with the memory %.3f\n", overlap);
  return overlap > 0.9 ? 0 : 1;
}
