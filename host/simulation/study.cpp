#include "host/simulation/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "host/backend/require_memory.hpp"
#include "host/config/choices.hpp"
#include "host/config/study_parameters.hpp"
#include "host/io/parse_number.hpp"
#include "host/io/text_file.hpp"
#include "host/run/pieces.hpp"
#include "host/simulation/attention_errors.hpp"
#include "host/simulation/attention_options.hpp"
#include "host/simulation/calibrate.hpp"
#include "host/simulation/image_input.hpp"
#include "host/simulation/study_progress.hpp"
#include "host/transformer/tokenizer.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/measures.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::simulation {
namespace {

using attention::Feature;

struct Column {
  std::string_view name;
  double StudyRow::*value;
};
constexpr std::array measures{Column{"agreement", &StudyRow::agreement},
                              Column{"kl_mean", &StudyRow::kl_mean},
                              Column{"perplexity", &StudyRow::perplexity},
                              Column{"accuracy", &StudyRow::accuracy},
                              Column{"cosine", &StudyRow::cosine},
                              Column{"head_error", &StudyRow::head_error},
                              Column{"by", &StudyRow::by}};
constexpr std::string_view first_line =
    "features,value,seed,agreement,kl_mean,perplexity,accuracy,cosine,head_error,by";

/// `most` of `all`, evenly spread; 0 means all.
template <class T>
std::vector<T> evenly(std::vector<T> all, int most) {
  const std::size_t wanted = most == 0 ? all.size() : std::min(all.size(), std::size_t(most));
  std::vector<T> chosen;
  for (std::size_t n = 0; n < wanted; ++n) chosen.push_back(std::move(all[n * all.size() / wanted]));
  return chosen;
}

/// Answers of a whole model: to each text the scores of every token or an embedding, to images the scores of classes.
template <class Real>
using Answers = std::vector<std::vector<Real>>;

template <class Real>
class StudyRun {
 public:
  StudyRun(const config::StudyConfig& config, RunListener& listener, StudyResult& result)
      : config_(config),
        listener_(listener),
        result_(result),
        files_(open_model(config.model == "embedded" ? "softmax" : config.model,
                          config.digits || !config.images.empty() ? Input::image : Input::text)),
        model_(files_) {}

  void run(const std::function<void()>& row_done) {
    read_input();
    describe();
    const auto shape = attention_shape();
    const auto reference = transformer::make_reference_attention<Real>(Backend::cpu, this->shape().attention, shape);
    reference_ = answers(*reference);
    StudyRow own = compared(reference_);
    if (!is_image()) own.head_error = 0;
    result_.reference = measure_of(own, result_.measure);
    if (std::isnan(result_.reference))
      throw ConfigError(
          fmt::format("study.measure = {}: does not apply to {} on this input", result_.measure, result_.model));

    auto maps = config_.maps;
    if (maps.empty()) maps.push_back(config_.features.map.value_or(natural_feature(this->shape().attention)));
    check(maps, shape);
    result_.rows = earlier_rows();
    result_.resumed = result_.rows.size();
    listener_.prepared();

    const std::vector<Point> points = points_of(maps);
    StudyProgress progress(listener_, costs_of(points), kinds_of(points));
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (is_known(points[i])) continue;
      result_.rows.push_back(run::kept(listener_.checkpoints(), key_of(points[i]), [&] {
        progress.begin(i);
        const StudyRow row = measured(points[i], progress);
        progress.end();
        return row;
      }));
      if (row_done) row_done();
    }
  }

 private:
  struct Point {
    Feature map;
    double value, by;
    std::uint64_t seed;
  };

  /// Seeds next to each other: the first tells what the others cost.
  std::vector<Point> points_of(const std::vector<Feature>& maps) const {
    std::vector<Point> points;
    for (const Feature map : maps)
      for (const double by : by_values())
        for (const double value : config_.values)
          for (int n = 0; n < config_.seeds; ++n)
            points.push_back({map, value, by, config_.network.seed + std::uint64_t(n)});
    return points;
  }

