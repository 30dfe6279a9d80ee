#pragma once

#include <memory>
#include <vector>

#include "tripartite/attention/engine.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::fuzz {

/// Small simulations of each kind that saves its state, on one thread of the CPU.
std::unique_ptr<Network> small_network();
std::unique_ptr<attention::Engine<double>> small_attention();
std::unique_ptr<memory::MemoryEngine<double>> small_memory();

}  // namespace tripartite::fuzz
