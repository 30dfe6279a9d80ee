#include "tripartite/network/connectivity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "host/io/hdf5_file.hpp"
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

}  // namespace

Edges fixed_indegree(std::size_t neurons, std::size_t indegree, std::uint64_t seed) {
  if (neurons < 2 && indegree > 0) throw ConfigError("fixed_indegree: a single neuron has no other to be connected to");
  Edges edges;
  edges.pre.reserve(neurons * indegree);
  edges.post.reserve(neurons * indegree);
  const random::Philox philox{seed};
  for (std::size_t target = 0; target < neurons; ++target)
    for (std::size_t k = 0; k < indegree; ++k) {
      const Index other = below(philox, k, indegree_stream + target, neurons - 1);
      edges.pre.push_back(other < target ? other : other + 1);
      edges.post.push_back(Index(target));
    }
  return edges;
}

Edges pairwise_bernoulli(std::size_t neurons, double p, std::uint64_t seed) {
  Edges edges;
  if (!(p > 0)) return edges;
  if (p >= 1) return all_to_all(neurons);
  const random::Philox philox{seed};
  // From one connection to the next: the gap is geometric.
  const double scale = 1 / std::log1p(-p);
  for (std::size_t target = 0; target < neurons; ++target) {
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

Edges all_to_all(std::size_t neurons) {
  Edges edges;
  for (std::size_t target = 0; target < neurons; ++target)
    for (std::size_t source = 0; source < neurons; ++source)
      if (source != target) {
        edges.pre.push_back(Index(source));
        edges.post.push_back(Index(target));
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

Edges distance_dependent(std::size_t neurons, std::size_t width, double p, double radius, std::uint64_t seed) {
  if (width == 0 || !(radius > 0)) throw ConfigError("distance_dependent: width and radius must be > 0");
  Edges edges;
  const random::Philox philox{seed};
  const auto reach = std::ptrdiff_t(std::ceil(6 * radius));  // e^-18 is left out
  const std::size_t rows = (neurons + width - 1) / width;
  for (std::size_t target = 0; target < neurons; ++target) {
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
                                std::size_t pool_size, PoolType pool_type, std::uint64_t seed) {
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
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const Index target = edges.post[e];
    if (pool_of != target) {
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

namespace {

/// Where the attributes of each edge are in group 0 of a population; empty where they stand in the order of the edges.
/// Throws FileError if some are in another group.
std::vector<std::uint64_t> places_in_group(const io::Hdf5File& file, const std::string& group, std::size_t edges) {
  if (!file.contains(group + "/edge_group_index")) return {};
  const auto fail = [&](const std::string& words) {
    return FileError(fmt::format("{}: {}: {}", file.current_path().string(), group, words));
  };
  auto index = file.read<std::uint64_t>(group + "/edge_group_index").values;
  const auto groups = file.read<std::uint64_t>(group + "/edge_group_id").values;
  if (index.size() != edges || groups.size() != edges)
    throw fail(fmt::format("edge_group_id and edge_group_index must have a value for each of {} edges", edges));
  for (std::size_t e = 0; e < edges; ++e)
    if (groups[e] != 0 || index[e] >= edges)
      throw fail(fmt::format("edge {} is number {} of group {}: expected edges of group 0 alone, numbered below {}", e,
                             index[e], groups[e], edges));
  return index;
}

/// A value per edge, in the order of the edges, of a dataset in the order of `places`.
template <class Value>
std::vector<Value> edge_attribute(const io::Hdf5File& file, const std::string& dataset, std::size_t edges,
                                  const std::vector<std::uint64_t>& places) {
  std::vector<Value> values = file.read<Value>(dataset).values;
  if (values.size() != edges)
    throw FileError(
        fmt::format("{}: {}: {} values for {} edges", file.current_path().string(), dataset, values.size(), edges));
  if (places.empty()) return values;
  std::vector<Value> ordered(edges);
  for (std::size_t e = 0; e < edges; ++e) ordered[e] = values[places[e]];
  return ordered;
}

}  // namespace

SonataEdges read_sonata_edges(const std::filesystem::path& path, const std::string& population) {
  const io::Hdf5File file = io::Hdf5File::open(path);
  if (!file.contains("/edges")) throw FileError(path.string() + ": has no group /edges; expected a SONATA edges file");
  const auto names = file.names("/edges");
  std::string name = population;
  if (name.empty()) {
    if (names.size() != 1)
      throw FileError(fmt::format("{}: /edges has {} populations ({}); say which one", path.string(), names.size(),
                                  fmt::join(names, ", ")));
    name = names.front();
  }
  const std::string group = "/edges/" + name;
  const auto ids = [&](const char* which) {
    std::vector<Index> result;
    for (const std::uint64_t id : file.read<std::uint64_t>(group + "/" + which).values) {
      if (id > 0xFFFF'FFFEU)
        throw FileError(fmt::format("{}: {}/{}: node {} is too large", path.string(), group, which, id));
      result.push_back(Index(id));
    }
    return result;
  };
  SonataEdges read{{ids("source_node_id"), ids("target_node_id")}, {}, {}};
  if (read.edges.pre.size() != read.edges.post.size())
    throw FileError(fmt::format("{}: {}: {} sources, but {} targets", path.string(), group, read.edges.pre.size(),
                                read.edges.post.size()));
  const std::string astrocyte = group + "/0/astrocyte";
  const std::string efficacy = group + (file.contains(group + "/0/J") ? "/0/J" : "/0/syn_weight");
  const bool has_astrocyte = file.contains(astrocyte), has_efficacy = file.contains(efficacy);
  if (!has_astrocyte && !has_efficacy) return read;
  const auto places = places_in_group(file, group, read.edges.size());
  if (has_efficacy) read.efficacy = edge_attribute<double>(file, efficacy, read.edges.size(), places);
  if (has_astrocyte) read.astrocyte = edge_attribute<std::int64_t>(file, astrocyte, read.edges.size(), places);
  return read;
}

void write_sonata_edges(const std::filesystem::path& path, const std::string& population, const SonataEdges& edges,
                        std::size_t neurons) {
  io::Hdf5File file = io::Hdf5File::create(path);
  file.write_attribute("/", "magic", std::uint32_t{0x0A7A});
  file.write_attribute("/", "version", std::span<const std::uint32_t>(std::array<std::uint32_t, 2>{0, 1}));
  const std::string group = "/edges/" + population;
  const std::size_t count = edges.edges.size();
  const auto write_ids = [&](const char* which, const std::vector<Index>& ids) {
    file.write<std::uint64_t>(group + "/" + which, {count}, std::vector<std::uint64_t>(ids.begin(), ids.end()));
    file.write_attribute(group + "/" + which, "node_population", "neurons");
  };
  write_ids("source_node_id", edges.edges.pre);
  write_ids("target_node_id", edges.edges.post);
  std::vector<std::uint64_t> index(count);
  for (std::size_t i = 0; i < count; ++i) index[i] = i;
  file.write<std::uint64_t>(group + "/edge_group_id", {count}, std::vector<std::uint64_t>(count, 0));
  file.write<std::uint64_t>(group + "/edge_group_index", {count}, index);
  file.write<std::int64_t>(group + "/edge_type_id", {count}, std::vector<std::int64_t>(count, 0));
  if (!edges.efficacy.empty()) file.write<double>(group + "/0/J", {count}, edges.efficacy);
  if (!edges.astrocyte.empty()) file.write<std::int64_t>(group + "/0/astrocyte", {count}, edges.astrocyte);
  file.write_attribute(group, "neurons", std::uint64_t{neurons});
  file.commit();
}

}  // namespace tripartite::network
