#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace tripartite::fuzz {

/// A reader of files or text from strangers. It may throw what derives from Error, and nothing else; it may neither
/// crash, nor take long, nor allocate much more than what it reads.
struct Target {
  std::string_view name;  // of its source in tests/fuzz/targets and of its seeds in tests/fuzz/corpus
  void (*read)(std::string_view bytes);
  /// Deterministic mutations per seed in the ordinary tests: fewer where a reading takes long.
  int mutations;
};

/// The targets that are linked into the program: one in a fuzzer, all in the test.
std::vector<Target>& targets();

/// Calls the reader; what it throws on purpose is fine, everything else goes on to the caller.
void read(const Target& target, std::string_view bytes);

struct Registration {
  explicit Registration(const Target& target) { targets().push_back(target); }
};

}  // namespace tripartite::fuzz

/// Defines the target NAME; the body reads `bytes`.
#define TRIPARTITE_FUZZ_TARGET(NAME, MUTATIONS)                                                   \
  static void read_##NAME(std::string_view bytes);                                                \
  static const tripartite::fuzz::Registration registered_##NAME({#NAME, read_##NAME, MUTATIONS}); \
  static void read_##NAME(std::string_view bytes)
