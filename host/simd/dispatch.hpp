#pragma once

// Selection among the variants compiled by tripartite_add_simd_sources (cmake/TripartiteSimd.cmake), each in a
// namespace named after its instruction set.

#include "tripartite/backend.hpp"

#ifdef TRIPARTITE_X86
/// Repeats declarations in the namespace of every instruction set.
#define TRIPARTITE_FOR_EACH_INSTRUCTION_SET(...) \
  namespace baseline {                           \
  __VA_ARGS__                                    \
  }                                              \
  namespace avx2 {                               \
  __VA_ARGS__                                    \
  }                                              \
  namespace avx512 {                             \
  __VA_ARGS__                                    \
  }
/// Calls a function declared this way, in the namespace of `set`.
#define TRIPARTITE_CALL_FOR(set, ...)                                  \
  ((set) == ::tripartite::InstructionSet::avx512 ? avx512::__VA_ARGS__ \
   : (set) == ::tripartite::InstructionSet::avx2 ? avx2::__VA_ARGS__   \
                                                 : baseline::__VA_ARGS__)
#else
#define TRIPARTITE_FOR_EACH_INSTRUCTION_SET(...) \
  namespace baseline {                           \
  __VA_ARGS__                                    \
  }
#define TRIPARTITE_CALL_FOR(set, ...) ((void)(set), baseline::__VA_ARGS__)
#endif
