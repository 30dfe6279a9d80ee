#include "host/simulation/run_directory.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "host/io/atomic_file.hpp"
#include "host/io/hash.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite::simulation {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr int schema = 1;
constexpr auto summary_name = "summary.json";

[[noreturn]] void throw_file_error(const fs::path& path, const char* what, const std::error_code& error) {
  throw FileError(fmt::format("{}: {}: {}", path.string(), what, error.message()));
}

void create_parents(const fs::path& path) {
  if (!path.has_parent_path()) return;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw_file_error(path.parent_path(), "the directory cannot be created", error);
}

/// False if something of this name exists.
bool create(const fs::path& path) {
  std::error_code error;
  const bool is_new = fs::create_directory(path, error);
  if (error && error != std::errc::file_exists) throw_file_error(path, "the run directory cannot be created", error);
  return is_new;
}

fs::path create_by_time(std::string command) {
  if (const auto option = command.find(" --"); option != std::string::npos)
    command = fmt::format("{}-{}", command.substr(0, option), command.substr(option + 3));
  const fs::path base =
      fs::path("runs") / fmt::format("{}-{:%Y%m%d-%H%M%S}", command, fmt::localtime(std::time(nullptr)));
  create_parents(base);
  fs::path path = base;
  for (int again = 2; !create(path); ++again) path = fmt::format("{}-{}", base.string(), again);
  return path;
}

/// True if there is nothing in it but what a process that was killed had not finished writing.
bool is_empty_directory(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return false;
  const fs::directory_iterator entries(path, error);
  return !error && std::all_of(begin(entries), end(entries),
                               [](const auto& entry) { return entry.path().extension() == ".partial"; });
}

/// Refuses what holds anything that a run would not have left: --force is not meant for that.
void require_replaceable(const fs::path& path) {
  if (is_empty_directory(path)) return;
  if (!is_run_directory(path))
    throw ConfigError(
        fmt::format("{}: exists and is not a run directory, so --force does not replace it", path.string()));
  constexpr std::array kinds{".json", ".toml", ".h5",  ".bin", ".html",   ".csv",
                             ".npy",  ".svg",  ".png", ".txt", ".partial"};
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string kind = entry.path().extension().string();
    const bool is_ours =
        fs::is_regular_file(entry.symlink_status()) && std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    if (!is_ours)
      throw ConfigError(fmt::format("{}: --force does not replace a run directory that holds {}, which no run wrote",
                                    path.string(), entry.path().filename().string()));
  }
}

/// What a process that was killed had not finished writing.
void remove_partial_files(const fs::path& path) {
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (entry.path().extension() == ".partial") {
      std::error_code ignored;
      fs::remove(entry.path(), ignored);
    }
}

/// A lock on a directory, for as long as the descriptor lives; none where another process has it. A file system without
/// locks has none to respect.
std::optional<io::Descriptor> locked(const fs::path& path) {
  io::Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0 && ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return std::nullopt;
  return directory;
}

void require_run_of(const fs::path& path, const std::string& command) {
  if (!is_run_directory(path))
    throw ConfigError(fmt::format("{}: is not a run directory, so nothing can be resumed in it", path.string()));
  const auto found = read_summary(path)["command"];
  if (found != command)
    throw ConfigError(
        fmt::format("{}: holds a run of {}, which {} cannot resume", path.string(), found.dump(), command));
}

void remove_old_files(const fs::path& path) {
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.path().filename() == summary_name) continue;
    std::error_code error;
    fs::remove(entry.path(), error);
    if (error) throw_file_error(entry.path(), "cannot be removed", error);
  }
}

/// What the run leaves and nothing rewrites later, as reports are.
bool is_result(const fs::directory_entry& entry) {
  constexpr std::array kinds{".toml", ".h5", ".csv", ".npy", ".txt"};
  return fs::is_regular_file(entry.symlink_status()) && entry.path().filename().string().front() != '.' &&
         std::find(kinds.begin(), kinds.end(), entry.path().extension()) != kinds.end();
}

ordered_json checksums_of_files(const fs::path& path) {
  std::map<std::string, ordered_json> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (is_result(entry))
      files[entry.path().filename()] = {{"bytes", entry.file_size()}, {"xxh3_64", io::hash_of_file(entry.path())}};
  ordered_json all = ordered_json::object();
  for (auto& [name, each] : files) all[name] = std::move(each);
  return all;
}

