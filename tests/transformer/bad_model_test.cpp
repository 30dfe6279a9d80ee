// An invalid or unsupported model directory is rejected with a message that names the defect and its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"
#include "tripartite/transformer/reference_attention.hpp"

namespace tripartite::transformer {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A fixture in memory, to be modified.
struct Files {
  json config;
  std::string weights;

  explicit Files(const std::string& fixture)
      : config(json::parse(read(TRIPARTITE_TEST_DATA "/" + fixture + "/config.json"))),
        weights(read(TRIPARTITE_TEST_DATA "/" + fixture + "/model.safetensors")) {}

  /// The header of the weights, which `change` may edit as long as it does not move the tensors' bytes.
  void edit_header(const std::function<void(json&)>& change) {
    std::uint64_t length = 0;
    for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(weights[std::size_t(i)]);
    json header = json::parse(weights.substr(8, length));
    change(header);
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string size(8, '\0');
    for (int i = 0; i < 8; ++i) size[std::size_t(i)] = char(text.size() >> (8 * i) & 0xFF);
    weights = size + text + weights.substr(8 + length);
  }

  /// The error of loading; empty if loading succeeds.
  template <class Expected>
  std::string refusal() const {
    const std::string text = config.dump();
    const auto bytes = [](const std::string& of) { return std::as_bytes(std::span(of)); };
    try {
      const Model<double> model(
          ModelFiles::memory("model", {{"config.json", bytes(text)}, {"model.safetensors", bytes(weights)}}));
      return {};
    } catch (const Expected& e) {
      return e.what();
    }
  }
};

TEST(ModelLoading, AcceptsAnUnmodifiedFixture) {
  for (const char* fixture : {"hf_bert", "hf_gpt2", "hf_albert", "hf_vit"})
    EXPECT_EQ(Files(fixture).refusal<Error>(), "");
}

struct Value {
  std::string name, fixture, key;
  json value;
  std::string expected;
};
void PrintTo(const Value& value, std::ostream* out) { *out << value.key << " = " << value.value; }
class BadConfig : public testing::TestWithParam<Value> {};

TEST_P(BadConfig, IsRejectedWithKeyValueAndExpectation) {
  const Value& bad = GetParam();
  Files files(bad.fixture);
  files.config[bad.key] = bad.value;
  const std::string message = files.refusal<ConfigError>();
  EXPECT_THAT(message, HasSubstr("model/config.json"));
  EXPECT_THAT(message, HasSubstr(bad.key));
  EXPECT_THAT(message, HasSubstr(bad.expected));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadConfig,
    testing::Values(
        Value{"UnknownFamily", "hf_bert", "model_type", "llama", "bert, albert, gpt2, vit"},
        Value{"FamilyOfAnotherType", "hf_bert", "model_type", 7, "must be a string"},
        Value{"FamilyMissing", "hf_bert", "model_type", nullptr, "is missing"},
        Value{"RelativePositions", "hf_bert", "position_embedding_type", "relative_key", "must be \"absolute\""},
        Value{"Decoder", "hf_bert", "is_decoder", true, "must be false"},
        Value{"CrossAttention", "hf_gpt2", "add_cross_attention", true, "must be false"},
        Value{"UnscaledAttention", "hf_gpt2", "scale_attn_weights", false, "must be true"},
        Value{"LayerwiseScale", "hf_gpt2", "scale_attn_by_inverse_layer_idx", true, "must be false"},
        Value{"TwoGroups", "hf_albert", "num_hidden_groups", 2, "must be 1"},
        Value{"TwoInnerGroups", "hf_albert", "inner_group_num", 2, "must be 1"},
        Value{"PrunedHeads", "hf_bert", "pruned_heads", json::object({{"0", {1}}}), "must be {}"},
        Value{"Quantised", "hf_gpt2", "quantization_config", json::object({{"bits", 4}}), "not supported"},
        Value{"AttentionOfAnotherKind", "hf_gpt2", "tripartite_attention", "linear", "\"softmax\" or \"linear_elu1\""},
        Value{"ActivationOfTheFuture", "hf_bert", "hidden_act", "geglu", "gelu_new"},
        Value{"HeadsThatDoNotDivide", "hf_gpt2", "n_head", 5, "must divide the 32 channels"},
        Value{"NoLayers", "hf_gpt2", "n_layer", 0, "must be an integer from 1"},
        Value{"LayersWithoutEnd", "hf_albert", "num_hidden_layers", 1 << 24, "from 1 to 4096"},
        Value{"HalfALayer", "hf_gpt2", "n_layer", 1.5, "must be an integer from 1"},
        Value{"HugeVocabulary", "hf_gpt2", "vocab_size", 9223372036854775807, "must be an integer from 1"},
        Value{"LayersMissing", "hf_gpt2", "n_layer", nullptr, "is missing"},
        Value{"NegativeEpsilon", "hf_bert", "layer_norm_eps", -1e-12, "positive"},
        Value{"EpsilonInWords", "hf_bert", "layer_norm_eps", "small", "positive"},
        Value{"PatchLargerThanImage", "hf_vit", "patch_size", 25, "at most image_size = 24"},
        Value{"OblongImage", "hf_vit", "image_size", json::array({24, 32}), "must be an integer"},
        Value{"LabelsWithAGap", "hf_vit", "id2label", json::object({{"0", "a"}, {"2", "c"}}),
              "every class from 0 to 1"},
        Value{"BiasInWords", "hf_vit", "qkv_bias", "yes", "true or false"}),
    [](const auto& test) { return test.param.name; });

TEST(BadWeights, ShapeErrorsGiveActualAndExpectedShape) {
  Files files("hf_gpt2");
  files.config["n_inner"] = 64;
  EXPECT_THAT(files.refusal<ConfigError>(),
              HasSubstr("transformer.h.0.mlp.c_fc.weight has shape [32, 128], expected [32, 64]"));
  Files vit("hf_vit");
  vit.config["image_size"] = 32;
  EXPECT_THAT(vit.refusal<ConfigError>(), HasSubstr("[1, 10, 32], expected [1, 17, 32]"));
}

TEST(BadWeights, MissingTensorsAreNamed) {
  Files files("hf_bert");
  files.edit_header([](json& header) {
    for (const char* part : {"query.weight", "key.bias"}) {
      const std::string name = std::string("encoder.layer.1.attention.self.") + part;
      header["other." + std::string(part)] = header[name];
      header.erase(name);
    }
  });
  const std::string message = files.refusal<FileError>();
  EXPECT_THAT(message, HasSubstr("model/model.safetensors: 2 tensors are missing"));
  EXPECT_THAT(message, HasSubstr("encoder.layer.1.attention.self.query.weight"));
  EXPECT_THAT(message, HasSubstr("encoder.layer.1.attention.self.key.bias"));
}

TEST(BadWeights, ConfiguredLayersBeyondTheFileAreMissingTensors) {
  Files files("hf_bert");
  files.config["num_hidden_layers"] = 4;
  EXPECT_THAT(files.refusal<FileError>(),
              HasSubstr("16 tensors are missing: encoder.layer.3.attention.self.query.weight"));
}

TEST(BadWeights, WeightsOfAnotherFamilyAreMissingTensors) {
  Files files("hf_bert");
  files.weights = Files("hf_gpt2").weights;
  EXPECT_THAT(files.refusal<FileError>(), HasSubstr("embeddings.word_embeddings.weight"));
}

TEST(BadWeights, TruncatedFilesAreRejected) {
  for (const std::size_t kept :
       {std::size_t(0), std::size_t(7), std::size_t(100), Files("hf_bert").weights.size() - 1}) {
    Files files("hf_bert");
    files.weights.resize(kept);
    EXPECT_THAT(files.refusal<FileError>(), HasSubstr("model.safetensors")) << kept << " bytes";
  }
}

TEST(BadWeights, IntegerTensorsAreRejected) {
  Files files("hf_bert");
  files.edit_header([](json& header) { header["encoder.layer.0.output.dense.bias"]["dtype"] = "U32"; });
  EXPECT_THAT(files.refusal<FileError>(), HasSubstr("encoder.layer.0.output.dense.bias"));
}

TEST(ModelFiles, NamesMissingFiles) {
  EXPECT_THROW(ModelFiles::directory(TRIPARTITE_TEST_DATA "/no_such_model"), FileError);
  EXPECT_THROW(ModelFiles::directory(TRIPARTITE_TEST_DATA "/hf_bert/config.json"), FileError);
  try {
    Model<float>{ModelFiles::memory("nothing", {})};
    FAIL() << "no error";
  } catch (const FileError& e) {
    EXPECT_THAT(e.what(), HasSubstr("nothing/config.json: not found"));
  }
}

TEST(TensorNames, MayHaveThePrefixOfACheckpointWithAHead) {
  Files files("hf_bert");
  files.edit_header([](json& header) {
    json renamed;
    for (const auto& [name, tensor] : header.items()) renamed[name == "__metadata__" ? name : "bert." + name] = tensor;
    header = renamed;
  });
  EXPECT_EQ(files.refusal<Error>(), "");
}

TEST(TensorNames, MayBeThoseOfTensorFlow) {
  Files files("hf_bert");
  files.edit_header([](json& header) {
    json renamed;
    for (const auto& [name, tensor] : header.items()) {
      std::string old = name;
      if (const auto place = old.find("LayerNorm.weight"); place != std::string::npos)
        old.replace(place, 16, "LayerNorm.gamma");
      if (const auto place = old.find("LayerNorm.bias"); place != std::string::npos)
        old.replace(place, 14, "LayerNorm.beta");
      renamed[old] = tensor;
    }
    header = renamed;
  });
  EXPECT_EQ(files.refusal<Error>(), "");
}

class SequenceTest : public testing::Test {
 protected:
  template <class Call>
  static std::string refusal(const Call& call) {
    try {
      call();
      return "not refused";
    } catch (const ConfigError& e) {
      return e.what();
    }
  }
  Model<float> bert{ModelFiles::directory(TRIPARTITE_TEST_DATA "/hf_bert")};
  Model<float> vit{ModelFiles::directory(TRIPARTITE_TEST_DATA "/hf_vit")};
  std::unique_ptr<Attention<float>> attention =
      make_blas_attention<float>(AttentionKind::softmax, bert.shape().attention_shape());
  Sequence<float> text{bert, *attention};
};

TEST_F(SequenceTest, RejectsTokensOutsideTheVocabulary) {
  EXPECT_THAT(refusal([&] {
                text.append(std::vector<int>{1, 100});
              }),
              HasSubstr("token 100 at position 1 is out of range (vocabulary of 100)"));
  EXPECT_THAT(refusal([&] { text.append(std::vector<int>{-1}); }), HasSubstr("token -1"));
}

TEST_F(SequenceTest, RejectsUnknownSegments) {
  EXPECT_THAT(refusal([&] { text.append(std::vector<int>{1}, std::vector<int>{2}); }), HasSubstr("segment 2"));
  EXPECT_THAT(refusal([&] {
                text.append(std::vector<int>{1}, std::vector<int>{0, 0});
              }),
              HasSubstr("2 segments for 1"));
}

TEST_F(SequenceTest, RejectsMoreTokensThanPositions) {
  EXPECT_THAT(refusal([&] { text.append(std::vector<int>(65, 1)); }),
              HasSubstr("65 tokens: must have at least 1 and at most 64"));
  EXPECT_THAT(refusal([&] { text.append({}); }), HasSubstr("0 tokens"));
}

TEST_F(SequenceTest, RejectsASecondChunkInAnEncoder) {
  text.append(std::vector<int>{1, 2});
  EXPECT_THAT(refusal([&] { text.append(std::vector<int>{3}); }), HasSubstr("restart()"));
}

TEST_F(SequenceTest, RejectsOutputsThatTheModelLacks) {
  text.append(std::vector<int>{1, 2});
  EXPECT_THAT(refusal([&] { text.logits(1); }), HasSubstr("no logits of a next token"));
  EXPECT_THAT(refusal([&] { text.class_logits(); }), HasSubstr("no classification head"));
  EXPECT_THAT(refusal([&] { text.append_images(std::vector<float>(3)); }), HasSubstr("reads tokens"));
}

TEST_F(SequenceTest, RejectsImagesOfAnotherSize) {
  const auto seen = make_blas_attention<float>(AttentionKind::softmax, vit.shape().attention_shape());
  Sequence<float> image(vit, *seen);
  EXPECT_THAT(refusal([&] { image.append_images(std::vector<float>(3 * 24 * 23)); }),
              HasSubstr("3 channels of 24 x 24"));
  EXPECT_THAT(refusal([&] { image.append(std::vector<int>{1}); }), HasSubstr("reads images"));
  EXPECT_THAT(refusal([&] { image.pooled(); }), HasSubstr("no pooler"));
}

TEST_F(SequenceTest, RejectsAnAttentionOfAnotherShape) {
  AttentionShape shape = bert.shape().attention_shape();
  shape.causal = true;
  const auto other = make_blas_attention<float>(AttentionKind::softmax, shape);
  EXPECT_THAT(refusal([&] { Sequence<float> sequence(bert, *other); }), HasSubstr("bidirectional"));
}

}  // namespace
}  // namespace tripartite::transformer
