#include "host/io/png.hpp"

#include <fmt/format.h>
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "tripartite/error.hpp"

namespace tripartite::io {
namespace {

/// Chunks that say nothing about the pixels that we read, five bytes each. libpng would allocate what a colour profile
/// or text claims to be, up to 4 GiB.
constexpr png_byte skipped_chunks[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT\0hIST\0eXIf\0pCAL\0sCAL";

class PngReader {
 public:
  PngReader(std::string_view file, const std::string& name) : rest_(file), name_(name) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {});
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) throw FileError(name + ": libpng could not be initialised");
    png_set_read_fn(png_, this, take);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // our own limits give a better message
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, skipped_chunks, sizeof skipped_chunks / 5);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  void read_header() {
    guarded([this] { png_read_info(png_, info_); });
  }
  std::uint32_t width() const { return png_get_image_width(png_, info_); }
  std::uint32_t height() const { return png_get_image_height(png_, info_); }

  /// Each of `rows` has 3 * width bytes.
  void read_pixels(std::vector<png_bytep>& rows) {
    guarded([this] {
      png_set_expand(png_);
      png_set_strip_16(png_);
      png_set_strip_alpha(png_);
      png_set_gray_to_rgb(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
    if (png_get_rowbytes(png_, info_) != std::size_t(width()) * 3)
      throw FileError(name_ + ": PNG image of an unsupported kind");
    guarded([this, &rows] {
      png_read_image(png_, rows.data());
      png_read_end(png_, nullptr);
    });
  }

 private:
  /// Errors of libpng jump here; `calls` must not own anything that needs a destructor.
  template <class Calls>
  void guarded(const Calls& calls) {
    if (setjmp(png_jmpbuf(png_)) != 0) throw FileError(fmt::format("{}: damaged PNG image: {}", name_, reason_));
    calls();
  }

  [[noreturn]] static void on_error(png_structp png, png_const_charp reason) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(reader->reason_, reason, sizeof reader->reason_ - 1);
    png_longjmp(png, 1);
  }

  static void take(png_structp png, png_bytep to, std::size_t size) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (size > reader->rest_.size()) png_error(png, "the file is truncated");
    std::memcpy(to, reader->rest_.data(), size);
    reader->rest_.remove_prefix(size);
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::string_view rest_;
  const std::string& name_;
  char reason_[128] = {};
};

/// `format` must be one of libpng's 8-bit formats.
std::string encoded(int width, int height, png_uint_32 format, std::span<const std::uint8_t> values) {
  if (values.size() != std::size_t(width) * std::size_t(height) * PNG_IMAGE_SAMPLE_CHANNELS(format))
    throw ConfigError(fmt::format("png: {} values do not fit {} x {} pixels", values.size(), width, height));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = std::uint32_t(width);
  image.height = std::uint32_t(height);
  image.format = format;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(size, '\0');
  if (png_image_write_to_memory(&image, file.data(), &size, 0, values.data(), 0, nullptr) == 0)
    throw FileError(fmt::format("png: {}", image.message));
  file.resize(size);
  return file;
}

}  // namespace

bool is_png(std::string_view file) { return file.starts_with("\x89PNG\r\n\x1a\n"); }

RgbImage parse_png(std::string_view file, const std::string& name, const ImageLimits& limits) {
  PngReader reader(file, name);
  reader.read_header();
  limits.check(reader.width(), reader.height(), name);
  RgbImage image{int(reader.width()), int(reader.height()), {}};
  const std::size_t row = std::size_t(image.width) * 3;
  image.values.resize(row * std::size_t(image.height));
  std::vector<png_bytep> rows;
  for (std::size_t first = 0; first < image.values.size(); first += row) rows.push_back(image.values.data() + first);
  reader.read_pixels(rows);
  return image;
}

std::string png(int width, int height, std::span<const std::uint8_t> grey) {
  return encoded(width, height, PNG_FORMAT_GRAY, grey);
}

std::string png(const RgbImage& image) { return encoded(image.width, image.height, PNG_FORMAT_RGB, image.values); }

}  // namespace tripartite::io
