#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/io/text_file.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite {

/// A run of the program with what it printed and wrote, to compare the one with the other.
class RecordedRun {
 public:
  using Frames = std::vector<std::vector<double>>;  // [frames][elements]

  /// `files`: name and text of each file that the run reads from its working directory.
  explicit RecordedRun(std::vector<std::string> arguments,
                       const std::vector<std::pair<std::string, std::string>>& files = {}) {
    for (const auto& [name, text] : files) io::write_file(directory_.path() / name, text);
    arguments.insert(arguments.end(), {"--backend", "cpu", "--out", "run"});
    const Finished finished = run_program(arguments, directory_.path());
    EXPECT_EQ(finished.status, 0) << finished.err;
    printed_ = finished.out;
    if (finished.status == 0) summary_ = nlohmann::json::parse(io::read_file(file("summary.json")));
  }

  const std::string& printed() const { return printed_; }
  const nlohmann::json& results() const { return summary_.at("results"); }
  std::filesystem::path file(const std::string& name) const { return directory_.path() / "run" / name; }
  std::vector<double> dataset(const std::string& name, const std::string& path) const {
    return io::Hdf5File::open(file(name)).read<double>(path).values;
  }
  Frames recorded(const std::string& field) const {
    const auto data = io::Hdf5File::open(file("recordings.h5")).read<double>("/report/" + field + "/data");
    const std::size_t width = data.shape.at(1);
    Frames frames;
    for (std::size_t at = 0; at < data.values.size(); at += width)
      frames.emplace_back(data.values.begin() + std::ptrdiff_t(at), data.values.begin() + std::ptrdiff_t(at + width));
    return frames;
  }
  io::Spikes events(const std::string& name) const { return io::read_sonata_spikes(file(name)); }
  /// The number that follows this text, a regular expression, in what was printed.
  double number_after(const std::string& text) const {
    std::smatch found;
    if (!std::regex_search(printed_, found, std::regex(text + R"(\s*(-?[0-9][0-9.e+-]*))"))) {
      ADD_FAILURE() << "no number after " << text << " in\n" << printed_;
      return 0;
    }
    return std::stod(found[1]);
  }

 private:
  const TemporaryDirectory directory_;
  std::string printed_;
  nlohmann::json summary_;
};

/// The mean of elements [first, last) of a frame.
inline double mean_of(const std::vector<double>& frame, std::size_t first, std::size_t last) {
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += frame.at(i);
  return sum / double(last - first);
}
inline double mean_of(const std::vector<double>& frame) { return mean_of(frame, 0, frame.size()); }

}  // namespace tripartite
