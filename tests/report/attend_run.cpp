#include "report/attend_run.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "report/hdf5_writer.hpp"

namespace tripartite {
namespace {

constexpr int layers = 4, heads = 4, width = 8;
constexpr double settle_time = 0.1, write_time = 0.1, read_time = 0.5;

std::vector<double> normal(std::size_t size, std::mt19937_64& random, double deviation = 1) {
  std::normal_distribution<double> draw(0, deviation);
  std::vector<double> values(size);
  for (double& value : values) value = draw(random);
  return values;
}

std::vector<double> with_noise(std::vector<double> values, double deviation, std::mt19937_64& random) {
  const auto noise = normal(values.size(), random, deviation);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += noise[i];
  return values;
}

struct Span {
  std::string kind;
  double begin, end;
  std::size_t token;
};

std::vector<Span> schedule(std::size_t tokens, bool causal) {
  std::vector<Span> spans;
  const auto add = [&](const char* kind, double duration, std::size_t token) {
    const double begin = spans.empty() ? 0 : spans.back().end;
    spans.push_back({kind, begin, begin + duration, token});
  };
  for (std::size_t t = 0; t < tokens; ++t) {
    add("settle", settle_time, t);
    add("write", write_time, t);
    if (causal) add("read", read_time, t);
  }
  for (std::size_t t = 0; t < tokens && !causal; ++t) add("read", read_time, t);
  return spans;
}

}  // namespace

nlohmann::json AttendRun::summary() const {
  auto results = nlohmann::json::array();
  for (int layer = 0; layer < layers; ++layer)
    for (int head = 0; head < heads; ++head)
      results.push_back({{"layer", layer},
                         {"head", head},
                         {"error_linear", 1e-5 * (1 + layer) + 1e-6 * head},
                         {"error_softmax", 2e-5 * (1 + layer) + 1e-6 * head},
                         {"synapses", width * tokens.size()}});
  return {{"schema", 1},
          {"command", "attend"},
          {"status", "complete"},
          {"version", "0.1.0"},
          {"backend", "cpu"},
          {"device", "a made-up processor"},
          {"instruction_set", "avx2"},
          {"precision", "float32"},
          {"threads", 2},
          {"seed", 1},
          {"config",
           {{"input", {{"text", text}}},
            {"model", {{"path", "embedded"}}},
            {"features", {{"map", features}, {"m", 0}}},
            {"neuron", {{"tau_input", 0.01}, {"tau_hidden", 0.01}, {"tau_output", 0.01}}},
            {"astrocyte", {{"tau_calcium", 0.05}, {"count", 1}}},
            {"schedule",
             {{"settle_time", settle_time}, {"write_time", write_time}, {"delay_time", 0.0}, {"read_time", read_time}}},
            {"solver", {{"method", "exact"}, {"dt", 0.001}}}}},
          {"timing", {{"total_s", 12.5}, {"phases", {{"settle", 2.0}, {"write", 3.0}, {"read", 6.25}}}}},
          {"results",
           {{"model", model},
            {"features", features},
            {"width", width},
            {"hidden", tokens.size()},
            {"text", text},
            {"heads", results},
            {"end_to_end",
             {{"kl_mean", 3.2e-7},
              {"top1_agreement", 1.0},
              {"perplexity_transformer", 31.4159},
              {"perplexity_network", 31.4162}}}}}};
}

void AttendRun::write_attention(const std::filesystem::path& path) const {
  std::mt19937_64 random(7);
  Hdf5Writer file(path);
  const std::size_t T = tokens.size();
  file.attribute("/", "schema", 1);
  file.attribute("/", "model", model);
  file.attribute("/", "features", features);
  file.attribute("/", "causal", int(causal));
  if (!without.contains("/tokens")) file.strings("/tokens", tokens);
  for (int layer = 0; layer < layers && !without.contains("/layers"); ++layer) {
    const std::string group = fmt::format("/layers/{}/", layer);
    const std::vector<hsize_t> shape{T, heads, width};
    const auto softmax = normal(T * heads * width, random, 0.4 + 0.2 * layer);
    for (const char* name : {"query", "key", "value"})
      file.numbers(group + name, shape, normal(softmax.size(), random));
    file.numbers(group + "softmax", shape, softmax);
    file.numbers(group + "linear", shape, with_noise(softmax, 0.15, random));
    file.numbers(group + "network", shape, with_noise(softmax, 2e-4, random));
  }
  if (!without.contains("/map")) {
    std::vector<double> map(T * T, 0.0);
    const auto logits = normal(T * T, random, 1.5);
    for (std::size_t i = 0; i < T; ++i) {
      double sum = 0;
      const std::size_t end = causal ? i + 1 : T;
      for (std::size_t j = 0; j < end; ++j)
        sum += map[i * T + j] = std::exp(logits[i * T + j] - 0.2 * std::abs(double(i) - double(j)));
      for (std::size_t j = 0; j < end; ++j) map[i * T + j] /= sum;
    }
    auto network = with_noise(map, 3e-6, random);
    for (std::size_t i = 0; i < map.size(); ++i)
      if (map[i] == 0) network[i] = 0;
    file.group("/map");
    file.attribute("/map", "layer", 1);
    file.attribute("/map", "head", 2);
    file.numbers("/map/transformer", {T, T}, map);
    file.numbers("/map/network", {T, T}, network);
    for (int head = 0; head < offered_heads; ++head) {
      const std::string group = fmt::format("/maps/{}", head);
      file.group(group);
      file.attribute(group, "layer", 3);
      file.attribute(group, "head", head);
      file.numbers(group + "/transformer", {T, T}, map);
      file.numbers(group + "/network", {T, T}, network);
    }
  }
  const auto study = [&](const std::string& group, const char* x, const std::vector<double>& values, auto law) {
    if (without.contains(group)) return;
    std::vector<double> error;
    for (const double value : values)
      for (const double spread : normal(layers * heads, random, 0.5)) error.push_back(law(value) * std::exp(spread));
    file.numbers(group + "/" + x, values);
    file.numbers(group + "/error", {values.size(), layers * heads}, error);
  };
  if (!without.contains("/studies")) {
    const std::vector<double> m{16, 32, 64, 128, 256, 512, 1024, 2048};
    const auto falling = [](double scale, double power) {
      return [=](double hidden) { return scale * std::pow(hidden / 16, -power); };
    };
    study("/studies/features/favor", "m", m, falling(1.1, 0.12));
    study("/studies/features/favor_sharp", "m", m, falling(1.1, 0.2));
    study("/studies/features/favor_balanced", "m", m, falling(0.8, 0.33));
    study("/studies/features/relu", "m", m, falling(1.0, 0.05));
    study("/studies/features/elu1", "m", {width}, falling(0.7, 0));
    study("/studies/features/slots", "m", {double(T), 2.0 * double(T)}, [](double) { return 2e-16; });
    const std::vector<double> times{0.025, 0.05, 0.075, 0.1, 0.15, 0.2};
    study("/studies/settle_time", "value", times,
          [](double t) { return 0.6 * (1 + t / 0.01) * std::exp(-t / 0.01) + 2e-7; });
    study("/studies/read_time", "value", {0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0},
          [](double t) { return 0.4 * std::exp(-t / 0.05) + 1e-7; });
    for (const std::string group : {"/studies/settle_time", "/studies/read_time"})
      if (!without.contains(group)) {
        file.attribute(group, "tau_input", 0.01);
        file.attribute(group, "tau_calcium", 0.05);
      }
  }
  if (!without.contains("/phases")) {
    std::vector<std::string> kinds;
    std::vector<double> begins, ends;
    std::vector<std::int64_t> held;
    for (const Span& span : schedule(T, causal)) {
      kinds.push_back(span.kind);
      begins.push_back(span.begin);
      ends.push_back(span.end);
      held.push_back(std::int64_t(span.token));
    }
    file.strings("/phases/kind", kinds);
    file.numbers("/phases/begin", begins);
    file.numbers("/phases/end", ends);
    file.integers("/phases/token", held);
  }
}

void AttendRun::write_recordings(const std::filesystem::path& path) const {
  std::mt19937_64 random(11);
  Hdf5Writer file(path);
  const std::size_t T = tokens.size();
  const auto spans = schedule(T, causal);
  const double step = 0.01;
  const auto frames = std::size_t(std::lround(spans.back().end / step));
  std::vector<std::int64_t> nodes;
  for (const std::size_t index : recorded) nodes.push_back(std::int64_t(recorded_head * width * T + index));
  const auto values = normal(T * nodes.size(), random);
  std::vector<double> calcium, store, hebbian, p(nodes.size(), 0.0), g(nodes.size(), 0.0), H(nodes.size(), 0.0);
  std::size_t now = 0;
  for (std::size_t frame = 1; frame <= frames; ++frame) {
    const double time = double(frame) * step;
    while (now + 1 < spans.size() && spans[now].end < time - 1e-9) ++now;
    for (std::size_t s = 0; s < nodes.size(); ++s) {
      const std::size_t hidden = recorded[s] % T, token = spans[now].token;
      if (spans[now].kind == "write" && hidden == token) {
        g[s] += step / write_time;
        H[s] += step / write_time * values[token * nodes.size() + s];
      }
      const double drive = spans[now].kind == "read" ? 0.3 + std::abs(values[token * nodes.size()]) : 0.02;
      p[s] += (drive - p[s]) * (1 - std::exp(-step / 0.05));
    }
    calcium.insert(calcium.end(), p.begin(), p.end());
    store.insert(store.end(), g.begin(), g.end());
    hebbian.insert(hebbian.end(), H.begin(), H.end());
  }
  for (const auto& [name, data] :
       {std::pair{"calcium", &calcium}, std::pair{"store", &store}, std::pair{"hebbian", &hebbian}}) {
    const std::string group = fmt::format("/report/{}", name);
    if (without.contains("/report") || without.contains(group)) continue;
    std::vector<std::int64_t> pointers;
    for (std::size_t i = 0; i <= nodes.size(); ++i) pointers.push_back(std::int64_t(i));
    file.numbers(group + "/data", {frames, nodes.size()}, *data);
    file.integers(group + "/mapping/node_ids", nodes);
    file.integers(group + "/mapping/index_pointers", pointers);
    file.integers(group + "/mapping/element_ids", std::vector<std::int64_t>(nodes.size(), 0));
    file.numbers(group + "/mapping/time", {1e3 * step, 1e3 * double(frames + 1) * step, 1e3 * step});
    file.attribute(group + "/mapping/time", "units", "ms");
  }
}

void AttendRun::write(const std::filesystem::path& directory) const {
  std::ofstream(directory / "summary.json") << summary().dump(2);
  write_attention(directory / "attention.h5");
  write_recordings(directory / "recordings.h5");
}

}  // namespace tripartite
