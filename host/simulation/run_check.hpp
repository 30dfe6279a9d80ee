#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tripartite::simulation {

/// One file of a run directory.
struct CheckedFile {
  std::string name;
  bool is_whole = false;
  std::string words;  // "checksum agrees", or what is wrong
};

/// What a run directory holds and what it can be used for.
struct RunCheck {
  std::string command, status;
  std::string error;  // that ended the run; empty: none did
  std::vector<CheckedFile> files;
  bool is_complete = false;
  bool can_go_on = false;  // there is a checkpoint, or a journal of finished pieces, that is whole
  std::optional<std::int64_t> restart_step;
  std::size_t pieces = 0;  // records of the journal, where there is no checkpoint

  bool is_whole() const;
};

/// Reads every file of a run directory whose checksum was kept, its checkpoints and its journal. Changes nothing.
/// Throws FileError if `path` is not a run directory.
RunCheck check_run(const std::filesystem::path& path);

}  // namespace tripartite::simulation
