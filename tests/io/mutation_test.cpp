// Randomly damaged files are either read or rejected with a FileError; nothing else may happen. The sanitizers detect
// further errors.

#include "io/mutation.hpp"

#include <gtest/gtest.h>

#include "host/io/image.hpp"
#include "host/io/npy.hpp"
#include "host/io/safetensors.hpp"
#include "host/io/safetensors_header.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

struct Outcome {
  int read = 0;
  int refused = 0;
};

/// Calls `reader` with damaged copies of `file`; an exception of another type fails the test.
template <class Reader>
Outcome read_damaged(const std::string& file, int copies, std::uint64_t seed, Reader reader) {
  Mutator mutate(seed);
  Outcome outcome;
  for (int i = 0; i < copies; ++i) {
    const std::string damaged = mutate(file);
    try {
      reader(damaged);
      ++outcome.read;
    } catch (const FileError&) {
      ++outcome.refused;
    }
  }
  return outcome;
}

TEST(DamagedSafetensors, AreReadOrRejected) {
  const std::string file = read_file(TRIPARTITE_TEST_DATA "/safetensors/small.safetensors");
  const Outcome outcome = read_damaged(file, 3'000, 1, [](const std::string& damaged) {
    const Safetensors tensors(std::as_bytes(std::span(damaged)), "damaged");
    for (const std::string& name : tensors.names())
      if (tensors.tensor(name).type != TensorType::boolean) tensors.values<float>(name);
  });
  EXPECT_GT(outcome.read, 10);  // damage that affects only numbers
  EXPECT_GT(outcome.refused, 1'500);
}

TEST(DamagedImages, AreReadOrRejected) {
  for (const std::string name : {"rgb.png", "palette.png", "baseline.jpg", "progressive.jpg"}) {
    const std::string file = read_file(TRIPARTITE_TEST_DATA "/image/" + name);
    const Outcome outcome =
        read_damaged(file, 500, 3, [](const std::string& damaged) { parse_image(damaged, "damaged"); });
    EXPECT_GT(outcome.refused, 100) << name;  // JPEG has no checksums: most damage changes only pixels
  }
}

TEST(DamagedNpy, IsReadOrRejected) {
  int read = 0;
  for (const std::string name : {"f8", "i8", "u1", "scalar", "version2"}) {
    const std::string file = read_file(TRIPARTITE_TEST_DATA "/npy/" + name + ".npy");
    const Outcome outcome =
        read_damaged(file, 500, 2, [](const std::string& damaged) { parse_npy(damaged, "damaged"); });
    EXPECT_GT(outcome.refused, 300) << name;
    read += outcome.read;
  }
  EXPECT_GT(read, 10);
}

TEST(DamagedShardIndex, IsReadOrRejected) {
  const std::string index =
      R"({"metadata":{"total_size":12},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}})";
  const Outcome outcome = read_damaged(index, 1'000, 3, [](const std::string& damaged) {
    for (const auto& [name, shard] : parse_shard_index(damaged, "damaged"))
      EXPECT_EQ(shard.find('/'), std::string::npos);
  });
  EXPECT_GT(outcome.read, 10);
  EXPECT_GT(outcome.refused, 300);
}

}  // namespace
}  // namespace tripartite::io
