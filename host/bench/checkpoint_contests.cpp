#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "host/bench/clock.hpp"
#include "host/bench/contest.hpp"
#include "host/bench/folder.hpp"
#include "host/bench/network_turn.hpp"
#include "host/bench/problem.hpp"
#include "host/config/attend_config.hpp"
#include "host/io/descriptor.hpp"
#include "host/run/checkpointed_run.hpp"
#include "host/run/checkpoints.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

// What a checkpoint of the synapses of W1 costs: how fast it comes to the disk, and what the steps lose by it.
namespace tripartite::bench {
namespace {

namespace fs = std::filesystem;

/// Synapses that step and leave checkpoints, made when they are first asked for. Files lie in the working directory,
/// where run directories are by default; that for temporary files is often memory.
class Synapses {
 public:
  Synapses(std::size_t count, const Options& options) : count_(count), options_(options) {}

  /// A checkpoint from the first copied byte until it is on the disk. What is not whole is an error.
  Turn write() {
    make();
    Turn turn;
    turn.seconds = seconds_of([&] {
      take();
      checkpoints_->wait();
    });
    const fs::path newest = run::checkpoint_files(folder_->path()).front();
    if (run::read_checkpoint(newest).step == network_->steps()) turn.check = 1;
    turn.work = bytes_ = double(fs::file_size(newest));
    return turn;
  }

  /// What steps wait for: until its state was copied.
  Turn copy() {
    make();
    Turn turn;
    turn.seconds = seconds_of([&] { take(); });
    checkpoints_->wait();
    turn.check = 1;
    turn.work = double(fs::file_size(run::checkpoint_files(folder_->path()).front()));
    return turn;
  }

  /// As many bytes from memory into a file beside it.
  Turn write_plainly() {
    std::vector<std::byte> bytes(std::size_t(bytes_), std::byte(1));
    for (std::size_t i = 0; i < bytes.size(); i += 64) bytes[i] = std::byte(i / 64 * 37 % 251);
    const fs::path path = folder_->path() / "plain.bin";
    Turn turn;
    turn.seconds = seconds_of([&] {
      const io::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      if (file.get() < 0 || !io::write_all(file.get(), bytes) || ::fsync(file.get()) != 0)
        throw FileError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    });
    turn.check = 1;
    fs::remove(path);
    return turn;
  }

  /// Steps, with a checkpoint at their beginning or without. One that takes longer than they do is waited for.
  Turn step(std::int64_t steps, bool has_checkpoint) {
    make();
    Turn turn;
    turn.seconds = seconds_of([&] {
      if (has_checkpoint) take();
      network_->advance_steps(steps);
      network_->take_events();  // waits for a device
      checkpoints_->wait();
    });
    turn.check = 1;
    return turn;
  }

 private:
  void make() {
    if (network_ != nullptr) return;
    NetworkSetup setup;
    PopulationSetup& population = setup[setup.add(model<TripartiteSynapse, Gchi>(), count_, "synapses")];
    population.set("O_delta", 1.2);
    population.input("rate").common.mean = 1;
    std::vector<double>& rates = population.input("rate").factor;
    for (std::size_t i = 0; i < count_; ++i) rates.push_back(synapse_rate(i));
    set_run(setup, integrate::Method::rk4, synapse_step, Precision::float32, options_);
    network_ = make_network(std::move(setup));
    folder_.emplace(fs::current_path(), "checkpoint");
    checkpoints_.emplace(run::Checkpoints::Options{
        .directory = folder_->path(),
        .identity = {"bench", "float32", std::string(to_string(network_->backend())), std::string()},
        .interval = std::numeric_limits<double>::infinity()});
    // Pages and buffers that the first one touches are there in a run of some minutes.
    network_->advance_steps(1);
    take();
    checkpoints_->wait();
  }

  void take() {
    checkpoints_->take(network_->steps(), run::state_bytes(*network_), [&](std::ostream& out) { network_->save(out); });
  }

  std::size_t count_;
  Options options_;
  std::unique_ptr<Network> network_;
  std::optional<Folder> folder_;
  std::optional<run::Checkpoints> checkpoints_;  // ends before its folder
  double bytes_ = 0;                             // of a checkpoint
};

}  // namespace

std::vector<Contest> checkpoint_contests(const Options& options) {
  const std::size_t count = options.quick ? 1'000'000 : 10'000'000;
  constexpr std::int64_t steps = 200;  // some seconds, longer than a disk takes
  const auto synapses = std::make_shared<Synapses>(count, options);
  Contest contest;
  contest.workload = "checkpoint";
  contest.method = "rk4";
  contest.threads = threads_of(options);
  contest.n = long(count);

  Contest writes = contest;
  writes.variant = "its bytes, beside write and fsync";
  writes.steps = 1;
  writes.work = double(count);  // until a turn has told the bytes
  writes.unit = "bytes";
  writes.own = [synapses] { return synapses->write(); };
  writes.beside = [synapses] { return synapses->write_plainly(); };
  writes.beside_name = "write and fsync";

  Contest copies = contest;
  copies.variant = "its copy, which steps wait for";
  copies.steps = 1;
  copies.work = double(count);
  copies.unit = "bytes";
  copies.interval = config::Execution().checkpoint_interval;
  copies.own = [synapses] { return synapses->copy(); };

  Contest loses = contest;
  loses.variant = "steps while one is written, beside steps alone";
  loses.steps = steps;
  loses.work = double(count) * double(steps);
  loses.unit = "synapse steps";
  loses.interval = copies.interval;
  loses.own = [synapses] { return synapses->step(steps, true); };
  loses.beside = [synapses] { return synapses->step(steps, false); };
  loses.beside_name = "steps alone";
  return {writes, copies, loses};
}

}  // namespace tripartite::bench
