#include "host/io/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "host/io/npy.hpp"
#include "host/io/png.hpp"
#include "host/io/text_file.hpp"
#include "io/error_text.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

using testing::AllOf;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

/// Files written by tests/io/make_images.py; *.npy contains the pixels that Pillow reads from them.
std::filesystem::path data(const std::string& name) { return TRIPARTITE_TEST_DATA "/image/" + name; }

/// Largest difference of any colour of any pixel from Pillow's value.
double worst_difference(const std::string& image_file, const std::string& pixels_file) {
  const RgbImage image = read_image(data(image_file));
  const NpyArray expected = read_npy(data(pixels_file));
  EXPECT_THAT(expected.shape, ElementsAre(image.height, image.width, 3));
  if (expected.values.size() != image.values.size()) return HUGE_VAL;
  double worst = 0;
  for (std::size_t i = 0; i < image.values.size(); ++i)
    worst = std::max(worst, std::abs(image.values[i] - expected.values[i]));
  return worst;
}

TEST(Image, ReadsThePixelsOfAPngExactly) {
  EXPECT_EQ(worst_difference("rgb.png", "rgb.npy"), 0);
  EXPECT_EQ(worst_difference("palette.png", "palette.npy"), 0);
}

TEST(Image, IgnoresTransparency) { EXPECT_EQ(worst_difference("rgba.png", "rgb.npy"), 0); }

// JPEG leaves rounding to the decoder: one unit each for the transform and the colour conversion.
TEST(Image, ReadsThePixelsOfAJpegUpToRounding) {
  EXPECT_LE(worst_difference("baseline.jpg", "baseline.npy"), 2);
  EXPECT_LE(worst_difference("progressive.jpg", "progressive.npy"), 2);
}

TEST(Image, ConvertsGreyToEqualColours) {
  const RgbImage image = read_image(data("grey.png"));
  ASSERT_EQ(image.values.size(), 5U * 7 * 3);
  for (std::size_t i = 0; i < image.values.size(); ++i) ASSERT_EQ(image.values[i], 50 * (i / 21)) << i;
}

TEST(Image, KeepsTheUpperEightOfSixteenBits) {
  const RgbImage image = read_image(data("grey16.png"));
  ASSERT_EQ(image.values.size(), 5U * 7 * 3);
  for (std::size_t i = 0; i < image.values.size(); ++i)
    ASSERT_EQ(image.values[i], (12000 * (i / 21) + 300 * (i % 21 / 3)) / 256) << i;
}

std::string refusal(const std::string& file, const ImageLimits& limits = {}) {
  return error_text<FileError>([&] { parse_image(file, "photograph", limits); });
}

/// The checksum of PNG (ISO 3309).
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~sum;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift);
  return bytes;
}

/// A PNG file without pixels: signature, header and the beginning of the next chunk.
std::string png_header(std::uint32_t width, std::uint32_t height) {
  const std::string header = "IHDR" + big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5);
  return "\x89PNG\r\n\x1a\n" + big_endian(13) + header + big_endian(checksum(header)) + big_endian(100) + "IDAT";
}

TEST(Image, RejectsInvalidSizesFromTheHeaderAlone) {
  EXPECT_THAT(refusal(png_header(20000, 20000)),
              AllOf(HasSubstr("photograph"), HasSubstr("20000 x 20000 pixels"), HasSubstr("must have 2 to 16384")));
  EXPECT_THAT(refusal(png_header(16385, 3)), HasSubstr("16385 x 3"));
  EXPECT_THAT(refusal(read_file(data("one_pixel.png"))), HasSubstr("1 x 1"));
  EXPECT_THAT(refusal(read_file(data("rgb.png")), {.shortest_side = 6}), HasSubstr("must have 6 to"));
  EXPECT_EQ(parse_image(read_file(data("one_pixel.png")), "pixel", {.shortest_side = 1}).values.size(), 3U);
}

// Both sides are allowed; together they would take 768 MiB, which a file of some bytes would claim.
TEST(Image, RejectsMorePixelsThanFitMemory) {
  EXPECT_THAT(refusal(png_header(16384, 16384)), HasSubstr("16384 x 16384 pixels: must have at most 64 million"));
  EXPECT_THAT(refusal(png_header(16384, 3000)), HasSubstr("damaged PNG image"));
}

