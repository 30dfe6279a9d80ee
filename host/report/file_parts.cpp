#include "host/report/file_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tripartite/error.hpp"

namespace tripartite::report {

std::optional<std::string> why_missing(const std::optional<io::Hdf5File>& file, const char* name,
                                       const std::string& path) {
  if (!file) return fmt::format("this run has no {}.", name);
  if (!file->contains(path)) return fmt::format("{} of this run contains no {}.", name, path);
  return std::nullopt;
}

io::Hdf5Array<double> read_shaped(const io::Hdf5File& file, const std::string& dataset,
                                  const std::vector<std::size_t>& shape) {
  auto array = file.read<double>(dataset);
  if (array.shape != shape)
    throw FileError(fmt::format("{}: {}: expected shape [{}], got [{}]", file.current_path().string(), dataset,
                                fmt::join(shape, ", "), fmt::join(array.shape, ", ")));
  return array;
}

io::Hdf5Array<double> read_ranked(const io::Hdf5File& file, const std::string& dataset, std::size_t rank) {
  auto array = file.read<double>(dataset);
  if (array.shape.size() != rank || array.values.empty())
    throw FileError(fmt::format("{}: {}: expected {} dimensions, none of them 0, got [{}]",
                                file.current_path().string(), dataset, rank, fmt::join(array.shape, ", ")));
  return array;
}

std::vector<std::string> names_in(const io::Hdf5File& file, const std::string& group) {
  return file.contains(group) ? file.names(group) : std::vector<std::string>();
}

}  // namespace tripartite::report