  std::vector<std::size_t> kinds_of(const std::vector<Point>& points) const {
    std::vector<std::size_t> kinds;
    for (std::size_t i = 0; i < points.size(); ++i) kinds.push_back(i / std::size_t(config_.seeds));
    return kinds;
  }

  attention::NetworkOptions options_at(const Point& point) {
    auto options = attention_options(config::at_value(config_, point.value, point.by), shape());
    options.feature = point.map;
    options.parameters.seed = point.seed;
    if (needs_calibration(options)) options.calibration = calibration();
    return options;
  }

  int images_together() const { return images_at_once(shape(), shape().max_tokens); }

  /// Values can differ a hundredfold in cost, so that it is measured before the work begins, on about a hundredth of
  /// it.
  std::vector<PointCost> costs_of(const std::vector<Point>& points) {
    std::vector<PointCost> costs;
    const auto check = [&] {
      if (listener_.cancelled()) throw Cancelled("interrupted");
    };
    bool is_warm = false;
    const int sequences = is_image() ? std::clamp(int(result_.inputs / 10), 1, images_together()) : 1;
    for (const Point& point : points) {
      listener_.progress("measuring the cost of each value", double(costs.size()) / double(points.size()));
      PointCost& cost = costs.emplace_back();
      if (is_known(point) || run::is_kept(listener_.checkpoints(), key_of(point))) continue;
      const auto options = options_at(point);
      const auto attention = attention_shape();
      const int hidden = attention::hidden_neurons(options, attention.head_size, attention.max_tokens);
      const auto measure = [&] { return measure_network<Real>(attention, options, hidden, sequences, check); };
      if (!std::exchange(is_warm, true)) measure();  // threads and memory
      cost.layers = measure();
      cost.measured_sequences = sequences;
      if (is_image())
        cost.whole = cost_of(cost.layers, shape().max_tokens, shape().causal) * double(result_.inputs) / sequences;
      for (const auto& ids : texts_) cost.whole += cost_of(cost.layers, int(ids.size()), shape().causal);
    }
    return costs;
  }

  /// Values of the second parameter; without one, none that is a number.
  std::vector<double> by_values() const {
    return config_.by ? config_.by_values : std::vector{std::numeric_limits<double>::quiet_NaN()};
  }
  const transformer::ModelShape& shape() const { return model_.shape(); }
  bool is_image() const { return shape().image_channels > 0; }

  void read_input() {
    result_.model = files_.name();
    result_.shape = shape();
    if (is_image())
      read_pictures();
    else
      read_texts();
  }

  void read_pictures() {
    if (shape().classes == 0) throw ConfigError(files_.name() + ": has no classification head; a study needs one");
    const bool is_given = !config_.images.empty();
    auto images = is_given ? read_images(config_.images) : heldout_digits();
    labels_ = is_given || shape().classes != 10 ? std::vector<int>(images.size(), -1) : heldout_labels();
    images = evenly(std::move(images), config_.most);
    labels_ = evenly(std::move(labels_), config_.most);
    pixels_ = image_values<Real>({files_, shape()}, images);
    result_.inputs = images.size();
    result_.tokens = images.size() * std::size_t(shape().max_tokens);
  }

  void read_texts() {
    if (config_.digits || !config_.images.empty())
      throw ConfigError(fmt::format("{} ({}) reads text, not images", files_.name(), shape().family));
    tokenizer_ = transformer::make_tokenizer(files_, shape());
    const std::string text =
        config_.texts.empty()
            ? std::string(transformer::embedded_text(shape().causal ? "demo.txt" : "encoder_demo.txt"))
            : io::read_file(config_.texts);
    const int most = std::min(config_.most_tokens, shape().max_tokens);
    for (const std::string_view paragraph : evenly(paragraphs_of(text), config_.most)) {
      auto ids = tokenizer_->encode(paragraph, most).ids;
      if (ids.size() < 2) continue;
      longest_ = std::max(longest_, int(ids.size()));
      result_.tokens += ids.size();
      texts_.push_back(std::move(ids));
    }
    if (texts_.empty()) throw ConfigError(config_.texts + ": no paragraph of at least two tokens");
    result_.inputs = texts_.size();
  }

