#include "host/report/means.hpp"

namespace tripartite::report {

Means::Means(const std::filesystem::path& directory) {
  const auto path = directory / "means.h5";
  if (!std::filesystem::exists(path)) return;
  file_.emplace(io::Hdf5File::open(path));
  time_ = file_->read<double>("/time").values;
}

std::vector<double> Means::curve(const std::string& path) const {
  if (!file_ || !file_->contains(path)) return {};
  auto values = file_->read<double>(path).values;
  return values.size() == time_.size() ? values : std::vector<double>();
}

std::optional<io::Spikes> read_releases(const std::filesystem::path& directory) {
  const auto path = directory / "releases.h5";
  if (!std::filesystem::exists(path)) return std::nullopt;
  return io::read_sonata_spikes(path);
}

}  // namespace tripartite::report
