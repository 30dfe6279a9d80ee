#include "host/io/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// A file with the given header, valid or not, and the given number of data bytes.
std::string file_with(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof length);
  return file + header + std::string(data_bytes, '\x01');
}

std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& type = "F32") {
  std::string text = "\"";
  text += name;
  text += R"(":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
  return text;
}

std::string refusal(const std::string& file) {
  return error_text<FileError>([&] { const Safetensors unused(bytes_of(file), "x.safetensors"); });
}

/// Written by the safetensors package of Python.
Safetensors small_file() {
  return Safetensors(std::filesystem::path(TRIPARTITE_TEST_DATA "/safetensors/small.safetensors"));
}

TEST(Safetensors, ListsTheTensorsOfAFileWrittenByPython) {
  const Safetensors file = small_file();
  EXPECT_THAT(file.names(), ElementsAre("bf16", "empty", "f16", "f32", "f64", "flags", "i64", "scalar"));
  EXPECT_EQ(file.metadata().at("made"), "by the safetensors package");
  EXPECT_TRUE(file.contains("f32"));
  EXPECT_FALSE(file.contains("f3"));
  EXPECT_EQ(file.tensor("flags").type, TensorType::boolean);
  EXPECT_THAT(file.tensor("empty").shape, ElementsAre(0, 3));
}

TEST(Safetensors, ReadsEveryNumberTypeExactly) {
  const Safetensors file = small_file();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(file.values<double>("f32", {2, 3}), ElementsAre(1.5, -0.1F, 3.4028235e38F, 0x1p-149, 0.0, infinity));
  EXPECT_THAT(file.values<double>("f64", {2, 2}), ElementsAre(0.1, -2.5e-308, 5e-324, 1.7976931348623157e308));
  EXPECT_THAT(file.values<float>("f16", {6}), ElementsAre(1, -2, 65504, 0x1p-24F, 0x1p-14F, 0.333251953125F));
  EXPECT_THAT(file.values<float>("bf16", {2, 2}), ElementsAre(1, -2, 3.140625F, 0x1p-133F));
  EXPECT_THAT(file.values<double>("i64"), ElementsAre(0, 1, -1, 1099511627776.0));
  EXPECT_THAT(file.values<float>("scalar", {}), ElementsAre(7.25F));
  EXPECT_THAT(file.values<float>("empty", {0, 3}), testing::IsEmpty());
  EXPECT_THAT(file.values<float>("f64"), ElementsAre(0.1F, testing::Le(0.0F), 0.0F, testing::Gt(3e38F)));
}

TEST(Safetensors, ReadsFromMemoryAtAnyAlignment) {
  const std::string file = "?" + read_file(TRIPARTITE_TEST_DATA "/safetensors/small.safetensors");
  const Safetensors tensors(bytes_of(file).subspan(1), "embedded");
  EXPECT_THAT(tensors.values<double>("f64", {2, 2}), ElementsAre(0.1, -2.5e-308, 5e-324, 1.7976931348623157e308));
}

TEST(Safetensors, KeepsTheMappingWhileACopyExists) {
  auto first = std::make_unique<Safetensors>(small_file());
  const Safetensors copy = *first;
  first.reset();
  EXPECT_THAT(copy.values<float>("scalar", {}), ElementsAre(7.25F));
}

TEST(Safetensors, NamesTheMissingTensorAndTheMostSimilarOne) {
  const Safetensors file(bytes_of(file_with("{" + entry("encoder.layer.0.weight", "[1]", "[0,4]") + "}", 4)), "m");
  EXPECT_THAT(
      error_text<FileError>([&] { file.tensor("encoder.layer.1.weight"); }),
      AllOf(HasSubstr("m: tensor \"encoder.layer.1.weight\" not found"), HasSubstr("\"encoder.layer.0.weight\"")));
}

TEST(Safetensors, RejectsAnUnexpectedShape) {
  EXPECT_THAT(error_text<FileError>([&] {
                small_file().values<float>("f32", {3, 2});
              }),
              AllOf(HasSubstr("small.safetensors: tensor \"f32\""), HasSubstr("shape [2, 3]: must be [3, 2]")));
}

TEST(Safetensors, RejectsNonNumericElementTypes) {
  EXPECT_THAT(error_text<FileError>([&] { small_file().values<float>("flags"); }),
              AllOf(HasSubstr("\"flags\" has element type BOOL"), HasSubstr("F32")));
}

