#pragma once

#include <vector>

#include "tripartite/attention/engine.hpp"

namespace tripartite::benchmarks {

/// The baseline: heads with favor features and identical synapses, as a good engineer would write them in an hour.
/// Exponential Euler, step by step, OpenMP over heads, innermost loops over hidden neurons marked for vectorisation.
/// Like the library, it filters logits instead of keys, so that no step multiplies by the feature matrix.
class PlainHeads {
 public:
  /// Tokens [tokens x heads * width] in float, as Engine::load_tokens takes them.
  PlainHeads(const attention::EngineSetup& setup, std::vector<float> query, std::vector<float> key,
             std::vector<float> value);

  void settle(int token, int steps) { forward(token, steps, false); }
  void write(int token, int steps) { forward(token, steps, true); }
  void read(int token, int steps);

  std::vector<float> field(attention::Field field, int head) const;

 private:
  struct Head {
    std::vector<float> omega;                      // [hidden x width], scaled
    std::vector<float> logit;                      // [hidden] of the filtered key or query
    std::vector<float> query, key, value, output;  // [width]
    std::vector<float> rate;                       // [hidden]
    std::vector<float> hebbian, store, calcium;    // [width x hidden]
  };

  void forward(int token, int steps, bool plastic);
  void start(Head& head, const float* target, const std::vector<float>& filtered, std::vector<float>& logit_target);
  void move_rates(Head& head, const std::vector<float>& logit_target, const std::vector<float>& filtered);
  float global_calcium(const Head& head) const;
  void move_filters(Head& head, int index, int token);

  int width_, hidden_;
  float dt_, floor_, filter_, rate_gain_, output_gain_, calcium_gain_, hebbian_gain_, store_gain_;
  std::vector<float> queries_, keys_, values_;
  std::vector<Head> heads_;
};

}  // namespace tripartite::benchmarks
