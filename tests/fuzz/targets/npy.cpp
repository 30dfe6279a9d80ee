#include "host/io/npy.hpp"

#include "fuzz/target.hpp"

TRIPARTITE_FUZZ_TARGET(npy, 2000) { tripartite::io::parse_npy(bytes, "fuzz.npy"); }