TEST(Safetensors, NamesAMissingOrEmptyFile) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_text<FileError>([&] { Safetensors(directory.path() / "a.safetensors"); }),
              AllOf(HasSubstr("a.safetensors"), HasSubstr("No such file")));
  write_file(directory.path() / "b.safetensors", "");
  EXPECT_THAT(error_text<FileError>([&] { Safetensors(directory.path() / "b.safetensors"); }),
              HasSubstr("not a safetensors file: 0 bytes"));
}

TEST(Safetensors, RejectsEveryTruncation) {
  const std::string whole = read_file(TRIPARTITE_TEST_DATA "/safetensors/small.safetensors");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("x.safetensors")) << size;
}

struct Hostile {
  std::string what;
  std::string file;
  std::string message;
};

class HostileSafetensors : public testing::TestWithParam<Hostile> {};

TEST_P(HostileSafetensors, IsRejectedWithFileAndReason) {
  EXPECT_THAT(refusal(GetParam().file), AllOf(HasSubstr("x.safetensors"), HasSubstr(GetParam().message)));
}

std::string braces(const std::string& entries) { return "{" + entries + "}"; }

INSTANTIATE_TEST_SUITE_P(
    Headers, HostileSafetensors,
    testing::Values(
        Hostile{"longer_than_the_file", file_with("{}", 0).replace(0, 1, "\x7f"), "header of 127 bytes, but the file"},
        Hostile{"longest", std::string(8, '\xff') + "{}", "header of 18446744073709551615 bytes"},
        Hostile{"no_json", file_with("{\"a\":", 0), "not valid JSON"},
        Hostile{"a_list", file_with("[]", 0), "header is not a JSON object"},
        Hostile{"not_utf8", file_with("{\"\xff\":1}", 0), "not valid JSON"},
        Hostile{"deep", file_with(std::string(100'000, '['), 0), "nested deeper"},
        Hostile{"entry_is_a_number", file_with("{\"a\":1}", 0),
                "tensor \"a\": its entry in the header is not an object"},
        Hostile{"unknown_type", file_with(braces(entry("a", "[1]", "[0,4]", "F31")), 4),
                "\"a\": unknown dtype \"F31\""},
        Hostile{"type_is_a_number", file_with(R"({"a":{"dtype":1,"shape":[],"data_offsets":[0,4]}})", 4),
                "dtype is not a string"},
        Hostile{"no_shape", file_with(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4),
                "its entry in the header has no shape"},
        Hostile{"unknown_key", file_with(R"({"a":{"dtype":"F32","shape":[1],"offsets":[0,4]}})", 4),
                "unknown key \"offsets\""},
        Hostile{"negative", file_with(braces(entry("a", "[-1]", "[0,4]")), 4),
                "shape contains something other than a natural"},
        Hostile{"fraction", file_with(braces(entry("a", "[1.0]", "[0,4]")), 4),
                "shape contains something other than a natural"},
        Hostile{"beyond_2_64", file_with(braces(entry("a", "[18446744073709551616]", "[0,4]")), 4),
                "other than a natural number"},
        Hostile{"overflow", file_with(braces(entry("a", "[4611686018427387904,4]", "[0,0]")), 0), "more elements than"},
        Hostile{"overflow_by_type", file_with(braces(entry("a", "[4611686018427387905]", "[0,4]")), 4),
                "more elements"},
        Hostile{"too_few_bytes", file_with(braces(entry("a", "[2]", "[0,4]")), 4),
                "shape and dtype require 8 bytes, but data_offsets give 4"},
        Hostile{"beyond_the_file", file_with(braces(entry("a", "[2]", "[0,8]")), 4),
                "end at byte 8, but the file has 4"},
        Hostile{"reversed", file_with(braces(entry("a", "[1]", "[4,0]")), 4), "end before they begin"},
        Hostile{"three_offsets", file_with(braces(entry("a", "[1]", "[0,4,8]")), 8), "data_offsets has 3 numbers"},
        Hostile{"overlap", file_with(braces(entry("a", "[2]", "[0,8]") + "," + entry("b", "[1]", "[4,8]")), 8),
                "\"b\": its data begin at byte 4, expected 8"},
        Hostile{"gap", file_with(braces(entry("a", "[1]", "[0,4]") + "," + entry("b", "[1]", "[8,12]")), 12),
                "\"b\": its data begin at byte 8, expected 4"},
        Hostile{"bytes_left", file_with(braces(entry("a", "[1]", "[0,4]")), 5), "1 bytes follow the last tensor"},
        Hostile{"twice", file_with(braces(entry("a", "[1]", "[0,4]") + "," + entry("a", "[1]", "[4,8]")), 8),
                "\"a\" occurs twice"},
        Hostile{"metadata_of_numbers", file_with(R"({"__metadata__":{"a":1}})", 0),
                "__metadata__ \"a\" is not a string"}),
    [](const auto& test) { return test.param.what; });

struct NamedTensor {
  std::string name;
  TensorView tensor;
};

/// A file of these tensors, in this order.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {}) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t reached = 0;
  for (const NamedTensor& named : tensors) {
    const std::size_t last = reached + named.tensor.bytes.size();
    header[named.name] = {
        {"dtype", to_string(named.tensor.type)}, {"shape", named.tensor.shape}, {"data_offsets", {reached, last}}};
    reached = last;
  }
  constexpr std::size_t alignment = 8;
  std::string text = header.dump();
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');  // aligns the data
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes += text;
  for (const NamedTensor& named : tensors)
    bytes.append(reinterpret_cast<const char*>(named.tensor.bytes.data()), named.tensor.bytes.size());
  write_file(path, bytes);
}

NamedTensor floats(const std::string& name, std::span<const float> values) {
  return {name, {TensorType::f32, {values.size()}, std::as_bytes(values)}};
}

TEST(Safetensors, ReadsTensorsOfAFile) {
  const TemporaryDirectory directory;
  const std::vector<float> values{1, 2, 3};
  write_safetensors(directory.path() / "a.safetensors", std::vector{floats("z", values), floats("b", {})},
                    {{"k", "v"}});
  const Safetensors file(directory.path() / "a.safetensors");
  EXPECT_EQ(file.values<float>("z", {3}), values);
  EXPECT_THAT(file.tensor("b").shape, ElementsAre(0));
  EXPECT_EQ(file.metadata().at("k"), "v");
}

class ShardedModel : public testing::Test {
 protected:
  void SetUp() override {
    write_safetensors(path() / "model-1.safetensors", std::vector{floats("a", one)});
    write_safetensors(path() / "model-2.safetensors", std::vector{floats("b", two)});
  }
  void write_index(const std::string& map) const {
    write_file(path() / "model.safetensors.index.json", R"({"metadata":{"total_size":12},"weight_map":)" + map + "}");
  }
  std::string refusal() const {
    return error_text<FileError>([&] { Safetensors::open_directory(path()); });
  }
  std::filesystem::path path() const { return directory_.path(); }

  std::vector<float> one{1};
  std::vector<float> two{2, 3};

 private:
  TemporaryDirectory directory_;
};

TEST_F(ShardedModel, IsReadAsOneFile) {
  write_index(R"({"a":"model-1.safetensors","b":"model-2.safetensors"})");
  const Safetensors model = Safetensors::open_directory(path());
  EXPECT_THAT(model.names(), ElementsAre("a", "b"));
  EXPECT_EQ(model.values<float>("a", {1}), one);
  EXPECT_EQ(model.values<float>("b", {2}), two);
}

TEST_F(ShardedModel, NamesATensorMissingFromItsShard) {
  write_index(R"({"a":"model-1.safetensors","b":"model-1.safetensors"})");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("model-1.safetensors: tensor \"b\" not found"), HasSubstr("index.json")));
}

TEST_F(ShardedModel, NamesAMissingShard) {
  write_index(R"({"a":"model-1.safetensors","b":"model-3.safetensors"})");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("model-3.safetensors"), HasSubstr("No such file")));
}

TEST_F(ShardedModel, RejectsShardsOutsideItsDirectory) {
  write_index(R"({"a":"../model-1.safetensors"})");
  EXPECT_THAT(refusal(), HasSubstr("\"../model-1.safetensors\" of \"a\" is not a plain file name"));
}

TEST_F(ShardedModel, RequiresAWeightMap) {
  write_file(path() / "model.safetensors.index.json", "{}");
  EXPECT_THAT(refusal(), HasSubstr("object \"weight_map\" not found"));
}

TEST(OpenDirectory, OpensASingleFile) {
  const TemporaryDirectory directory;
  write_safetensors(directory.path() / "model.safetensors", std::vector{floats("a", std::vector<float>{1})});
  EXPECT_THAT(Safetensors::open_directory(directory.path()).names(), ElementsAre("a"));
}

TEST(OpenDirectory, NamesTheExpectedFiles) {
  const TemporaryDirectory directory;
  EXPECT_THAT(error_text<FileError>([&] { Safetensors::open_directory(directory.path()); }),
              HasSubstr("expected model.safetensors or model.safetensors.index.json"));
}

}  // namespace
}  // namespace tripartite::io
