#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "host/io/strict_json.hpp"

TRIPARTITE_FUZZ_TARGET(json, 2000) { tripartite::io::parse_json(bytes, "fuzz.json"); }
