#include "fuzz/target.hpp"
#include "host/io/safetensors_header.hpp"

TRIPARTITE_FUZZ_TARGET(shard_index, 2000) { tripartite::io::parse_shard_index(bytes, "fuzz.index.json"); }
