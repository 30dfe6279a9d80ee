#include "host/run/checkpointed_run.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <utility>

#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

constexpr std::uint32_t frame_kind = 0x6d617266, events_kind = 0x6e657665;

/// An event without the bytes between its members, which are nobody's.
struct StoredEvent {
  double time;
  std::uint64_t population, index;
};

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

/// When a run that should stop does so.
class Stop {
 public:
  explicit Stop(simulation::RunListener& listener) : listener_(listener) {}
  /// Asked between windows: the run ends where this was true, and nowhere else between windows.
  bool is_noticed() {
    is_noticed_ = is_noticed_ || listener_.cancelled();
    return is_noticed_;
  }
  bool was_noticed() const { return is_noticed_; }
  /// True once the wish is older than a window may take. From any thread.
  bool is_urgent() {
    if (!listener_.cancelled()) return false;
    const std::int64_t now = Clock::now().time_since_epoch().count();
    std::int64_t since = 0;
    if (since_.compare_exchange_strong(since, now)) since = now;
    return Clock::duration(now - since) > std::chrono::milliseconds(600);
  }

 private:
  using Clock = std::chrono::steady_clock;

  simulation::RunListener& listener_;
  bool is_noticed_ = false;
  std::atomic<std::int64_t> since_ = 0;  // of the clock; 0: not yet
};

/// Steps of a network, whose windows end before the wish to stop is heard.
class StepsOf final : public Course {
 public:
  StepsOf(JournaledNetwork& network, Stop& stop) : network_(network), stop_(stop) {}

  std::int64_t at() const override { return network_.steps(); }
  void advance(std::int64_t steps) override { network_.advance_steps(steps); }
  std::vector<Event> take_events() override { return network_.take_events(); }
  void stop_when(std::function<bool()> stop) override {
    network_.stop_when(stop ? [this] { return stop_.is_urgent(); } : std::move(stop));
  }

 private:
  JournaledNetwork& network_;
  Stop& stop_;
};

/// Passes frames and events on, notes them in the journal, and takes checkpoints.
class Keeper final : public Visitor {
 public:
  Keeper(JournaledNetwork& network, const Plan& plan, Visitor& visitor, Checkpoints& checkpoints, Stop& stop)
      : network_(network), plan_(plan), visitor_(visitor), checkpoints_(checkpoints), stop_(stop) {}

  void go_on() {
    if (!checkpoints_.restart()) return;
    checkpoints_.replay([&](const JournalRecord& record) { replay(record); });
    checkpoints_.load([&](std::istream& in) { network_.load(in); });
    if (network_.steps() != checkpoints_.restart()->step)
      throw FileError(fmt::format("{}: says it is of step {}, its state is of step {}",
                                  checkpoints_.restart()->path.string(), checkpoints_.restart()->step,
                                  network_.steps()));
    if (network_.steps() > plan_.steps)
      throw ConfigError(fmt::format("--duration: the run has come to {:g} s already, expected at least that",
                                    double(network_.steps()) * plan_.dt));
  }

  void frame() override {
    network_.begin_frame();
    visitor_.frame();
    const std::int64_t step = network_.steps();
    checkpoints_.append(frame_kind, {bytes_of(step), network_.end_frame()});
  }

  void events(std::span<const Event> events) override {
    std::vector<StoredEvent> stored;
    stored.reserve(events.size());
    for (const Event& event : events) stored.push_back({event.time, event.population, event.index});
    checkpoints_.append(events_kind, {std::as_bytes(std::span(stored))});
    visitor_.events(events);
  }

  void pause() override {
    const bool ends = network_.steps() == plan_.steps;
    if (stop_.is_noticed() || (ends && checkpoints_.are_kept())) {
      checkpoints_.wait();
      take();
      checkpoints_.wait();
    } else if (!ends && checkpoints_.due()) {
      take();
    }
  }

 private:
  void take() {
    checkpoints_.take(network_.steps(), state_bytes(network_), [&](std::ostream& out) { network_.save(out); });
  }

  void replay(const JournalRecord& record) {
    std::span<const std::byte> bytes = record.payload;
    if (record.kind == frame_kind && bytes.size() >= sizeof(std::int64_t)) {
      std::int64_t step = 0;
      std::memcpy(&step, bytes.data(), sizeof step);
      if (step % plan_.frame_steps != 0) return;  // the end of a run that was shorter
      network_.replay(step, bytes.subspan(sizeof step));
      visitor_.frame();
      network_.end_replay();
    } else if (record.kind == events_kind && bytes.size() % sizeof(StoredEvent) == 0) {
      std::vector<Event> events(bytes.size() / sizeof(StoredEvent));
      for (std::size_t i = 0; i < events.size(); ++i) {
        StoredEvent stored;
        std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
        events[i] = {stored.time, std::uint32_t(stored.population), stored.index};
      }
      visitor_.events(events);
    }
  }

  JournaledNetwork& network_;
  const Plan& plan_;
  Visitor& visitor_;
  Checkpoints& checkpoints_;
  Stop& stop_;
};

}  // namespace

double state_bytes(const Network& network) {
  double values = 0;
  for (const Field& field : network.fields()) values += double(field.size);
  return values * (network.precision() == Precision::float64 ? sizeof(double) : sizeof(float));
}

void run(JournaledNetwork& network, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor, Checkpoints& checkpoints) {
  Stop stop(listener);
  StepsOf steps(network, stop);
  Keeper keeper(network, plan, visitor, checkpoints, stop);
  keeper.go_on();
  run(steps, plan,
      {.progress = [&](double fraction) { listener.progress(what, fraction); },
       .should_stop = [&stop] { return stop.was_noticed(); }},
      keeper);
}

}  // namespace tripartite::run
