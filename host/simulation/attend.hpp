#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/attend_config.hpp"
#include "host/simulation/run_listener.hpp"
#include "tripartite/attention/calcium_calibration.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::simulation {

/// Relative L2 errors (Frobenius norm over tokens x width) of one head of the network.
struct HeadResult {
  int layer = 0;
  int head = 0;
  double error_linear = 0;   // against linear attention with the same features (slots: softmax)
  double error_softmax = 0;  // against softmax attention
  std::size_t synapses = 0;  // tripartite synapses
};

/// How alike the answers of transformer and network are.
struct EndToEnd {
  bool causal = false;
  double kl_mean = 0;         // causal: mean over tokens of KL(transformer || network) [nat]
  double top1_agreement = 0;  // causal: fraction of tokens whose likeliest next token is the same
  double perplexity_transformer = 0;
  double perplexity_network = 0;
  double cosine = 0;  // encoder: of the two sentence embeddings, or of the class tokens of an image
  std::vector<double> classes_transformer, classes_network;  // image, if the model has classes: probability of each
};

/// What entered and left the attention of one layer while the network ran, [tokens x heads * width] each.
struct LayerTensors {
  std::vector<double> query, key, value;
  std::vector<double> network;  // contexts of the integrated network
  std::vector<double> softmax;  // of softmax attention on the same queries, keys and values
  std::vector<double> linear;   // of linear attention with the same features
};

struct PhaseSpan {
  attention::Phase phase = attention::Phase::settle;
  int token = 0;
  double begin = 0;  // [s] of the layer's clock
  double end = 0;
};

/// Recorded values of one field, all recorded heads of all layers.
struct RecordedField {
  attention::Field field = attention::Field::calcium;
  std::vector<std::uint64_t> ids;  // (layer * heads + head) * elements of the field per head + element
  std::vector<double> times;       // [s]
  std::vector<float> values;       // [times x ids]
};

/// Who attends to whom in one head: row = reading token, column = written token, [tokens x tokens].
struct AttentionMap {
  int layer = 0;
  int head = 0;
  std::vector<double> transformer;
  std::vector<double> network;  // read out of the integrated network by writing unit vectors as values
};

/// An image that was read.
struct ImageRead {
  std::string name;
  int width = 0, height = 0;            // of the file [pixels]
  int side = 0;                         // rows and columns that the model sees
  int patches = 0;                      // per row and column; token 1 + row * patches + column, after the class token
  int patch_size = 0;                   // [pixels]
  std::vector<std::uint8_t> values;     // as the model sees it, [side x side x 3]
  std::vector<AttentionMap> attention;  // of the heads that are drawn
};

/// Relative L2 error of linear against softmax attention, algebraically, for one feature map.
struct FeatureStudy {
  attention::Feature feature = attention::Feature::favor;
  std::vector<int> m;
  std::vector<std::vector<double>> error;  // [m][heads]
};

/// Error of the integrated network against linear attention with the same features, over one duration.
struct TimeStudy {
  std::vector<double> value;               // [s]
  std::vector<std::vector<double>> error;  // [value][heads]
};

/// How a calcium model was made to stand for the normaliser.
struct CalciumFit {
  attention::CalciumCurve curve;
  std::vector<std::vector<attention::ProcessScale>> layers;  // [layers][heads]
};

/// Filled as the run goes on, so that a run that is stopped leaves what it has.
struct AttendResult {
  std::string model;         // as it was found: a directory or the name of an embedded model
  std::string model_option;  // what names it in a configuration
  transformer::ModelShape shape;
  attention::Feature feature = attention::Feature::slots;
  int hidden = 0;  // m
  std::string text;
  std::vector<int> token_ids;
  std::vector<std::string> tokens;
  std::vector<LayerTensors> layers;
  std::vector<HeadResult> heads;
  std::optional<EndToEnd> end_to_end;
  std::optional<CalciumFit> calcium;
  int recorded_layer = 0;
  std::vector<PhaseSpan> phases;  // of recorded_layer
  std::vector<RecordedField> recordings;
  std::optional<AttentionMap> map;  // of the first recorded head
  std::vector<AttentionMap> maps;   // of the other heads that the report offers
  std::optional<ImageRead> image;
  std::vector<FeatureStudy> feature_studies;
  std::optional<TimeStudy> settle_study, read_study;
  std::map<std::string, double> seconds;  // wall time by phase of the run
};

/// Reads a text with a transformer twice, as it is and with every attention head of every layer replaced by an
/// integrated neuron-astrocyte network, and compares. Throws ConfigError, FileError, MemoryError, DeviceError,
/// NumericsError, Cancelled; `result` then holds what was finished.
void attend(const config::AttendConfig& config, RunListener& listener, AttendResult& result);

/// The configuration with everything in it that the run found out or chose: the text itself, the model's name, the
/// feature map, m and the backend. Running with it repeats the run.
config::AttendConfig effective(config::AttendConfig config, const AttendResult& result);

/// The feature map that suits the attention a model was trained with: slots for softmax, elu1 for linear_elu1.
attention::Feature natural_feature(transformer::AttentionKind kind);

/// What a model reads.
enum class Input { text, image };

/// Files of the model that `name` means: "softmax" and "linear" are embedded, one pair for texts and one for images;
/// all else is a directory.
transformer::ModelFiles open_model(std::string_view name, Input input = Input::text);

}  // namespace tripartite::simulation
