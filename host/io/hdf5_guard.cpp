#include "host/io/hdf5_guard.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace tripartite::io::detail {
namespace {

herr_t refuse_other_file(const char*, const char*, const char* file, const char*, unsigned*, hid_t, void*) {
  // What is pushed first is what throw_hdf5_error quotes.
  H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_LINK, H5E_TRAVERSE,
           "a link to another file (%.200s), which is not followed", file);
  return -1;
}

/// gzip expands to at most 1032 times what is stored.
constexpr std::uint64_t strongest_compression = 1032;
constexpr std::uint64_t always_allowed = std::uint64_t(16) << 20;

}  // namespace

Handle access_within_file(hid_t property_class) {
  Handle properties(H5Pcreate(property_class), H5Pclose);
  H5Pset_elink_cb(properties.get(), refuse_other_file, nullptr);
  return properties;
}

std::string why_not_within_file(hid_t dataset) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (properties.get() < 0) return "its properties cannot be read";
  if (H5Pget_layout(properties.get()) == H5D_VIRTUAL) return "is a virtual dataset: its values are in other files";
  if (H5Pget_external_count(properties.get()) > 0) return "its values are in other files (external storage)";
  std::set<H5Z_filter_t> used;
  for (int i = 0; i < H5Pget_nfilters(properties.get()); ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(properties.get(), unsigned(i), &flags, &values, nullptr, 0, nullptr, nullptr);
    // Others are plug-ins, or take the sizes in a damaged file on trust (szip, nbit, scaleoffset).
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      return fmt::format("is stored with filter {}; expected none but gzip (1), shuffle (2) and fletcher32 (3)",
                         filter);
    if (!used.insert(filter).second) return fmt::format("is stored with filter {} twice; expected once", filter);
  }
  return {};
}

std::uint64_t most_bytes(std::uint64_t file_bytes) {
  std::uint64_t most = 0;
  if (__builtin_mul_overflow(file_bytes, strongest_compression, &most)) return ~std::uint64_t(0);
  return most > ~std::uint64_t(0) - always_allowed ? most : most + always_allowed;
}

std::string too_large_for_file(const std::string& needed, std::uint64_t file_bytes) {
  return fmt::format("claims {}; expected at most {} in a file of {} bytes", needed, most_bytes(file_bytes),
                     file_bytes);
}

double chunk_bytes(hid_t dataset, std::size_t element) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  const int rank = H5Pget_layout(properties.get()) == H5D_CHUNKED
                       ? H5Pget_chunk(properties.get(), int(chunk.size()), chunk.data())
                       : 0;
  double bytes = rank > 0 ? double(element) : 0;
  for (int i = 0; i < rank; ++i) bytes *= double(chunk[std::size_t(i)]);
  return bytes;
}

}  // namespace tripartite::io::detail
