#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "host/linear_algebra/parallel.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite {

/// The members of groups, a group cut into blocks of a fixed size.
struct Segments {
  static constexpr std::size_t block = 1024;
  struct Block {
    std::size_t begin, end;
  };
  std::vector<std::size_t> begin;        // [groups + 1] into member
  std::vector<Index> member;             // group by group, in rising order
  bool is_in_order = true;               // member i has place i
  std::vector<Block> blocks;             // of member
  std::vector<std::size_t> block_begin;  // [groups + 1] into blocks

  Segments() = default;
  /// `group[i]` < groups is the group of member i.
  Segments(const std::vector<Index>& group, std::size_t groups) : begin(groups + 1), member(group.size()) {
    for (const Index g : group) ++begin[g + 1];
    for (std::size_t g = 0; g < groups; ++g) begin[g + 1] += begin[g];
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < group.size(); ++i) member[next[group[i]]++] = Index(i);
    is_in_order = std::is_sorted(group.begin(), group.end());
    block_begin.push_back(0);
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::size_t at = begin[g]; at < begin[g + 1]; at += block)
        blocks.push_back({at, std::min(at + block, begin[g + 1])});
      block_begin.push_back(blocks.size());
    }
  }

  std::size_t members(std::size_t group) const { return begin[group + 1] - begin[group]; }
};

/// Whom gap junctions connect each astrocyte with, in the order of the junctions.
struct Neighbours {
  std::vector<std::size_t> begin;  // [astrocytes + 1] into neighbour
  std::vector<Index> neighbour;

  Neighbours() = default;
  Neighbours(const std::vector<std::pair<Index, Index>>& junctions, std::size_t astrocytes) {
    std::vector<Index> ends;  // both of the first junction, both of the second, ...
    ends.reserve(2 * junctions.size());
    for (const auto& [a, b] : junctions) ends.insert(ends.end(), {a, b});
    const Segments of_astrocyte(ends, astrocytes);
    begin = of_astrocyte.begin;
    neighbour.reserve(ends.size());
    for (const Index end : of_astrocyte.member) neighbour.push_back(ends[end ^ 1U]);
  }
};

/// Sums over the members of groups. The sums of a group's blocks are added in order: the result is the same whatever
/// the number of threads, and a group of a million is not one thread's work.
class SegmentedSum {
 public:
  SegmentedSum() = default;
  SegmentedSum(const std::vector<Index>& group, std::size_t groups)
      : segments_(group, groups), partial_(segments_.blocks.size()) {}

  std::size_t members(std::size_t group) const { return segments_.members(group); }

  /// sums[g] = sum of weight[i] values[i] over the members i of g; without `weight` (null) of values[i].
  template <class Real>
  void operator()(const Real* values, const Real* weight, std::vector<double>& sums, int threads) {
    constexpr std::size_t blocks_at_once = 64;
    const auto sum_blocks = [&](std::size_t first, std::size_t last) {
      for (std::size_t b = first; b < last; ++b) {
        const Segments::Block& block = segments_.blocks[b];
        const auto sum_of = [&](const auto& value) { return strided_sum(block.begin, block.end, value); };
        const Index* member = segments_.member.data();
        if (segments_.is_in_order)
          partial_[b] = weight == nullptr ? sum_of([&](std::size_t k) { return double(values[k]); })
                                          : sum_of([&](std::size_t k) { return double(weight[k] * values[k]); });
        else
          partial_[b] = weight == nullptr
                            ? sum_of([&](std::size_t k) { return double(values[member[k]]); })
                            : sum_of([&](std::size_t k) { return double(weight[member[k]] * values[member[k]]); });
      }
    };
    linear_algebra::run_parallel(
        int((segments_.blocks.size() + blocks_at_once - 1) / blocks_at_once),
        [&](int task, int) {
          const std::size_t first = std::size_t(task) * blocks_at_once;
          sum_blocks(first, std::min(first + blocks_at_once, segments_.blocks.size()));
        },
        threads);
    sums.resize(segments_.begin.size() - 1);
    for (std::size_t g = 0; g < sums.size(); ++g) {
      double sum = 0;
      for (std::size_t b = segments_.block_begin[g]; b < segments_.block_begin[g + 1]; ++b) sum += partial_[b];
      sums[g] = sum;
    }
  }

 private:
  /// Eight sums, each of every eighth value, then their sum: an order that depends on the block alone and that keeps no
  /// addition waiting for the one before.
  template <class Value>
  static double strided_sum(std::size_t begin, std::size_t end, const Value& value) {
    constexpr std::size_t strides = 8;
    double sum[strides] = {};
    std::size_t k = begin;
    for (; k + strides <= end; k += strides)
      for (std::size_t s = 0; s < strides; ++s) sum[s] += value(k + s);
    for (std::size_t s = 0; k < end; ++k, ++s) sum[s] += value(k);
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
  }

  Segments segments_;
  std::vector<double> partial_;
};

}  // namespace tripartite
