#include "host/simulation/attend_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/config/choices.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_report.hpp"
#include "host/simulation/classify.hpp"

namespace tripartite::simulation {
namespace {

using nlohmann::ordered_json;

std::string_view phase_name(attention::Phase phase) {
  switch (phase) {
    case attention::Phase::settle: return "settle";
    case attention::Phase::write: return "write";
    case attention::Phase::delay: return "delay";
    case attention::Phase::read: return "read";
  }
  return "unknown";
}

template <class T>
void write_list(io::Hdf5File& file, const std::string& path, const std::vector<T>& values) {
  file.write<T>(path, {values.size()}, std::span<const T>(values));
}

void write_layers(io::Hdf5File& file, const AttendResult& result) {
  const std::vector<std::size_t> shape{result.token_ids.size(), std::size_t(result.shape.heads),
                                       std::size_t(result.shape.head_size)};
  for (std::size_t index = 0; index < result.layers.size(); ++index) {
    const LayerTensors& layer = result.layers[index];
    const auto write = [&](const char* name, const std::vector<double>& values) {
      file.write<double>(fmt::format("/layers/{}/{}", index, name), shape, values);
    };
    write("query", layer.query);
    write("key", layer.key);
    write("value", layer.value);
    write("network", layer.network);
    write("softmax", layer.softmax);
    write("linear", layer.linear);
  }
}

void write_map(io::Hdf5File& file, const AttendResult& result) {
  const std::vector<std::size_t> shape{result.token_ids.size(), result.token_ids.size()};
  const auto write = [&](const std::string& group, const AttentionMap& map) {
    file.write<double>(group + "/transformer", shape, map.transformer);
    file.write<double>(group + "/network", shape, map.network);
    file.write_attribute(group, "layer", std::int64_t(map.layer));
    file.write_attribute(group, "head", std::int64_t(map.head));
  };
  if (result.map) write("/map", *result.map);
  for (std::size_t i = 0; i < result.maps.size(); ++i) write(fmt::format("/maps/{}", i), result.maps[i]);
}

void write_image(io::Hdf5File& file, const AttendResult& result) {
  if (!result.image) return;
  const ImageRead& image = *result.image;
  const auto side = std::size_t(image.side), patches = std::size_t(image.patches);
  file.write<std::int32_t>("/image/pixels", {side, side, 3},
                           std::vector<std::int32_t>(image.values.begin(), image.values.end()));
  file.write_attribute("/image", "name", image.name);
  file.write_attribute("/image", "width", std::int64_t(image.width));
  file.write_attribute("/image", "height", std::int64_t(image.height));
  file.write_attribute("/image", "patch_size", std::int64_t(image.patch_size));
  for (std::size_t i = 0; i < image.attention.size(); ++i) {
    const AttentionMap& map = image.attention[i];
    const std::string group = fmt::format("/image/attention/{}", i);
    // What the class token reads of the patches: the first row, without the class token itself.
    const auto write = [&](const char* name, const std::vector<double>& weights) {
      file.write<double>(fmt::format("{}/{}", group, name), {patches, patches},
                         std::span(weights).subspan(1, patches * patches));
    };
    write("transformer", map.transformer);
    write("network", map.network);
    file.write_attribute(group, "layer", std::int64_t(map.layer));
    file.write_attribute(group, "head", std::int64_t(map.head));
  }
}

/// Rows of equal length as one matrix.
void write_errors(io::Hdf5File& file, const std::string& path, const std::vector<std::vector<double>>& rows) {
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  file.write<double>(path, {rows.size(), rows.empty() ? 0 : rows.front().size()}, flat);
}

void write_studies(io::Hdf5File& file, const AttendResult& result, const attention::Parameters& parameters) {
  for (const FeatureStudy& study : result.feature_studies) {
    const std::string group = fmt::format("/studies/features/{}", config::choice_name(study.feature));
    write_list(file, group + "/m", std::vector<std::int64_t>(study.m.begin(), study.m.end()));
    write_errors(file, group + "/error", study.error);
  }
  const auto write = [&](const std::string& group, const std::optional<TimeStudy>& study) {
    if (!study) return;
    write_list(file, group + "/value", study->value);
    write_errors(file, group + "/error", study->error);
    file.write_attribute(group, "tau_input", parameters.tau_input);
    file.write_attribute(group, "tau_calcium", parameters.tau_calcium);
  };
  write("/studies/settle_time", result.settle_study);
  write("/studies/read_time", result.read_study);
}

void write_phases(io::Hdf5File& file, const AttendResult& result) {
  if (result.phases.empty()) return;
  std::vector<std::string> kind;
  std::vector<double> begin, end;
  std::vector<std::int64_t> token;
  for (const PhaseSpan& span : result.phases) {
    kind.emplace_back(phase_name(span.phase));
    begin.push_back(span.begin);
    end.push_back(span.end);
    token.push_back(span.token);
  }
  write_list(file, "/phases/kind", kind);
  write_list(file, "/phases/begin", begin);
  write_list(file, "/phases/end", end);
  write_list(file, "/phases/token", token);
}

ordered_json calcium_of(const CalciumFit& fit) {
  ordered_json heads = ordered_json::array();
  for (std::size_t layer = 0; layer < fit.layers.size(); ++layer)
    for (std::size_t head = 0; head < fit.layers[layer].size(); ++head) {
      const attention::ProcessScale& scale = fit.layers[layer][head];
      heads.push_back({{"layer", layer},
                       {"head", head},
                       {"production", scale.production},
                       {"gain", scale.gain},
                       {"least", scale.least}});
    }
  // Infinity is no number in JSON: null there.
  return {{"rest", fit.curve.rest()},           {"oscillates_from", fit.curve.oscillates_from()},
          {"production", fit.curve.production}, {"settled", fit.curve.calcium},
          {"lowest", fit.curve.lowest},         {"highest", fit.curve.highest},
          {"heads", std::move(heads)}};
}

}  // namespace

ordered_json results_of(const AttendResult& result) {
  ordered_json heads = ordered_json::array();
  for (const HeadResult& head : result.heads)
    heads.push_back({{"layer", head.layer},
                     {"head", head.head},
                     {"error_linear", head.error_linear},
                     {"error_softmax", head.error_softmax},
                     {"synapses", head.synapses}});
  ordered_json results{{"model", result.model},         {"features", config::choice_name(result.feature)},
                       {"hidden", result.hidden},       {"width", result.shape.head_size},
                       {"layers", result.shape.layers}, {"tokens", result.token_ids.size()},
                       {"text", result.text},           {"heads", std::move(heads)}};
  if (result.image)
    results["image"] = {{"name", result.image->name},
                        {"width", result.image->width},
                        {"height", result.image->height},
                        {"patches", result.image->patches}};
  if (result.calcium) results["calcium"] = calcium_of(*result.calcium);
  if (!result.end_to_end) return results;
  const EndToEnd& answers = *result.end_to_end;
  if (!answers.classes_transformer.empty()) {
    ordered_json labels = ordered_json::array();
    for (std::size_t i = 0; i < answers.classes_transformer.size(); ++i)
      labels.push_back(class_name(result.shape, int(i)));
    results["end_to_end"] = {{"kl_mean", answers.kl_mean},
                             {"top1_agreement", answers.top1_agreement},
                             {"labels", std::move(labels)},
                             {"transformer", answers.classes_transformer},
                             {"network", answers.classes_network}};
    return results;
  }
  if (answers.causal) {
    results["end_to_end"] = {{"kl_mean", answers.kl_mean}, {"top1_agreement", answers.top1_agreement}};
    // A single token has no next one to be surprised by.
    if (result.token_ids.size() > 1) {
      results["end_to_end"]["perplexity_transformer"] = answers.perplexity_transformer;
      results["end_to_end"]["perplexity_network"] = answers.perplexity_network;
    }
  } else {
    results["end_to_end"] = {{"cosine", answers.cosine}};
  }
  return results;
}

void write_attention_file(const std::filesystem::path& path, const AttendResult& result,
                          const attention::Parameters& parameters) {
  io::Hdf5File file = io::Hdf5File::create(path);
  file.write_attribute("/", "schema", std::int64_t(1));
  file.write_attribute("/", "model", result.model);
  file.write_attribute("/", "features", std::string(config::choice_name(result.feature)));
  file.write_attribute("/", "causal", std::int64_t(result.shape.causal));
  write_list(file, "/tokens", result.tokens);
  write_list(file, "/token_ids", std::vector<std::int64_t>(result.token_ids.begin(), result.token_ids.end()));
  write_layers(file, result);
  write_map(file, result);
  write_image(file, result);
  write_studies(file, result, parameters);
  write_phases(file, result);
  file.commit();
}

void write_recordings_file(const std::filesystem::path& path, const AttendResult& result) {
  std::vector<io::ReportPopulation> populations;
  for (const RecordedField& field : result.recordings)
    if (!field.times.empty()) {
      const auto& info = attention::info(field.field);
      const double interval = field.times.size() > 1 ? field.times[1] - field.times[0] : field.times[0];
      populations.push_back(io::point_population(std::string(info.name), std::string(info.unit), field.ids,
                                                 field.times.front(), interval));
    }
  if (populations.empty()) return;
  io::SonataReport report(path, std::move(populations));
  std::size_t population = 0;
  for (const RecordedField& field : result.recordings) {
    if (field.times.empty()) continue;
    for (std::size_t frame = 0; frame < field.times.size(); ++frame)
      report.append_frame<float>(population,
                                 std::span(field.values).subspan(frame * field.ids.size(), field.ids.size()));
    ++population;
  }
  report.close();
}

}  // namespace tripartite::simulation
