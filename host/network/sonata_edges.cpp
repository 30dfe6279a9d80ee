#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/io/text_table.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/connectivity.hpp"

namespace tripartite::network {
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

constexpr std::int64_t most_nodes = 0xFFFF'FFFF;

std::size_t node_count(const Edges& edges) {
  std::size_t count = 0;
  for (const auto* nodes : {&edges.pre, &edges.post})
    for (const Index node : *nodes) count = std::max<std::size_t>(count, std::size_t{node} + 1);
  return count;
}

std::vector<Index> nodes_in(const io::TextTable& table, std::size_t column) {
  const auto nodes = table.integers(column, 0, most_nodes - 1);
  return {nodes.begin(), nodes.end()};
}

}  // namespace

SonataEdges read_edges(const std::filesystem::path& path, const std::string& population) {
  if (io::is_hdf5(path)) return read_sonata_edges(path, population);
  const io::TextTable table = io::TextTable::read(path);
  if (!population.empty())
    throw FileError(fmt::format("{}: is text, which has no populations; {} was selected", path.string(), population));
  const auto source = table.find({"source", "source_node_id"}), target = table.find({"target", "target_node_id"}),
             efficacy = table.find({"J", "syn_weight"}), astrocyte = table.find({"astrocyte"});
  if (!source || !target) table.fail_names("source, target and, if need be, J and astrocyte");
  table.require_only(
      {table.names()[*source], table.names()[*target], efficacy ? table.names()[*efficacy] : "J", "astrocyte"});
  SonataEdges read{{nodes_in(table, *source), nodes_in(table, *target)}, {}, {}};
  read.neurons = node_count(read.edges);
  if (efficacy) read.efficacy = table.numbers(*efficacy);
  if (astrocyte) read.astrocyte = table.integers(*astrocyte, -1, most_nodes - 1);
  return read;
}

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
  read.neurons = file.contains_attribute(group, "neurons")
                     ? static_cast<std::size_t>(file.read_attribute<std::uint64_t>(group, "neurons"))
                     : node_count(read.edges);
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
                        std::size_t neurons, const Progress& progress) {
  io::Hdf5File file = io::Hdf5File::create(path);
  file.write_attribute("/", "magic", std::uint32_t{0x0A7A});
  file.write_attribute("/", "version", std::span<const std::uint32_t>(std::array<std::uint32_t, 2>{0, 1}));
  const std::string group = "/edges/" + population;
  const std::size_t count = edges.edges.size();
  const double all = 5.0 + (edges.efficacy.empty() ? 0 : 1) + (edges.astrocyte.empty() ? 0 : 1);
  double written = 0;
  // In pieces: a disk can take long, and a copy of all values much memory.
  const auto write = [&]<class T>(const std::string& name, T, const auto& value) {
    constexpr std::size_t most = std::size_t(1) << 22;
    file.create<T>(group + name, {count});
    std::vector<T> piece;
    for (std::size_t first = 0; first < count; first += piece.size()) {
      if (progress && !progress((written + double(first) / double(count)) / all)) throw Cancelled("interrupted");
      piece.resize(std::min(most, count - first));
      for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = T(value(first + i));
      file.write_part<T>(group + name, first, piece);
      if (piece.size() == most) file.synchronise();
    }
    ++written;
  };
  for (const auto& [name, ids] :
       {std::pair("/source_node_id", &edges.edges.pre), std::pair("/target_node_id", &edges.edges.post)}) {
    write(name, std::uint64_t{}, [ids = ids](std::size_t e) { return (*ids)[e]; });
    file.write_attribute(group + name, "node_population", "neurons");
  }
  write("/edge_group_id", std::uint64_t{}, [](std::size_t) { return 0; });
  write("/edge_group_index", std::uint64_t{}, [](std::size_t e) { return e; });
  write("/edge_type_id", std::int64_t{}, [](std::size_t) { return 0; });
  if (!edges.efficacy.empty()) write("/0/J", double{}, [&](std::size_t e) { return edges.efficacy[e]; });
  if (!edges.astrocyte.empty())
    write("/0/astrocyte", std::int64_t{}, [&](std::size_t e) { return edges.astrocyte[e]; });
  file.write_attribute(group, "neurons", std::uint64_t{neurons});
  file.commit();
}

}  // namespace tripartite::network