  void describe() {
    const auto& table = config::study_parameters();
    const auto unit_of = [&](config::StudyAxis axis) {
      for (const config::Parameter& parameter : table.parameters())
        if (parameter.key == config::varied_key(axis)) return parameter.unit;
      return std::string();
    };
    result_.over = config::choice_name(config_.over);
    result_.unit = unit_of(config_.over);
    if (config_.by) {
      result_.by = config::choice_name(*config_.by);
      result_.by_unit = unit_of(*config_.by);
    }
    const bool has_truth = std::any_of(labels_.begin(), labels_.end(), [](int label) { return label >= 0; });
    if (is_image())
      result_.measure = has_truth ? "accuracy" : "agreement";
    else
      result_.measure = shape().causal ? "perplexity" : "cosine";
    if (config_.measure != config::StudyMeasure::automatic) result_.measure = config::choice_name(config_.measure);
  }

  transformer::AttentionShape attention_shape() const { return shape().attention_shape(is_image() ? 0 : longest_); }

  /// Refuses what cannot be before hours are spent on what can.
  void check(const std::vector<Feature>& maps, const transformer::AttentionShape& shape) const {
    for (const Feature map : maps)
      for (const double by : by_values())
        for (const double value : config_.values) {
          auto options = attention_options(config::at_value(config_, value, by), this->shape());
          options.feature = map;
          attention::hidden_neurons(options, shape.head_size, shape.max_tokens);
        }
  }

  std::vector<StudyRow> earlier_rows() const {
    if (config_.resume.empty()) return {};
    const std::filesystem::path before(config_.resume);
    const auto& table = config::study_parameters();
    config::Settings settings(table.parameters());
    settings.read_file(before / "config.toml");
    auto then = table.values(table.resolve(settings)), now = table.values(effective());
    for (std::size_t i = 0; i < now.size(); ++i) {
      const auto& parameter = table.parameters()[i];
      // More values, maps and seeds may be asked for than before.
      const bool may_differ = parameter.transient || parameter.key == "study.values" || parameter.key == "study.maps" ||
                              parameter.key == "study.seeds" || parameter.key == "study.by_values" ||
                              parameter.key == "study.measure" || parameter.key == config::varied_key(config_.over) ||
                              (config_.by && parameter.key == config::varied_key(*config_.by));
      if (!may_differ && then[i] != now[i])
        throw ConfigError(fmt::format("--resume {}: was another study: {} = {} there, {} here", config_.resume,
                                      parameter.key, config::to_message(then[i]), config::to_message(now[i])));
    }
    const auto csv = before / "study.csv";
    return read_study_rows(io::read_file(csv), csv.string());
  }

  config::StudyConfig effective() const { return simulation::effective(config_, result_); }

  static std::string key_of(const Point& point) {
    return fmt::format("{} at {} and {}, seed {}", config::choice_name(point.map), point.value, point.by, point.seed);
  }

  bool is_known(const Point& point) const {
    return std::any_of(result_.rows.begin(), result_.rows.end(), [&](const StudyRow& row) {
      return row.feature == point.map && row.value == point.value && row.seed == point.seed &&
             (row.by == point.by || !config_.by);
    });
  }

  const std::vector<attention::LayerCalibration>& calibration() {
    if (calibration_.empty())
      calibration_ = is_image() ? calibrate_layers<Real>(model_, pixels_)
                                : calibrate_layers(model_, *tokenizer_, transformer::embedded_text("calibration.txt"));
    return calibration_;
  }

  StudyRow measured(const Point& point, StudyProgress& progress) {
    attention::NetworkAttention<Real> network(attention_shape(), options_at(point), &progress);
    std::vector<transformer::Trace<Real>> traces(texts_.size());
    StudyRow row = compared(with_remedy(less_memory, [&] { return answers(network, traces, &progress); }));
    if (!is_image()) row.head_error = head_error(network, traces);
    row.feature = point.map;
    row.value = point.value;
    row.by = point.by;
    row.seed = point.seed;
    return row;
  }

