#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tripartite/network/network.hpp"

/// Who is connected to whom. Every generator is a pure function of its arguments and the seed: target by target, from
/// counter-based draws. Connections come sorted by target.
namespace tripartite::network {

/// Told many times a second how far a long call has come, in [0, 1]; false ends the call with Cancelled. Null: nobody
/// is.
using Progress = std::function<bool(double fraction)>;

struct Edges {
  std::vector<Index> pre, post;
  std::size_t size() const { return pre.size(); }
};

/// Each target draws `indegree` sources with equal probability, the same one perhaps again (multapses), never itself.
/// Throws ConfigError if there is no other neuron.
Edges fixed_indegree(std::size_t neurons, std::size_t indegree, std::uint64_t seed, const Progress& progress = {});

/// Each ordered pair of different neurons is connected with probability p.
Edges pairwise_bernoulli(std::size_t neurons, double p, std::uint64_t seed, const Progress& progress = {});

/// Each ordered pair of different neurons.
Edges all_to_all(std::size_t neurons, const Progress& progress = {});

/// Neuron i to neuron i.
Edges one_to_one(std::size_t neurons);

/// Neurons on a square lattice of `width` columns and unit distance; each ordered pair of different neurons is
/// connected with probability p exp(-distance² / (2 radius²)).
Edges distance_dependent(std::size_t neurons, std::size_t width, double p, double radius, std::uint64_t seed,
                         const Progress& progress = {});

enum class PoolType { random, block };

/// Which edges get an astrocyte (NEST's third-factor rule of the same name): each with probability `p_third`, from its
/// target's pool of `pool_size` astrocytes, drawn at random or a block of neighbours (then `pool_size` times the number
/// of targets is a multiple of `astrocytes`, or pool_size is 1).
struct ThirdFactor {
  std::vector<bool> has_astrocyte;  // [edges]
  std::vector<Index> astrocyte;     // [edges], 0 where there is none
};
ThirdFactor bernoulli_with_pool(const Edges& edges, std::size_t neurons, std::size_t astrocytes, double p_third,
                                std::size_t pool_size, PoolType pool_type, std::uint64_t seed,
                                const Progress& progress = {});

/// Gap junctions between neighbours of a ring, and of a square lattice of `width` columns.
std::vector<std::pair<Index, Index>> ring_junctions(std::size_t astrocytes);
std::vector<std::pair<Index, Index>> lattice_junctions(std::size_t astrocytes, std::size_t width);

/// Edges of a SONATA file: source and target node of each, and of its group 0 efficacies ("J", else "syn_weight") and
/// astrocytes, empty where there are none. An empty population takes the only one. Throws FileError, also where edges
/// with efficacies are in several groups.
struct SonataEdges {
  Edges edges;
  std::vector<double> efficacy;
  std::vector<std::int64_t> astrocyte;  // "astrocyte": -1 for a bare synapse; empty if there is none
  std::size_t neurons = 0;              // attribute "neurons" of the file, else the highest node + 1
};
SonataEdges read_sonata_edges(const std::filesystem::path& path, const std::string& population = {});
/// The same of a SONATA file or of a text table with the columns source and target and, if need be, J (or syn_weight)
/// and astrocyte.
SonataEdges read_edges(const std::filesystem::path& path, const std::string& population = {});
void write_sonata_edges(const std::filesystem::path& path, const std::string& population, const SonataEdges& edges,
                        std::size_t neurons, const Progress& progress = {});

}  // namespace tripartite::network
