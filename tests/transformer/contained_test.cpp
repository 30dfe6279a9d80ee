// A model directory from a stranger: links lead nowhere but into the directory, and nothing that never ends is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "host/io/safetensors.hpp"
#include "host/transformer/byte_pair.hpp"
#include "host/transformer/wordpiece.hpp"
#include "io/error_text.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/error.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::transformer {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const fs::path bert = TRIPARTITE_TEST_DATA "/hf_bert";

class ModelDirectory : public testing::Test {
 protected:
  ModelDirectory() { fs::create_directory(model); }
  std::string refusal(const std::function<void()>& action) const { return error_text<FileError>(action); }

  TemporaryDirectory directory;
  fs::path model = directory.path() / "model";
};

TEST_F(ModelDirectory, LinksOutOfItAreNotFollowed) {
  std::ofstream(directory.path() / "secret") << "secret";
  for (const char* name : {"config.json", "vocab.json", "vocab.txt", "model.safetensors"})
    fs::create_symlink("../secret", model / name);
  std::ofstream(model / "merges.txt");
  const auto named = [&](const char* file) {
    return AllOf(HasSubstr((model / file).string() + ": is a link to"), HasSubstr("expected a file within"));
  };
  EXPECT_THAT(refusal([&] { Model<float>{ModelFiles::directory(model)}; }), named("config.json"));
  EXPECT_THAT(refusal([&] { BytePair::open_directory(model); }), named("vocab.json"));
  EXPECT_THAT(refusal([&] { WordPiece::open_directory(model); }), named("vocab.txt"));
  EXPECT_THAT(refusal([&] { io::Safetensors::open_directory(model); }), named("model.safetensors"));
}

TEST_F(ModelDirectory, ShardsOutsideAreNotRead) {
  fs::copy(bert / "model.safetensors", directory.path() / "other.safetensors");
  fs::create_symlink("../other.safetensors", model / "a.safetensors");
  std::ofstream(model / "model.safetensors.index.json") << R"({"weight_map":{"x":"a.safetensors"}})";
  EXPECT_THAT(refusal([&] { io::Safetensors::open_directory(model); }), HasSubstr("a.safetensors: is a link to"));
}

TEST_F(ModelDirectory, LinksWithinItAreFollowed) {
  fs::create_directory(model / "files");
  for (const char* name : {"config.json", "model.safetensors"}) {
    fs::copy(bert / name, model / "files");
    fs::create_symlink(fs::path("files") / name, model / name);
  }
  EXPECT_EQ(Model<float>(ModelFiles::directory(model)).shape().family, "bert");
}

TEST_F(ModelDirectory, ACacheOfHuggingFaceIsRead) {
  const fs::path blobs = model / "blobs", snapshot = model / "snapshots" / "0123";
  fs::create_directories(blobs);
  fs::create_directories(snapshot);
  for (const char* name : {"config.json", "model.safetensors"}) {
    fs::copy(bert / name, blobs);
    fs::create_symlink(fs::path("../../blobs") / name, snapshot / name);
  }
  EXPECT_EQ(Model<float>(ModelFiles::directory(snapshot)).shape().family, "bert");
}

TEST_F(ModelDirectory, WhatNeverEndsIsNotRead) {
  ASSERT_EQ(::mkfifo((model / "vocab.txt").c_str(), 0600), 0);
  EXPECT_THAT(refusal([&] { WordPiece::open_directory(model); }),
              HasSubstr("vocab.txt: cannot be read: expected a regular file"));
  ASSERT_EQ(::mkfifo((model / "config.json").c_str(), 0600), 0);
  EXPECT_THAT(refusal([&] { ModelFiles::directory(model).text("config.json"); }), HasSubstr("expected a regular file"));
}

}  // namespace
}  // namespace tripartite::transformer
