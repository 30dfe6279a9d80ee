#include "host/simulation/recall.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/backend/require_memory.hpp"
#include "host/io/image.hpp"
#include "host/io/npy.hpp"
#include "host/run/pieces.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using memory::Patterns;

/// [patterns x neurons] or [patterns x height x width] of -1 and 1, or of 0 and 1.
void load_patterns(const std::string& path, RecallResult& result) {
  const io::NpyArray array = io::read_npy(path);
  const bool is_image = array.shape.size() == 3;
  if (array.shape.size() != 2 && !is_image)
    throw FileError(fmt::format("{}: {} dimensions; expected patterns x neurons or patterns x height x width", path,
                                array.shape.size()));
  const std::size_t count = array.shape[0], neurons = is_image ? array.shape[1] * array.shape[2] : array.shape[1];
  if (count == 0 || neurons == 0) throw FileError(path + ": holds no pattern");
  if (neurons > std::size_t(std::numeric_limits<int>::max()))
    throw FileError(fmt::format("{}: {} neurons are too many", path, neurons));
  const bool has_zero = std::find(array.values.begin(), array.values.end(), 0.0) != array.values.end();
  const double low = has_zero ? 0 : -1;
  result.patterns = Patterns(int(neurons), std::int64_t(count));
  for (std::size_t mu = 0; mu < count; ++mu)
    for (std::size_t i = 0; i < neurons; ++i) {
      const double value = array.values[mu * neurons + i];
      if (value != 1 && value != low)
        throw FileError(fmt::format("{}: value {} of pattern {}, neuron {}: must be {} or 1", path, value, mu, i, low));
      result.patterns.set(int(i), std::int64_t(mu), value == 1);
    }
  if (is_image) {
    result.height = int(array.shape[1]);
    result.width = int(array.shape[2]);
  }
}

/// Brightness against the mean of the (2 radius + 1)^2 pixels around, those of the image's edge repeated beyond it.
std::vector<double> local_contrast(const io::GreyImage& image, int radius) {
  std::vector<double> contrast;
  const auto at = [&](int row, int column) {
    return image.values[std::size_t(std::clamp(row, 0, image.height - 1)) * std::size_t(image.width) +
                        std::size_t(std::clamp(column, 0, image.width - 1))];
  };
  for (int row = 0; row < image.height; ++row)
    for (int column = 0; column < image.width; ++column) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i)
        for (int j = -radius; j <= radius; ++j) sum += at(row + i, column + j);
      contrast.push_back(at(row, column) - sum / ((2.0 * radius + 1) * (2.0 * radius + 1)));
    }
  return contrast;
}

/// The brighter half of each image's central square is +1: so no image prefers a sign. Photographs have light and dark
/// in the same large areas; compared with its neighbourhood a pixel shares little with that of another image.
void load_images(const config::RecallConfig& config, RecallResult& result) {
  const int side = config.side;
  result.patterns = Patterns(side * side, std::int64_t(config.images.size()));
  result.width = result.height = side;
  for (std::size_t mu = 0; mu < config.images.size(); ++mu) {
    const io::GreyImage image = io::central_square(io::brightness(io::read_image(config.images[mu])), side);
    const auto values = config.neighbourhood > 0 ? local_contrast(image, config.neighbourhood) : image.values;
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    for (std::size_t rank = order.size() / 2; rank < order.size(); ++rank)
      result.patterns.set(int(order[rank]), std::int64_t(mu), true);
    result.names.push_back(config.images[mu]);
  }
}

run::PieceWriter piece_of(std::span<const memory::Recalled> found) {
  run::PieceWriter piece;
  piece.put(std::uint64_t(found.size()));
  for (const memory::Recalled& cue : found) {
    piece.put(cue.pattern).put(cue.wrong_before).put(cue.wrong_after).put(cue.overlap).put(cue.status);
    for (const auto* values : {&cue.cue, &cue.neurons, &cue.times, &cue.overlaps, &cue.best_others, &cue.energies})
      piece.put_all(std::span<const double>(*values));
  }
  return piece;
}

