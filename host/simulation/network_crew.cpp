#include "host/simulation/network_crew.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include "host/run/pieces.hpp"
#include "host/simulation/network.hpp"
#include "host/simulation/network_memory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

struct Crew {
  std::size_t members = 1;
  int threads_each = 0;
};

/// As many networks at once as there are threads and memory for.
Crew crew_for(const config::Execution& execution, const NetworkGrid& grid) {
  if (execution.backend == Backend::cuda) return {1, execution.threads};
  const std::size_t threads =
      execution.threads > 0 ? std::size_t(execution.threads) : std::max(1U, std::thread::hardware_concurrency());
  double largest = 0;
  for (const std::size_t network : {std::size_t(0), grid.networks() - 1}) {
    const config::NetworkConfig config = grid.at(network);
    largest = std::max(largest, network_bytes(config, expected_connections(config)));
  }
  const double fit = 0.8 * double(available_host_memory()) / std::max(1.0, largest);
  const std::size_t members =
      std::clamp<std::size_t>(std::size_t(std::min(fit, double(threads))), 1, std::min(threads, grid.networks()));
  return {members, int(std::max<std::size_t>(1, threads / members))};
}

/// Work of a step of a network, in synapses: progress counts it, so that large networks take their part of the time.
double work_of(const config::NetworkConfig& config) {
  constexpr double of_step = 300;  // what a step costs, however small the network
  return of_step + expected_connections(config) + double(config.neurons) + double(config.astrocytes);
}

}  // namespace

class NetworkCrew::Listener final : public RunListener {
 public:
  Listener(NetworkCrew& crew, std::function<void(double)> progress, const std::atomic<bool>& stops)
      : crew_(crew), progress_(std::move(progress)), stops_(stops) {}
  void progress(std::string_view what, double fraction) override {
    if (what == "network") progress_(fraction);
  }
  void message(std::string_view text) override { crew_.tell(text); }
  bool cancelled() const override { return stops_ || crew_.listener_.cancelled(); }

 private:
  NetworkCrew& crew_;
  std::function<void(double)> progress_;
  const std::atomic<bool>& stops_;
};

void NetworkCrew::tell(std::string_view message) {
  const std::lock_guard lock(telling_);
  if (told_.insert(std::string(message)).second) listener_.message(message);
}

TimeConstants NetworkCrew::prepare(const config::NetworkConfig& config) {
  const std::atomic<bool> stops = false;
  Listener listener(
      *this, [](double) {}, stops);
  return NetworkRun(config, listener).result().constants;
}

void NetworkCrew::run(std::string_view what, const NetworkGrid& grid, const NetworkWindow& window, bool with_finer_step,
                      std::vector<std::optional<NetworkActivity>>& activities, const std::function<void()>& finished) {
  using Clock = std::chrono::steady_clock;
  const std::size_t networks = grid.networks();
  const Crew crew = crew_for(execution_, grid);
  double all_work = 0, done_work = 0;
  std::vector<double> work(networks), done(networks);
  for (std::size_t i = 0; i < networks; ++i) all_work += work[i] = work_of(grid.at(i));
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stops = false;
  std::exception_ptr error;
  auto written = Clock::now();
  listener_.progress(what, 0);

  run::Checkpoints* const checkpoints = listener_.checkpoints();
  const auto run_one = [&](std::size_t i) {
    const std::string key = fmt::format("{}: network {}", what, i);
    if (run::is_kept(checkpoints, key)) {
      const std::lock_guard lock(telling_);
      activities[i] = run::PieceReader(*checkpoints->finished(key)).get<NetworkActivity>();
      all_work -= work[i];
      return;
    }
    config::NetworkConfig config = grid.at(i);
    config.duration = window.transient + double(window.samples) * window.interval;
    config.recording.fields = config::NetworkRecording().fields;
    config.recording.neurons.clear();
    config.recording.bare_synapses.clear();
    config.execution = execution_;
    config.execution.threads = crew.threads_each;
    if (with_finer_step) config = NetworkRun::finer_run(config);
    const auto progress = [&, i](double fraction) {
      const std::lock_guard lock(telling_);
      done_work += work[i] * (fraction - done[i]);
      done[i] = fraction;
      listener_.progress(what, std::min(1.0, done_work / all_work));
    };
    Listener listener(*this, progress, stops);
    std::unique_ptr<NetworkRun> run;
    {
      const std::lock_guard lock(making_);  // files of edges and spikes are read by one at a time
      run = std::make_unique<NetworkRun>(config, listener);
    }
    run->observe_from(window.transient);
    run->run({});
    const NetworkActivity activity = activity_of(run->result(), config, window, least_amplitude_);
    if (checkpoints != nullptr) checkpoints->finish(key, run::PieceWriter().put(activity).bytes());
    const std::lock_guard lock(telling_);
    activities[i] = activity;
    if (finished && Clock::now() - written >= std::chrono::seconds(1)) {
      finished();
      written = Clock::now();
    }
  };
  const auto work_on = [&] {
    for (std::size_t i = next++; i < networks && !stops; i = next++) {
      const auto fail = [&](std::exception_ptr thrown) {
        const std::lock_guard lock(telling_);
        if (!error) error = std::move(thrown);
        stops = true;
      };
      const auto at = [&](const std::exception& thrown) {
        return fmt::format("at {}: {}", words_of_point(grid.axes(), i / grid.seeds()), thrown.what());
      };
      try {
        run_one(i);
      } catch (const NumericsError& thrown) {
        fail(std::make_exception_ptr(NumericsError(at(thrown))));
      } catch (const MemoryError& thrown) {
        fail(std::make_exception_ptr(MemoryError(at(thrown))));
      } catch (const ConfigError& thrown) {
        fail(std::make_exception_ptr(ConfigError(at(thrown))));
      } catch (...) {
        fail(std::current_exception());
      }
    }
  };
  std::vector<std::thread> others;
  for (std::size_t k = 1; k < crew.members; ++k) others.emplace_back(work_on);
  work_on();
  for (std::thread& each : others) each.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace tripartite::simulation
