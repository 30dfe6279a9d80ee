#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host/run/journal.hpp"

namespace tripartite::run {

/// What must be the same for a run to go on bit for bit.
struct RunIdentity {
  std::string command, precision;
  std::string backend, instruction_set;  // a change can be allowed
  friend bool operator==(const RunIdentity&, const RunIdentity&) = default;
};

/// One file of a complete state, as its head describes it.
struct Checkpoint {
  std::filesystem::path path;
  std::uint64_t number = 0;  // counts up within a run
  RunIdentity identity;
  std::int64_t step = 0;
  JournalMark journal;         // what had been handed out by then
  std::uint64_t state_at = 0;  // where the state begins in the file
};

/// Reads the head and compares the hash of the whole file. Throws FileError that names the file and what is wrong.
Checkpoint read_checkpoint(const std::filesystem::path& path);
/// The files of a run directory by falling number, whether they are whole or not.
std::vector<std::filesystem::path> checkpoint_files(const std::filesystem::path& directory);
std::filesystem::path journal_file(const std::filesystem::path& directory);
/// Whether a run directory holds anything that a run could go on from.
bool can_go_on(const std::filesystem::path& directory);
/// Removes all that a run of this directory kept to be taken up again.
void remove_kept(const std::filesystem::path& directory);
/// True if so much of the journal is there, unchanged.
bool holds(const std::filesystem::path& journal, const JournalMark& mark);

/// What a run keeps so that it can be taken up again after whatever ended it: the journal of all that it handed out,
/// and every so often a checkpoint, of which the last two stay. A checkpoint is written beside the steps, synchronised
/// under a temporary name and renamed, after the journal that it refers to. Runs that consist of pieces (points, rows,
/// layers, tokens) keep each finished piece in the journal instead, also those behind the last checkpoint.
class Checkpoints {
 public:
  struct Options {
    std::filesystem::path directory;
    RunIdentity identity;
    double interval = 60;  // [s] of wall-clock time between checkpoints
    /// Asked between steps: true once when somebody wants a checkpoint now. Null: nobody does.
    std::function<bool()> wanted = nullptr;
    bool keep = false;  // what is there when the run is complete, so that it can be made longer
    bool resume = false;
    bool allow_other_backend = false;
    std::function<void(std::string_view)> tell = nullptr;  // what was found damaged; null: nobody
  };
  /// Without `resume` begins anew, in place of what there was. With it takes the newest checkpoint that is whole; if
  /// there is none, the run begins anew. Throws FileError on a format of another version, ConfigError if the checkpoint
  /// is of another precision or, unless that was allowed, of another backend or instruction set.
  explicit Checkpoints(Options options);
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;
  /// Waits for what is being written.
  ~Checkpoints();

  // Runs of steps.

  /// Where the run goes on; none: it begins.
  const std::optional<Checkpoint>& restart() const { return restart_; }
  /// Hands out all records until the restart, in their order.
  void replay(const std::function<void(const JournalRecord&)>& record) const;
  /// Calls `load` with a stream of the state at the restart.
  void load(const std::function<void(std::istream&)>& load) const;
  void append(std::uint32_t kind, std::initializer_list<std::span<const std::byte>> parts);
  /// Whether it is time.
  bool due();
  /// `save` writes the state after `step` steps, of about `bytes`. Returns once the state was copied, where memory
  /// allows a copy; one at a time: while the last is still being written, this does nothing. Throws FileError, also for
  /// the last one.
  void take(std::int64_t step, double bytes, const std::function<void(std::ostream&)>& save);
  /// Waits until the last one is on the disk. Throws FileError.
  void wait();

  // Runs of pieces. Several threads may call these.

  /// What was kept under `key`; null if the piece is not finished.
  const std::vector<std::byte>* finished(std::string_view key) const;
  void finish(std::string_view key, std::span<const std::byte> result);
  /// Pieces that were found.
  std::size_t found_pieces() const { return found_; }

  bool are_kept() const { return options_.keep; }
  /// The run is complete: removes what was kept, unless it should stay.
  void finish_run();

 private:
  using Clock = std::chrono::steady_clock;

  void choose_restart();
  void open_journal();
  void write(std::uint64_t number, std::int64_t step, const JournalMark& mark,
             const std::function<void(std::ostream&)>& state) const;
  void remove_older(std::uint64_t number) const;
  void rethrow();

  Options options_;
  std::optional<Checkpoint> restart_;
  std::unique_ptr<JournalWriter> journal_;
  std::map<std::string, std::vector<std::byte>, std::less<>> pieces_;
  std::size_t found_ = 0;
  mutable std::mutex using_pieces_;
  std::uint64_t number_ = 0;  // of the last checkpoint
  Clock::time_point last_ = Clock::now(), synchronised_ = Clock::now();
  std::thread writer_;
  std::atomic<bool> is_writing_ = false;
  std::exception_ptr error_;  // of the writer; read once it has ended
};

}  // namespace tripartite::run