std::vector<memory::Recalled> recalled_in(std::span<const std::byte> bytes) {
  run::PieceReader piece(bytes);
  std::vector<memory::Recalled> found;
  for (auto left = piece.get<std::uint64_t>(); left > 0; --left) {
    memory::Recalled cue;
    cue.pattern = piece.get<std::int64_t>();
    cue.wrong_before = piece.get<int>();
    cue.wrong_after = piece.get<int>();
    cue.overlap = piece.get<double>();
    cue.status = piece.get<memory::CueStatus>();
    for (auto* values : {&cue.cue, &cue.neurons, &cue.times, &cue.overlaps, &cue.best_others, &cue.energies})
      *values = piece.get_all<double>();
    found.push_back(std::move(cue));
  }
  return found;
}

}  // namespace

double RecallResult::recalled_fraction() const {
  const auto whole = std::count_if(cues.begin(), cues.end(), [](const auto& cue) { return cue.wrong_after == 0; });
  return cues.empty() ? 0 : double(whole) / double(cues.size());
}

double RecallResult::energy_rise_max() const {
  double rise = std::numeric_limits<double>::quiet_NaN();
  for (const memory::Recalled& cue : cues) {
    double largest = 0, highest_rise = 0;
    for (const double energy : cue.energies) largest = std::max(largest, std::abs(energy));
    for (std::size_t frame = 1; frame < cue.energies.size(); ++frame)
      highest_rise = std::max(highest_rise, cue.energies[frame] - cue.energies[frame - 1]);
    if (largest > 0) rise = std::fmax(rise, highest_rise / largest);
  }
  return rise;
}

config::RecallConfig effective(config::RecallConfig config) {
  config.execution.backend = resolve(config.execution.backend);
  return config;
}

void recall(const config::RecallConfig& config, RunListener& listener, RecallResult& result) {
  if (!config.patterns_file.empty())
    load_patterns(config.patterns_file, result);
  else if (!config.images.empty())
    load_images(config, result);
  else
    result.patterns = with_remedy("fewer neurons (patterns.n) or patterns (patterns.k) need less",
                                  [&] { return Patterns::random(config.neurons, config.patterns, config.seed); });

  memory::MemorySetup setup;
  setup.patterns = result.patterns;
  setup.parameters = result.parameters = config.network.of(result.patterns.neurons());
  result.why_no_energy =
      config.record_every == 0 ? "no traces are recorded (recording.interval = 0)" : memory::why_no_energy(setup);
  if (!result.why_no_energy.empty()) listener.message("no energy: " + result.why_no_energy);

  memory::RecallOptions options;
  options.regime = config.network.regime;
  options.corruption = config.cue.corruption;
  options.level = config.cue.level;
  options.seed = config.seed;
  options.steps = config.steps;
  options.record_every = config.record_every;
  options.with_energy = result.why_no_energy.empty();
  options.backend = resolve(config.execution.backend);
  options.precision = config.execution.precision;
  options.threads = config.execution.threads;
  std::int64_t count = result.patterns.count();
  if (config.cues > 0) count = std::min<std::int64_t>(count, config.cues);
  std::vector<std::int64_t> memories(static_cast<std::size_t>(count));
  std::iota(memories.begin(), memories.end(), std::int64_t(0));
  const std::string remedy = fmt::format("fewer neurons ({}) or float32 (execution.precision) need less",
                                         config.images.empty() ? "patterns.n" : "patterns.side");
  options.prepared = [&listener] { listener.prepared(); };
  const auto key = [](std::size_t first) { return fmt::format("cues from {}", first); };
  options.kept = [&](std::size_t first) {
    const run::Checkpoints* const checkpoints = listener.checkpoints();
    return run::is_kept(checkpoints, key(first)) ? recalled_in(*checkpoints->finished(key(first)))
                                                 : std::vector<memory::Recalled>();
  };
  options.keep = [&](std::size_t first, std::span<const memory::Recalled> found) {
    if (auto* const checkpoints = listener.checkpoints()) checkpoints->finish(key(first), piece_of(found).bytes());
  };
  options.stop = [&listener] { return listener.cancelled(); };
  listener.progress("recalling", 0);
  with_remedy(remedy, [&] {
    memory::recall(setup, memories, options, result.cues, [&](double fraction) {
      listener.progress("recalling", fraction);
      return !listener.cancelled();
    });
  });
}

}  // namespace tripartite::simulation