/// The most memory that this process has had [KiB].
long peak_memory() {
  ::rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// 86 bytes, whose colour profile claims 1.4 GiB; libpng filled as much with zeros.
TEST(Image, AllocatesNoColourProfile) {
  const std::string file = read_file(TRIPARTITE_TEST_DATA "/../fuzz/corpus/png/profile.png");
  const long before = peak_memory();
  EXPECT_THAT(refusal(file), HasSubstr("damaged PNG image"));
  EXPECT_LT(peak_memory() - before, 100 * 1024);
}

// Each scan goes over all pixels, whatever it says of them.
TEST(Image, RejectsAJpegOfScansWithoutEnd) {
  std::string file = read_file(data("progressive.jpg"));
  const std::size_t scan = file.find("\xFF\xDA");
  std::size_t end = scan + 2;  // of the first scan: the next marker
  while (file.at(end) != '\xFF' || file.at(end + 1) == '\0') ++end;
  const std::string copied = file.substr(scan, end - scan);
  for (int i = 0; i < 100; ++i) file.insert(scan, copied);
  EXPECT_THAT(refusal(file), HasSubstr("photograph: damaged JPEG image: more than 64 scans"));
}

TEST(Image, RejectsFilesThatAreNeitherPngNorJpeg) {
  EXPECT_THAT(refusal(""), HasSubstr("photograph: not a PNG or JPEG image"));
  EXPECT_THAT(refusal("In the beginning was the Word"), HasSubstr("not a PNG or JPEG image"));
  EXPECT_THAT(refusal(read_file(data("colours.gif"))), HasSubstr("not a PNG or JPEG image"));
  EXPECT_THAT(error_text<FileError>([] { read_image(data("absent.png")); }), HasSubstr("absent.png"));
}

TEST(Image, RejectsTruncatedFiles) {
  const std::string png_file = read_file(data("rgb.png"));
  EXPECT_THAT(refusal(png_file.substr(0, png_file.size() / 2)),
              HasSubstr("photograph: damaged PNG image: the file is truncated"));
  for (const std::string name : {"baseline.jpg", "progressive.jpg"}) {
    const std::string jpeg_file = read_file(data(name));
    EXPECT_THAT(refusal(jpeg_file.substr(0, jpeg_file.size() * 2 / 3)), HasSubstr("damaged JPEG image: Premature"));
    EXPECT_THAT(refusal(jpeg_file.substr(0, 40)), HasSubstr("damaged JPEG image"));
  }
  EXPECT_THAT(refusal(png_header(100, 100)), HasSubstr("damaged PNG image"));
}

TEST(Brightness, IsTheLumaOfRec601) {
  const RgbImage image{2, 2, {255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255}};
  EXPECT_THAT(brightness(image).values, Pointwise(DoubleNear(1e-15), {1.0, 0.299, 0.587, 0.114}));
}

TEST(CentralSquare, AveragesTheSourcePixelsThatEachPixelCovers) {
  // Two rows, three columns: the central square starts at column (3 - 2) / 2 = 0.
  const GreyImage image{3, 2, {0, 4, 9, 8, 12, 9}};
  EXPECT_THAT(central_square(image, 1).values, ElementsAre(6));
  EXPECT_THAT(central_square(image, 2).values, ElementsAre(0, 4, 8, 12));
  const GreyImage row{3, 3, {0, 3, 6, 0, 3, 6, 0, 3, 6}};
  // Each pixel covers 1.5 columns: the first covers all of value 0 and half of value 3.
  EXPECT_THAT(central_square(row, 2).values, ElementsAre(1, 5, 1, 5));
  EXPECT_THAT(central_square(row, 6).values[0], 0);
}

TEST(Png, RoundTripsPixels) {
  const std::vector<std::uint8_t> grey{0, 1, 2, 250, 254, 255};
  const RgbImage image = parse_image(png(3, 2, grey), "written");
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 2);
  EXPECT_THAT(image.values, ElementsAre(0, 0, 0, 1, 1, 1, 2, 2, 2, 250, 250, 250, 254, 254, 254, 255, 255, 255));
  EXPECT_THAT(error_text<ConfigError>([&] { png(4, 2, grey); }), HasSubstr("6 values do not fit 4 x 2 pixels"));
}

}  // namespace
}  // namespace tripartite::io
