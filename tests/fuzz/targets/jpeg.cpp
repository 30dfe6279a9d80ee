#include "fuzz/target.hpp"
#include "host/io/image.hpp"

using namespace tripartite;

// Only JPEG: PNG is a target of its own. The largest image that is decoded is small, or most of the time goes into it.
TRIPARTITE_FUZZ_TARGET(jpeg, 300) {
  if (bytes.starts_with("\xFF\xD8")) io::parse_image(bytes, "fuzz.jpg", {.longest_side = 512});
}
