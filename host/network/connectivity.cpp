#include "tripartite/network/connectivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::network {
namespace {

// Streams of the generators, apart from each other; the target is added.
constexpr std::uint64_t indegree_stream = 0x1000'0000'0000, bernoulli_stream = 0x2000'0000'0000,
                        distance_stream = 0x3000'0000'0000, third_stream = 0x4000'0000'0000,
                        pool_stream = 0x5000'0000'0000;

Index below(const random::Philox& philox, std::uint64_t index, std::uint64_t stream, std::size_t limit) {
  return Index(std::min(double(limit) - 1, philox.uniform(index, stream) * double(limit)));
}

/// Tells progress now and then, however the work is spread over the targets.
class Teller {
 public:
  Teller(const Progress& progress, std::size_t all) : progress_(progress), all_(all) {}

  /// `done` of `all` is done, which took about `work` draws.
  void tell(std::size_t done, std::size_t work) {
    constexpr std::size_t often = 1 << 16;
    work_ += work;
    if (!progress_ || work_ < often) return;
    work_ = 0;
    if (!progress_(double(done) / double(all_))) throw Cancelled("interrupted");
  }

 private:
  const Progress& progress_;
  std::size_t all_, work_ = 0;
};

}  // namespace

Edges fixed_indegree(std::size_t neurons, std::size_t indegree, std::uint64_t seed, const Progress& progress) {
  if (neurons < 2 && indegree > 0) throw ConfigError("fixed_indegree: a single neuron has no other to be connected to");
  Edges edges;
  edges.pre.reserve(neurons * indegree);
  edges.post.reserve(neurons * indegree);
  const random::Philox philox{seed};
  Teller teller(progress, neurons);
  for (std::size_t target = 0; target < neurons; ++target) {
    teller.tell(target, indegree);
    for (std::size_t k = 0; k < indegree; ++k) {
      const Index other = below(philox, k, indegree_stream + target, neurons - 1);
      edges.pre.push_back(other < target ? other : other + 1);
      edges.post.push_back(Index(target));
    }
  }
  return edges;
}

Edges pairwise_bernoulli(std::size_t neurons, double p, std::uint64_t seed, const Progress& progress) {
  Edges edges;
  if (!(p > 0)) return edges;
  if (p >= 1) return all_to_all(neurons, progress);
  const random::Philox philox{seed};
  // From one connection to the next: the gap is geometric.
  const double scale = 1 / std::log1p(-p);
  Teller teller(progress, neurons);
  for (std::size_t target = 0; target < neurons; ++target) {
    teller.tell(target, 1 + std::size_t(p * double(neurons)));
    double at = -1;
    for (std::uint64_t draw = 0;; ++draw) {
      at += 1 + std::floor(std::log(philox.uniform(draw, bernoulli_stream + target)) * scale);
      if (!(at < double(neurons - 1))) break;
      const Index other = Index(at);
      edges.pre.push_back(other < target ? other : other + 1);
      edges.post.push_back(Index(target));
    }
  }
  return edges;
}

Edges all_to_all(std::size_t neurons, const Progress& progress) {
  Edges edges;
  Teller teller(progress, neurons);
  for (std::size_t target = 0; target < neurons; ++target) {
    teller.tell(target, neurons);
    for (std::size_t source = 0; source < neurons; ++source)
      if (source != target) {
        edges.pre.push_back(Index(source));
        edges.post.push_back(Index(target));
      }
  }
  return edges;
}

Edges one_to_one(std::size_t neurons) {
  Edges edges;
  for (std::size_t i = 0; i < neurons; ++i) {
    edges.pre.push_back(Index(i));
    edges.post.push_back(Index(i));
  }
  return edges;
}

