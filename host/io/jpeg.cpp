#include "host/io/jpeg.hpp"

#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "tripartite/error.hpp"

// jpeglib.h needs size_t and FILE to be declared before it.
#include <jerror.h>
#include <jpeglib.h>

namespace tripartite::io {
namespace {

class JpegReader {
 public:
  JpegReader(std::string_view file, const std::string& name) : name_(name) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    guarded([this, &file] {
      jpeg_create_decompress(&jpeg_);
      progress_.progress_monitor = on_progress;
      jpeg_.progress = &progress_;
      jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    });
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }

  void read_header() {
    guarded([this] { jpeg_read_header(&jpeg_, TRUE); });
  }
  std::uint32_t width() const { return jpeg_.image_width; }
  std::uint32_t height() const { return jpeg_.image_height; }

  /// Each of `rows` has 3 * width bytes.
  void read_pixels(std::vector<JSAMPROW>& rows) {
    guarded([this, &rows] {
      jpeg_.out_color_space = JCS_RGB;
      jpeg_start_decompress(&jpeg_);
      while (jpeg_.output_scanline < jpeg_.output_height)
        jpeg_read_scanlines(&jpeg_, rows.data() + jpeg_.output_scanline, jpeg_.output_height - jpeg_.output_scanline);
      jpeg_finish_decompress(&jpeg_);
    });
  }

 private:
  /// Errors of libjpeg jump here; `calls` must not own anything that needs a destructor.
  template <class Calls>
  void guarded(const Calls& calls) {
    if (setjmp(errors_jump_) != 0) throw FileError(fmt::format("{}: damaged JPEG image: {}", name_, reason_));
    calls();
  }

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    auto* reader = static_cast<JpegReader*>(jpeg->client_data);
    jpeg->err->format_message(jpeg, reader->reason_);
    std::longjmp(reader->errors_jump_, 1);
  }

  /// Without this error the library would fill the rest of a truncated file with grey.
  static void on_message(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) on_error(jpeg);
  }

  /// A scan of some bytes goes over the whole image: without a limit a small file keeps the machine busy for hours.
  static void on_progress(j_common_ptr jpeg) {
    constexpr int most_scans = 64;  // progressive images have about ten
    auto* reader = static_cast<JpegReader*>(jpeg->client_data);
    if (reader->jpeg_.input_scan_number <= most_scans) return;
    std::strncpy(reader->reason_, "more than 64 scans", sizeof reader->reason_ - 1);
    std::longjmp(reader->errors_jump_, 1);
  }

  jpeg_decompress_struct jpeg_{};
  jpeg_progress_mgr progress_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf errors_jump_{};
  const std::string& name_;
  char reason_[JMSG_LENGTH_MAX] = {};
};

}  // namespace

bool is_jpeg(std::string_view file) { return file.starts_with("\xFF\xD8\xFF"); }

RgbImage parse_jpeg(std::string_view file, const std::string& name, const ImageLimits& limits) {
  JpegReader reader(file, name);
  reader.read_header();
  limits.check(reader.width(), reader.height(), name);
  RgbImage image{int(reader.width()), int(reader.height()), {}};
  const std::size_t row = std::size_t(image.width) * 3;
  image.values.resize(row * std::size_t(image.height));
  std::vector<JSAMPROW> rows;
  for (std::size_t first = 0; first < image.values.size(); first += row) rows.push_back(image.values.data() + first);
  reader.read_pixels(rows);
  return image;
}

}  // namespace tripartite::io
