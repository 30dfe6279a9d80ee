#include "fuzz/target.hpp"
#include "host/io/image.hpp"

using namespace tripartite;

// Only PNG: JPEG is a target of its own. The largest image that is decoded is small, or most of the time goes into it.
TRIPARTITE_FUZZ_TARGET(png, 500) {
  if (bytes.starts_with("\x89PNG")) io::parse_image(bytes, "fuzz.png", {.longest_side = 512});
}