  /// Median over texts and heads of the error of what the network put out, against linear attention with the same
  /// features (slots: softmax) on the same queries, keys and values.
  double head_error(const attention::NetworkAttention<Real>& network,
                    const std::vector<transformer::Trace<Real>>& traces) const {
    const int heads = shape().heads, width = shape().head_size;
    std::vector<double> errors;
    for (std::size_t layer = 0; layer < std::size_t(shape().layers); ++layer) {
      const auto maps = network.maps(int(layer), longest_);
      for (std::size_t text = 0; text < traces.size(); ++text)
        for (int head = 0; head < heads; ++head) {
          const int tokens = int(texts_[text].size());
          const auto columns = [&](const std::vector<Real>& matrix) {
            return head_columns(std::vector<double>(matrix.begin(), matrix.end()), tokens, heads, width, head);
          };
          const auto& trace = traces[text];
          const HeadTensors tensors{tokens,
                                    width,
                                    shape().causal,
                                    columns(trace.query[layer]),
                                    columns(trace.key[layer]),
                                    columns(trace.value[layer])};
          errors.push_back(transformer::relative_l2<double>(columns(trace.context[layer]),
                                                            linear_context(tensors, maps[std::size_t(head)])));
        }
    }
    const auto middle = errors.begin() + std::ptrdiff_t(errors.size() / 2);
    std::nth_element(errors.begin(), middle, errors.end());
    return *middle;
  }

  /// `traces`, one per text, or none.
  Answers<Real> answers(transformer::Attention<Real>& attention, std::span<transformer::Trace<Real>> traces = {},
                        StudyProgress* progress = nullptr) {
    if (is_image())
      return {class_scores<Real>(model_, attention, pixels_, images_together(), [&](std::size_t first) {
        if (listener_.cancelled()) throw Cancelled("interrupted");
        if (progress != nullptr)
          progress->set_sequences(std::min(std::size_t(images_together()), result_.inputs - first));
      })};
    Answers<Real> all;
    transformer::Sequence<Real> sequence(model_, attention);
    for (const auto& ids : texts_) {
      if (listener_.cancelled()) throw Cancelled("interrupted");
      sequence.restart();
      if (!traces.empty()) sequence.record(&traces[all.size()]);
      sequence.append(ids);
      if (shape().causal) {
        const auto logits = sequence.logits(int(ids.size()));
        all.emplace_back(logits.begin(), logits.end());
      } else {
        all.push_back(sequence.sentence_embedding());
      }
    }
    return all;
  }

  StudyRow compared(const Answers<Real>& got) const {
    StudyRow row;
    if (is_image()) {
      const int classes = shape().classes;
      row.agreement = transformer::top1_agreement<Real>(reference_.front(), got.front(), classes);
      row.kl_mean = transformer::kl_mean<Real>(reference_.front(), got.front(), classes);
      int known = 0, right = 0;
      for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (labels_[i] < 0) continue;
        const auto first = got.front().begin() + std::ptrdiff_t(i) * classes;
        ++known;
        right += std::max_element(first, first + classes) - first == labels_[i] ? 1 : 0;
      }
      if (known > 0) row.accuracy = double(right) / known;
    } else if (shape().causal) {
      compare_language(got, row);
    } else {
      row.cosine = 0;
      for (std::size_t i = 0; i < got.size(); ++i)
        row.cosine += transformer::cosine<Real>(reference_[i], got[i]) / double(got.size());
    }
    return row;
  }

  void compare_language(const Answers<Real>& got, StudyRow& row) const {
    const int vocabulary = shape().vocabulary;
    double agreement = 0, divergence = 0, surprise = 0, predicted = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double tokens = double(texts_[i].size());
      agreement += tokens * transformer::top1_agreement<Real>(reference_[i], got[i], vocabulary);
      divergence += tokens * transformer::kl_mean<Real>(reference_[i], got[i], vocabulary);
      surprise += (tokens - 1) * std::log(transformer::perplexity<Real>(got[i], texts_[i], vocabulary));
      predicted += tokens - 1;
    }
    row.agreement = agreement / double(result_.tokens);
    row.kl_mean = divergence / double(result_.tokens);
    row.perplexity = std::exp(surprise / predicted);
  }

  const config::StudyConfig& config_;
  RunListener& listener_;
  StudyResult& result_;
  transformer::ModelFiles files_;
  transformer::Model<Real> model_;
  std::unique_ptr<transformer::Tokenizer> tokenizer_;
  std::vector<std::vector<int>> texts_;
  int longest_ = 0;
  std::vector<Real> pixels_;
  std::vector<int> labels_;
  std::vector<attention::LayerCalibration> calibration_;
  Answers<Real> reference_;
};

