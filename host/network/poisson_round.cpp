// Compiled once per instruction set.
#include "host/network/poisson_round.hpp"

#include "host/simd/logarithm.hpp"
#include "host/simd/philox.hpp"

namespace tripartite::network::TRIPARTITE_ISA {

namespace wide = tripartite::simd::TRIPARTITE_ISA;

int draw_gaps(PoissonRound& round) {
  using V = wide::Wide<double>;
  using B = wide::Bits<double>;
  constexpr int lanes = wide::lanes<double>, parts = 4, together = parts * lanes;
  static_assert(PoissonRound::most_lanes % together == 0);
  constexpr double integer = 0x1p52;  // whose last bit counts ones
  int kept = 0;
  wide::Integers<double> doubtful{};
  for (int begin = 0; begin < round.count; begin += together) {
    alignas(64) std::uint64_t stream[together];
    alignas(64) double gap[together], next[together];
    for (int k = 0; k < together; ++k) {
      const int train = round.train[begin + k];
      stream[k] = round.stream[train];
      gap[k] = round.gap[train];
    }
    B streams[parts], words[parts];
    for (int k = 0; k < parts; ++k) streams[k] = *reinterpret_cast<const B*>(stream + k * lanes);
    wide::philox_words(round.seed, round.index, streams, words);
#pragma GCC unroll 4
    for (int k = 0; k < parts; ++k) {
      // As random::open_unit, to the last bit.
      const V whole = (V)(words[k] >> 12 | (B)(V{} + integer)) - integer;
      const V uniform = (whole + 0.5) * 0x1p-52;
      V at = wide::load(round.at + begin + k * lanes) - wide::log(uniform) * wide::load(gap + k * lanes);
      at = at < round.bin_steps + 1 ? at : V{} + (round.bin_steps + 1);
      const V away = at - ((at + integer) - integer);
      doubtful |= (wide::Integers<double>)(away < PoissonRound::doubt) &
                  (wide::Integers<double>)(-PoissonRound::doubt < away) &
                  (wide::Integers<double>)(at < round.bin_steps + 0.5);
      wide::store(next + k * lanes, at);
    }
    const int there = round.count - begin < together ? round.count - begin : together;
    for (int k = 0; k < there; ++k) {
      round.next_train[kept] = round.train[begin + k];
      round.next_at[kept] = next[k];
      kept += int(next[k] < round.bin_steps);  // no branch: it would be taken at random
    }
  }
  round.is_doubtful = false;
  for (int lane = 0; lane < lanes; ++lane) round.is_doubtful |= doubtful[lane] != 0;
  return kept;
}

}  // namespace tripartite::network::TRIPARTITE_ISA
