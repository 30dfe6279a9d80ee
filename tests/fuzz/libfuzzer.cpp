// What libFuzzer calls. The program has one target.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tripartite::fuzz::read(tripartite::fuzz::targets().front(), {reinterpret_cast<const char*>(data), size});
  return 0;
}
