// Resampling against the bytes of Pillow (tests/data/resample/make.py).
#include "host/io/resample.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "host/io/npy.hpp"

namespace tripartite::io {
namespace {

RgbImage read_case(const std::string& name) {
  const NpyArray array = read_npy(TRIPARTITE_TEST_DATA "/resample/" + name + ".npy");
  return {int(array.shape.at(1)), int(array.shape.at(0)), {array.values.begin(), array.values.end()}};
}

struct Named {
  Resampling filter;
  const char* name;
};
using Size = std::pair<int, int>;

class Resampled : public testing::TestWithParam<std::tuple<Named, Size>> {};

TEST_P(Resampled, MatchesPillowByteForByte) {
  const auto& [filter, size] = GetParam();
  const RgbImage want = read_case(filter.name + ("-" + std::to_string(size.first) + "x" + std::to_string(size.second)));
  const RgbImage got = resampled(read_case("image"), size.first, size.second, filter.filter);
  EXPECT_EQ(got.width, size.first);
  EXPECT_EQ(got.height, size.second);
  EXPECT_EQ(got.values, want.values);
}

// Smaller in both directions, wider at the same height, and taller at the same width.
INSTANTIATE_TEST_SUITE_P(
    Filters, Resampled,
    testing::Combine(testing::Values(Named{Resampling::nearest, "nearest"}, Named{Resampling::lanczos, "lanczos"},
                                     Named{Resampling::bilinear, "bilinear"}, Named{Resampling::bicubic, "bicubic"},
                                     Named{Resampling::box, "box"}, Named{Resampling::hamming, "hamming"}),
                     testing::Values(Size{8, 8}, Size{40, 23}, Size{31, 50})),
    [](const auto& case_info) {
      const Size size = std::get<1>(case_info.param);
      return std::get<0>(case_info.param).name + ("_" + std::to_string(size.first) + "x" + std::to_string(size.second));
    });

}  // namespace
}  // namespace tripartite::io