std::string device_name(Backend backend) {
  if (backend != Backend::cuda) return "cpu";
  std::vector<std::string> names;
  for (const Device& device : cuda_devices()) names.push_back(device.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void remove_unfinished(const fs::path& path) {
  if (locked(path)) remove_partial_files(path);
}

std::string_view to_string(RunStatus status) {
  switch (status) {
    case RunStatus::complete: return "complete";
    case RunStatus::incomplete: return "incomplete";
    case RunStatus::failed: return "failed";
  }
  return "unknown";
}

ordered_json read_summary(const fs::path& path) {
  if (!is_run_directory(path))
    throw FileError(fmt::format("{}: is not a run directory: it has no {} of a run", path.string(), summary_name));
  return ordered_json::parse(io::read_file(path / summary_name));
}

bool is_run_directory(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path / summary_name, error)) return false;
  const auto summary = ordered_json::parse(io::read_file(path / summary_name), nullptr, false);
  return summary.is_object() && summary.contains("schema") && summary["schema"].is_number_integer() &&
         summary.contains("command") && summary.contains("status");
}

RunDirectory::RunDirectory(const fs::path& path, Existing existing, RunDescription description)
    : config_(std::move(description.config)) {
  header_["command"] = description.command;
  header_["date"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::time(nullptr)));
  if (!description.command_line.empty()) header_["command_line"] = description.command_line;
  header_["version"] = TRIPARTITE_VERSION;
  if (!description.commit.empty()) header_["commit"] = description.commit;
  header_["backend"] = to_string(description.backend);
  header_["device"] = device_name(description.backend);
  header_["instruction_set"] = to_string(best_instruction_set());
  header_["precision"] = to_string(description.precision);
  header_["threads"] = description.threads > 0 ? description.threads
                                               : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  header_["seed"] = description.seed;

  bool is_new = true;
  if (path.empty()) {
    path_ = create_by_time(description.command);
  } else {
    path_ = path;
    // "out/" names the same directory as "out", but has no file name to create.
    if (!path_.has_filename()) path_ = path_.parent_path();
    create_parents(path_);
    is_new = create(path_);
    if (!is_new && existing == Existing::refuse && !is_empty_directory(path_))
      throw ConfigError(fmt::format("{}: exists; choose another --out, or --force to replace it", path_.string()));
    if (!is_new && existing == Existing::replace) require_replaceable(path_);
    if (!is_new && existing == Existing::resume) require_run_of(path_, description.command);
  }
  lock();
  if (!is_new && existing == Existing::resume) {
    ordered_json before = read_summary(path_);
    ordered_json again{{"date", header_["date"]}};
    for (const char* key : {"command_line", "commit", "backend", "device", "instruction_set"})
      if (header_.contains(key)) again[key] = header_[key];
    for (const char* key : {"date", "command_line"})
      if (before.contains(key)) header_[key] = before[key];
    header_["resumed"] = before.value("resumed", ordered_json::array());
    header_["resumed"].push_back(std::move(again));
    remove_partial_files(path_);
  }
  try {
    // The new summary replaces the old one before any other file goes: at every moment this is a run directory.
    write_summary(RunStatus::incomplete, {});
    if (!is_new && existing == Existing::replace) remove_old_files(path_);
    io::write_file(file("config.toml"), description.config_toml);
  } catch (...) {
    std::error_code ignored;
    if (is_new) fs::remove_all(path_, ignored);
    throw;
  }
}

void RunDirectory::lock() {
  auto lock = locked(path_);
  if (!lock) throw ConfigError(path_.string() + ": another process works in this run directory");
  lock_ = std::move(*lock);
}

void RunDirectory::note_times(const std::map<std::string, double>& seconds_of_phase) {
  for (const auto& [phase, seconds] : seconds_of_phase) phases_[phase] = phases_.value(phase, 0.0) + seconds;
}

void RunDirectory::finish() { write_summary(RunStatus::complete, {}); }

void RunDirectory::fail(const std::exception& error) noexcept {
  const bool is_cancelled = dynamic_cast<const Cancelled*>(&error) != nullptr;
  try {
    write_summary(is_cancelled ? RunStatus::incomplete : RunStatus::failed, error.what());
  } catch (const std::exception&) {
    // The first error is the one to tell.
  }
}

void RunDirectory::write_summary(RunStatus status, std::string_view error) {
  ordered_json summary;
  summary["schema"] = schema;
  summary["command"] = header_["command"];
  summary["status"] = to_string(status);
  if (!error.empty()) summary["error"] = error;
  summary.update(header_);
  summary["config"] = config_;
  summary["timing"]["total_s"] = std::chrono::duration<double>(Clock::now() - began_).count();
  summary["timing"]["phases"] = phases_;
  if (status != RunStatus::incomplete || !error.empty()) summary["files"] = checksums_of_files(path_);
  summary["results"] = results_;
  // An error's words may quote bytes of a file that are not UTF-8.
  io::write_file(file(summary_name), summary.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n');
}

}  // namespace tripartite::simulation
