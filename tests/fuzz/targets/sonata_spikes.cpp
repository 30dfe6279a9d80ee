#include "host/io/sonata_spikes.hpp"

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"

TRIPARTITE_FUZZ_TARGET(sonata_spikes, 200) {
  tripartite::io::read_spikes(tripartite::fuzz::scratch_file("spikes.h5", bytes), "");
}