Edges distance_dependent(std::size_t neurons, std::size_t width, double p, double radius, std::uint64_t seed,
                         const Progress& progress) {
  if (width == 0 || !(radius > 0)) throw ConfigError("distance_dependent: width and radius must be > 0");
  Edges edges;
  const random::Philox philox{seed};
  const auto reach = std::ptrdiff_t(std::ceil(6 * radius));  // e^-18 is left out
  const std::size_t rows = (neurons + width - 1) / width;
  Teller teller(progress, neurons);
  for (std::size_t target = 0; target < neurons; ++target) {
    teller.tell(target, std::min(neurons, std::size_t(2 * reach + 1) * std::size_t(2 * reach + 1)));
    const auto row = std::ptrdiff_t(target / width), column = std::ptrdiff_t(target % width);
    for (std::ptrdiff_t r = std::max<std::ptrdiff_t>(0, row - reach);
         r <= std::min(std::ptrdiff_t(rows) - 1, row + reach); ++r)
      for (std::ptrdiff_t c = std::max<std::ptrdiff_t>(0, column - reach);
           c <= std::min(std::ptrdiff_t(width) - 1, column + reach); ++c) {
        const std::size_t source = std::size_t(r) * width + std::size_t(c);
        if (source == target || source >= neurons) continue;
        const double square = double((r - row) * (r - row) + (c - column) * (c - column));
        if (philox.uniform(source, distance_stream + target) < p * std::exp(-square / (2 * radius * radius))) {
          edges.pre.push_back(Index(source));
          edges.post.push_back(Index(target));
        }
      }
  }
  return edges;
}

ThirdFactor bernoulli_with_pool(const Edges& edges, std::size_t neurons, std::size_t astrocytes, double p_third,
                                std::size_t pool_size, PoolType pool_type, std::uint64_t seed,
                                const Progress& progress) {
  if (astrocytes == 0 || pool_size == 0 || pool_size > astrocytes)
    throw ConfigError(
        fmt::format("pool_size = {}: must be from 1 to the number of astrocytes, {}", pool_size, astrocytes));
  if (pool_type == PoolType::block && pool_size > 1 && neurons * pool_size % astrocytes != 0)
    throw ConfigError(
        fmt::format("pool_size = {}: for pools of type block, pool_size times {} neurons must be a "
                    "multiple of {} astrocytes",
                    pool_size, neurons, astrocytes));
  const random::Philox philox{seed};
  ThirdFactor third{std::vector<bool>(edges.size()), std::vector<Index>(edges.size())};
  std::vector<Index> pool;
  std::size_t pool_of = neurons;  // the target that `pool` belongs to
  std::uint64_t edge_of_target = 0;
  Teller teller(progress, edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const Index target = edges.post[e];
    teller.tell(e, 1);
    if (pool_of != target) {
      if (pool_type == PoolType::random) teller.tell(e, pool_size * pool_size / 2);  // each member looks for itself
      pool_of = target;
      edge_of_target = 0;
      pool.clear();
      if (pool_type == PoolType::block) {
        // Blocks are spread evenly: pools of 1 share an astrocyte among neighbouring targets.
        const std::size_t first = std::size_t(target) * (pool_size == 1 ? astrocytes : neurons * pool_size) / neurons;
        for (std::size_t k = 0; k < pool_size; ++k) pool.push_back(Index((first + k) % astrocytes));
      } else {
        // Without repetition, by Floyd's method.
        for (std::size_t limit = astrocytes - pool_size; limit < astrocytes; ++limit) {
          const Index drawn = below(philox, limit, pool_stream + target, limit + 1);
          const bool is_taken = std::find(pool.begin(), pool.end(), drawn) != pool.end();
          pool.push_back(is_taken ? Index(limit) : drawn);
        }
      }
    }
    const auto index = edge_of_target++;
    if (!(philox.uniform(2 * index, third_stream + target) < p_third)) continue;
    third.has_astrocyte[e] = true;
    third.astrocyte[e] = pool[below(philox, 2 * index + 1, third_stream + target, pool_size)];
  }
  return third;
}

std::vector<std::pair<Index, Index>> ring_junctions(std::size_t astrocytes) {
  std::vector<std::pair<Index, Index>> junctions;
  for (std::size_t a = 0; a + 1 < astrocytes; ++a) junctions.push_back({Index(a), Index(a + 1)});
  if (astrocytes > 2) junctions.push_back({Index(astrocytes - 1), 0});
  return junctions;
}

std::vector<std::pair<Index, Index>> lattice_junctions(std::size_t astrocytes, std::size_t width) {
  if (width == 0) throw ConfigError("lattice of gap junctions: width must be > 0");
  std::vector<std::pair<Index, Index>> junctions;
  for (std::size_t a = 0; a < astrocytes; ++a) {
    if (a % width + 1 < width && a + 1 < astrocytes) junctions.push_back({Index(a), Index(a + 1)});
    if (a + width < astrocytes) junctions.push_back({Index(a), Index(a + width)});
  }
  return junctions;
}

}  // namespace tripartite::network
