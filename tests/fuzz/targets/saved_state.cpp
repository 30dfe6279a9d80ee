#include <sstream>

#include "fuzz/repaired_state.hpp"
#include "fuzz/saved_simulations.hpp"
#include "fuzz/target.hpp"

using namespace tripartite;

namespace {

/// Whatever is loaded is a state that the simulation can go on from.
void continue_from(auto& simulation, const std::string& state, auto advance) {
  std::istringstream in(state);
  simulation.load(in);
  advance(simulation);
  std::ostringstream out;
  simulation.save(out);
}

}  // namespace

// The first byte chooses the simulation; checksums are mended, or nothing would get past the first of them.
TRIPARTITE_FUZZ_TARGET(saved_state, 1000) {
  static const auto network = fuzz::small_network();
  static const auto attention = fuzz::small_attention();
  static const auto memory = fuzz::small_memory();
  if (bytes.empty()) return;
  const std::string state = fuzz::repaired_state(bytes.substr(1));
  switch (static_cast<unsigned char>(bytes.front()) % 3) {
    case 0: return continue_from(*network, state, [](Network& n) { n.advance_steps(1); });
    case 1:
      return continue_from(*attention, state, [](auto& engine) { engine.advance(attention::Phase::read, 0, 1e-3); });
    default: return continue_from(*memory, state, [](auto& engine) { engine.advance(1, 1); });
  }
}
