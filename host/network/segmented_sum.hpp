#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "host/linear_algebra/parallel.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network {

/// Sums over the members of groups. A group is cut into blocks of a fixed size, whose sums are added in order: the
/// result is the same whatever the number of threads, and a group of a million is not one thread's work.
class SegmentedSum {
 public:
  SegmentedSum() = default;
  /// `group[i]` < groups is the group of member i.
  SegmentedSum(const std::vector<Index>& group, std::size_t groups) : begin_(groups + 1), member_(group.size()) {
    for (const Index g : group) ++begin_[g + 1];
    for (std::size_t g = 0; g < groups; ++g) begin_[g + 1] += begin_[g];
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t i = 0; i < group.size(); ++i) member_[next[group[i]]++] = Index(i);
    block_begin_.push_back(0);
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::size_t at = begin_[g]; at < begin_[g + 1]; at += block)
        blocks_.push_back({at, std::min(at + block, begin_[g + 1])});
      block_begin_.push_back(blocks_.size());
    }
    partial_.resize(blocks_.size());
  }

  std::size_t members(std::size_t group) const { return begin_[group + 1] - begin_[group]; }

  /// sums[g] = sum of values[i] over the members i of g.
  template <class Real>
  void operator()(const Real* values, std::vector<double>& sums, int threads) {
    constexpr std::size_t blocks_at_once = 64;
    const auto sum_blocks = [&](std::size_t first, std::size_t last) {
      for (std::size_t b = first; b < last; ++b) {
        double sum = 0;
        for (std::size_t k = blocks_[b].begin; k < blocks_[b].end; ++k) sum += double(values[member_[k]]);
        partial_[b] = sum;
      }
    };
    linear_algebra::run_parallel(
        int((blocks_.size() + blocks_at_once - 1) / blocks_at_once),
        [&](int task, int) {
          const std::size_t first = std::size_t(task) * blocks_at_once;
          sum_blocks(first, std::min(first + blocks_at_once, blocks_.size()));
        },
        threads);
    sums.resize(begin_.size() - 1);
    for (std::size_t g = 0; g < sums.size(); ++g) {
      double sum = 0;
      for (std::size_t b = block_begin_[g]; b < block_begin_[g + 1]; ++b) sum += partial_[b];
      sums[g] = sum;
    }
  }

 private:
  static constexpr std::size_t block = 1024;
  struct Block {
    std::size_t begin, end;
  };
  std::vector<std::size_t> begin_;
  std::vector<Index> member_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> block_begin_;
  std::vector<double> partial_;
};

}  // namespace tripartite::network
