// What libFuzzer calls. The program has one target.
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "fuzz/target.hpp"

namespace {

/// A child that reads what may crash it (host/io/child_texts.hpp) is not the fuzzer: it keeps quiet and leaves no
/// findings, whose folder is relative to where the fuzzer was started.
void be_no_fuzzer() {
  __sanitizer_set_death_callback(nullptr);
  if (std::freopen("/dev/null", "w", stderr) == nullptr || ::chdir("/") != 0) ::_exit(1);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) { return ::pthread_atfork(nullptr, nullptr, be_no_fuzzer); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tripartite::fuzz::read(tripartite::fuzz::targets().front(), {reinterpret_cast<const char*>(data), size});
  return 0;
}
