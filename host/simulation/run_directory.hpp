#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "host/io/descriptor.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::simulation {

/// `incomplete`: it was interrupted, or is still running. `failed`: it ended with an error.
enum class RunStatus { complete, incomplete, failed };

std::string_view to_string(RunStatus status);

/// What becomes of a run directory that exists. `replace`: it loses its files. `resume`: it keeps them.
enum class Existing { refuse, replace, resume };

/// What summary.json says about a run before it begins.
struct RunDescription {
  std::string command;
  Backend backend = Backend::cpu;  // resolved
  Precision precision = Precision::float32;
  int threads = 0;  // 0: as many as the machine has
  std::uint64_t seed = 0;
  nlohmann::ordered_json config = nlohmann::ordered_json::object();
  std::string config_toml;     // contents of config.toml
  std::string command_line{};  // that began the run; empty: there was none
  std::string commit{};        // of the program; empty: not known
};

/// Removes from a run directory what a process that was killed had not finished writing, unless another process works
/// there.
void remove_unfinished(const std::filesystem::path& directory);

/// The directory that a run leaves behind. Its summary.json exists from the start, so that a run that is killed can be
/// told from one that ended; every file appears whole or not at all.
class RunDirectory {
 public:
  /// Creates the directory, with summary.json ("incomplete") and config.toml. An empty `path` becomes
  /// runs/<command>-<time>. Of what exists, an empty directory is filled, only a run directory may be replaced, and
  /// only one of the same command be resumed: else ConfigError, also if another process works in it. Throws FileError
  /// if it cannot be created or written.
  RunDirectory(const std::filesystem::path& path, Existing existing, RunDescription description);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }

  /// The `results` object of summary.json, which is written by `finish` and `fail`.
  nlohmann::ordered_json& results() { return results_; }

  /// Adds to the times of parts of the work, under `timing.phases`.
  void note_times(const std::map<std::string, double>& seconds_of_phase);

  /// The run has ended well.
  void finish();
  /// The run has ended with `error`: "incomplete" if that is Cancelled, else "failed". Never throws: where even this
  /// cannot be written, the summary goes on saying "incomplete".
  void fail(const std::exception& error) noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void write_summary(RunStatus status, std::string_view error);

  /// Throws ConfigError if another process works in the directory.
  void lock();

  std::filesystem::path path_;
  io::Descriptor lock_;
  nlohmann::ordered_json header_;
  nlohmann::ordered_json config_;
  nlohmann::ordered_json results_ = nlohmann::ordered_json::object();
  nlohmann::ordered_json phases_ = nlohmann::ordered_json::object();
  Clock::time_point began_ = Clock::now();
};

/// The summary of a run directory. Throws FileError if there is none.
nlohmann::ordered_json read_summary(const std::filesystem::path& path);

/// True if `path` holds the summary of a run.
bool is_run_directory(const std::filesystem::path& path);

}  // namespace tripartite::simulation
