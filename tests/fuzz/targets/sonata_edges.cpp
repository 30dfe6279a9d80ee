#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "tripartite/network/connectivity.hpp"

TRIPARTITE_FUZZ_TARGET(sonata_edges, 200) {
  tripartite::network::read_edges(tripartite::fuzz::scratch_file("edges.h5", bytes), "");
}