double parse_number(std::string_view cell, const std::string& where) {
  if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto value = io::parse_number<double>(cell);
  if (!value) throw FileError(fmt::format("{}: \"{}\": a number is expected", where, cell));
  return *value;
}

}  // namespace

config::StudyConfig effective(config::StudyConfig config, const StudyResult& result) {
  if (config.model == "embedded") config.model = "softmax";
  const auto absolute = [](std::string& path) { path = std::filesystem::absolute(path).lexically_normal().string(); };
  if (config.model != "softmax" && config.model != "linear") absolute(config.model);
  if (!config.texts.empty()) absolute(config.texts);
  for (std::string& image : config.images) absolute(image);
  if (config.maps.empty()) config.maps.push_back(config.features.map.value_or(natural_feature(result.shape.attention)));
  config.execution.backend = attention::resolve_backend(config.execution.backend, config.network);
  return config;
}

void study(const config::StudyConfig& config, RunListener& listener, StudyResult& result,
           const std::function<void()>& row_done) {
  if (config.execution.precision == Precision::float64)
    StudyRun<double>(config, listener, result).run(row_done);
  else
    StudyRun<float>(config, listener, result).run(row_done);
}

double measure_of(const StudyRow& row, std::string_view name) {
  for (const Column& column : measures)
    if (column.name == name) return row.*column.value;
  return std::numeric_limits<double>::quiet_NaN();
}

std::string to_csv(const StudyResult& result) {
  std::string csv(first_line);
  csv += '\n';
  for (const StudyRow& row : result.rows) {
    csv += fmt::format("{},{},{}", config::choice_name(row.feature), row.value, row.seed);
    for (const Column& column : measures)
      csv += std::isfinite(row.*column.value) ? fmt::format(",{}", row.*column.value) : ",";
    csv += '\n';
  }
  return csv;
}

std::vector<StudyRow> read_study_rows(std::string_view csv, const std::string& where) {
  const auto next = [](std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return piece;
  };
  if (next(csv, '\n') != first_line) throw FileError(fmt::format("{}: the first line must be {}", where, first_line));
  std::vector<StudyRow> rows;
  for (int number = 2; !csv.empty(); ++number) {
    const std::string place = fmt::format("{}, line {}", where, number);
    std::string_view line = next(csv, '\n');
    if (std::count(line.begin(), line.end(), ',') != std::count(first_line.begin(), first_line.end(), ','))
      throw FileError(place + ": ten values are expected");
    StudyRow row;
    const std::string_view map = next(line, ',');
    const auto& known = config::Choices<Feature>::names;
    const auto* found = std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.second == map; });
    if (found == known.end()) throw FileError(fmt::format("{}: \"{}\": a feature map is expected", place, map));
    row.feature = found->first;
    row.value = parse_number(next(line, ','), place);
    const double seed = parse_number(next(line, ','), place);
    if (!(seed >= 0 && seed < 9e15)) throw FileError(place + ": a seed is expected");
    row.seed = std::uint64_t(seed);
    for (const Column& column : measures) row.*column.value = parse_number(next(line, ','), place);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace tripartite::simulation
