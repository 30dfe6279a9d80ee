#include "host/simulation/run_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "host/io/hash.hpp"
#include "host/run/checkpoints.hpp"
#include "host/simulation/run_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

namespace fs = std::filesystem;

/// Without the file name that begins an error of that file.
std::string words_of(const std::exception& error, const fs::path& path) {
  const std::string words = error.what(), begin = path.string() + ": ";
  return words.starts_with(begin) ? words.substr(begin.size()) : words;
}

CheckedFile check_result(const fs::path& path, const nlohmann::ordered_json& expected) {
  CheckedFile file{path.filename(), false, {}};
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error)
    file.words = "is missing";
  else if (bytes != expected.at("bytes").get<std::uint64_t>())
    file.words = fmt::format("has {} bytes, had {}", bytes, expected.at("bytes").get<std::uint64_t>());
  else if (io::hash_of_file(path) != expected.at("xxh3_64").get<std::string>())
    file.words = "was changed or is damaged: its checksum is another one";
  else
    file.is_whole = true, file.words = "checksum agrees";
  return file;
}

void check_checkpoints(const fs::path& path, RunCheck& check) {
  for (const fs::path& each : run::checkpoint_files(path)) {
    CheckedFile file{each.filename(), false, {}};
    try {
      const run::Checkpoint checkpoint = run::read_checkpoint(each);
      if (!run::holds(run::journal_file(path), checkpoint.journal))
        throw FileError("journal.bin does not hold what had been recorded by then");
      file.is_whole = true;
      file.words = fmt::format("of step {}", checkpoint.step);
      if (!check.restart_step) check.restart_step = checkpoint.step;
    } catch (const FileError& error) {
      file.words = words_of(error, each);
    }
    check.files.push_back(std::move(file));
  }
}

void check_journal(const fs::path& path, RunCheck& check) {
  const fs::path journal = run::journal_file(path);
  std::error_code error;
  if (!fs::exists(journal, error)) return;
  CheckedFile file{journal.filename(), false, {}};
  try {
    run::JournalReader reader(journal);
    while (reader.next()) ++check.pieces;
    const auto rest = fs::file_size(journal) - reader.mark().bytes;
    file.is_whole = true;
    file.words = fmt::format("{} records", check.pieces);
    // A process that is killed leaves its last record unfinished.
    if (rest > 0) file.words += fmt::format(", then {} bytes that are none", rest);
  } catch (const FileError& thrown) {
    file.words = words_of(thrown, journal);
  }
  check.files.push_back(std::move(file));
}

}  // namespace

bool RunCheck::is_whole() const {
  return std::all_of(files.begin(), files.end(), [](const CheckedFile& file) { return file.is_whole; });
}

RunCheck check_run(const fs::path& path) {
  const auto summary = read_summary(path);
  RunCheck check;
  check.command = summary["command"];
  check.status = summary["status"];
  check.error = summary.value("error", "");
  check.is_complete = check.status == "complete";
  if (summary.contains("files"))
    for (const auto& [name, expected] : summary["files"].items())
      check.files.push_back(check_result(path / fs::path(name).filename(), expected));
  check_checkpoints(path, check);
  check_journal(path, check);
  check.can_go_on = check.restart_step.has_value() || (!check.is_complete && check.pieces > 0);
  return check;
}

}  // namespace tripartite::simulation
