#include "host/io/hdf5_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "host/backend/require_memory.hpp"
#include "host/io/disk_space.hpp"
#include "host/io/hdf5_elsewhere.hpp"
#include "host/io/hdf5_guard.hpp"
#include "host/io/hdf5_handle.hpp"
#include "host/io/hdf5_values.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::io {

using detail::Handle;
using detail::QuietHdf5;
using detail::Storage;

namespace {

std::vector<hsize_t> extents(const std::vector<std::size_t>& shape) { return {shape.begin(), shape.end()}; }

Handle make_space(const std::vector<hsize_t>& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose};
}

std::vector<hsize_t> shape_of(const Handle& space) {
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return {0};
  const int rank = H5Sget_simple_extent_ndims(space.get());
  std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
  if (!shape.empty()) H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  return shape;
}

/// Creates missing parent groups together with a link.
Handle link_properties() {
  Handle properties(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(properties.get(), 1);
  H5Pset_char_encoding(properties.get(), H5T_CSET_UTF8);
  return properties;
}

/// Without time stamps, so that repeated runs write identical bytes.
Handle dataset_properties() {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

/// What HDF5 writes of its own in one call: headers, nodes of indices.
constexpr std::size_t overhead = 64 * 1024;

/// Of `count` values in a file.
template <class T>
std::size_t bytes_of(const T* values, std::size_t count) {
  std::size_t bytes = count * sizeof(T);
  if constexpr (std::is_same_v<T, std::string>)
    for (std::size_t i = 0; i < count; ++i) bytes += values[i].size();
  return bytes;
}

/// "error message = 'No space left on device'" among the words that HDF5 says of a failed system call.
std::string reason_in(const std::string& words) {
  constexpr std::string_view begin = "error message = '";
  const auto at = words.find(begin);
  if (at == std::string::npos) return words;
  return words.substr(at + begin.size(), words.find('\'', at + begin.size()) - at - begin.size());
}

std::size_t product(const std::vector<hsize_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

}  // namespace

void detail::throw_hdf5_error(const std::string& file, const std::string& what) {
  std::string words;
  const auto keep_innermost = [](unsigned depth, const H5E_error2_t* error, void* kept) -> herr_t {
    if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(kept) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &words);
  H5Eclear2(H5E_DEFAULT);
  const std::string reason = reason_in(words);
  throw FileError(fmt::format("{}: {}{}{}", file, what, reason.empty() ? "" : ": ", reason));
}

bool is_hdf5(const std::filesystem::path& path) {
  if (const auto kind = path.extension(); kind == ".h5" || kind == ".hdf5") return true;
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return false;  // what is read from a pipe is gone
  const QuietHdf5 quiet;
  return H5Fis_hdf5(path.c_str()) > 0;
}

void skip_hdf5_at_exit() { H5dont_atexit(); }

Hdf5File::Hdf5File(std::filesystem::path path, std::int64_t id, std::optional<AtomicFile> target)
    : path_(std::move(path)), id_(id), target_(std::move(target)) {}

Hdf5File::Hdf5File(Hdf5File&& other) noexcept
    : path_(std::move(other.path_)),
      id_(std::exchange(other.id_, -1)),
      reserved_(other.reserved_),
      target_(std::move(other.target_)) {}

Hdf5File::~Hdf5File() { close(); }

Hdf5File Hdf5File::create(const std::filesystem::path& path) {
  const QuietHdf5 quiet;
  AtomicFile target(path);
  const hid_t id = H5Fcreate(target.temporary_path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (id < 0) detail::throw_hdf5_error(path.string(), "cannot be created");
  Hdf5File file(path, id, std::move(target));
  file.reserve(0);
  return file;
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  std::error_code none;
  if (std::filesystem::exists(path, none) && !std::filesystem::is_regular_file(path, none))
    throw FileError(path.string() + ": cannot be read as HDF5: expected a regular file");
  detail::read_elsewhere<bool>(path, [](const Hdf5File&) { return true; });
  return {path, -1, std::nullopt};
}

Hdf5File Hdf5File::open_here(const std::filesystem::path& path) {
  const QuietHdf5 quiet;
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id < 0) detail::throw_hdf5_error(path.string(), "cannot be read as HDF5");
  return {path, id, std::nullopt};
}

void Hdf5File::fail(const std::string& path, std::string_view what) const {
  detail::throw_hdf5_error(path_.string(), fmt::format("{}: {}", path, what));
}

void Hdf5File::close() {
  const QuietHdf5 quiet;
  if (id_ >= 0) H5Fclose(std::exchange(id_, -1));
}

std::uint64_t Hdf5File::size() const {
  hsize_t size = 0;
  if (H5Fget_filesize(id_, &size) < 0) detail::throw_hdf5_error(path_.string(), "cannot be read");
  return size;
}

void Hdf5File::reserve(std::size_t bytes) {
  const QuietHdf5 quiet;
  const std::uint64_t end = size() + bytes + overhead;
  if (end <= reserved_) return;
  void* descriptor = nullptr;
  if (H5Fget_vfd_handle(id_, H5P_DEFAULT, &descriptor) < 0)
    detail::throw_hdf5_error(path_.string(), "cannot be written");
  allocate_on_disk(*static_cast<int*>(descriptor), end, path_);
  reserved_ = end;
}

void Hdf5File::flush() {
  const QuietHdf5 quiet;
  if (H5Fflush(id_, H5F_SCOPE_GLOBAL) < 0) detail::throw_hdf5_error(path_.string(), "cannot be written");
  reserved_ = 0;  // HDF5 may have cut off what it does not use yet
}

void Hdf5File::synchronise() {
  flush();
  if (target_) target_->synchronise();
}

void Hdf5File::commit() {
  const QuietHdf5 quiet;
  flush();
  const std::uint64_t used = size();
  if (H5Fclose(std::exchange(id_, -1)) < 0) detail::throw_hdf5_error(path_.string(), "cannot be closed");
  if (!target_) return;
  give_back_beyond(used, target_->temporary_path(), path_);
  target_->commit();
  target_.reset();
}

std::filesystem::path Hdf5File::current_path() const { return target_ ? target_->temporary_path() : path_; }

bool Hdf5File::contains(const std::string& path) const {
  if (id_ < 0) return detail::read_elsewhere<bool>(path_, [&](const Hdf5File& file) { return file.contains(path); });
  const QuietHdf5 quiet;
  const Handle access = detail::access_within_file(H5P_LINK_ACCESS);
  for (std::size_t end = path.find_first_not_of('/');
       end != std::string::npos;) {  // H5Lexists needs all parents to exist
    end = path.find('/', end);
    if (H5Lexists(id_, path.substr(0, end).c_str(), access.get()) <= 0) return false;
    if (end != std::string::npos) end = path.find_first_not_of('/', end);
  }
  return true;
}

std::vector<std::string> Hdf5File::names(const std::string& group) const {
  if (id_ < 0)
    return detail::read_elsewhere<std::vector<std::string>>(path_,
                                                            [&](const Hdf5File& file) { return file.names(group); });
  const QuietHdf5 quiet;
  std::vector<std::string> result;
  const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* kept) -> herr_t {
    static_cast<std::vector<std::string>*>(kept)->emplace_back(name);
    return 0;
  };
  const Handle access = detail::access_within_file(H5P_GROUP_ACCESS);
  const Handle handle(H5Gopen2(id_, group.c_str(), access.get()), H5Gclose);
  if (handle.get() < 0 || H5Literate(handle.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &result) < 0)
    fail(group, "cannot be read as a group");
  return result;
}

void Hdf5File::create_group(const std::string& path) {
  const QuietHdf5 quiet;
  reserve(0);
  const Handle links = link_properties();
  const Handle group(H5Gcreate2(id_, path.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  if (group.get() < 0) fail(path, "group cannot be created");
}

template <class T>
void Hdf5File::write(const std::string& path, const std::vector<std::size_t>& shape, std::span<const T> values) {
  const QuietHdf5 quiet;
  const std::vector<hsize_t> sizes = extents(shape);
  if (product(sizes) != values.size())
    fail(path, fmt::format("{} values, expected {} from the shape", values.size(), product(sizes)));
  reserve(bytes_of(values.data(), values.size()));
  const Handle type = detail::element_type<T>();
  const Handle space = make_space(sizes);
  const Handle links = link_properties();
  const Handle properties = dataset_properties();
  Handle data(H5Dcreate2(id_, path.c_str(), type.get(), space.get(), links.get(), properties.get(), H5P_DEFAULT),
              H5Dclose);
  if (data.get() < 0) fail(path, "dataset cannot be created");
  const bool is_written = detail::write_values(Storage{data.get()}, values.data(), values.size());
  if (!is_written || !data.finish()) fail(path, "cannot be written");
}

template <class T>
void Hdf5File::create(const std::string& path, const std::vector<std::size_t>& shape) {
  const QuietHdf5 quiet;
  const Handle type = detail::element_type<T>();
  const Handle space = make_space({shape.begin(), shape.end()});
  const Handle links = link_properties();
  const Handle properties = dataset_properties();
  const Handle data(H5Dcreate2(id_, path.c_str(), type.get(), space.get(), links.get(), properties.get(), H5P_DEFAULT),
                    H5Dclose);
  if (data.get() < 0) fail(path, "dataset cannot be created");
}

template <class T>
void Hdf5File::write_part(const std::string& path, std::size_t first, std::span<const T> values) {
  const QuietHdf5 quiet;
  const Handle data(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (data.get() < 0) fail(path, "dataset not found");
  const Handle target = Storage{data.get()}.space();
  const std::vector<hsize_t> shape = shape_of(target);
  if (shape.size() != 1 || first > shape[0] || values.size() > shape[0] - first)
    fail(path, fmt::format("has no values {} to {}", first, first + values.size()));
  if (values.empty()) return;
  const hsize_t begin = first, count = values.size();
  const Handle source = make_space({count});
  const Handle type = detail::element_type<T>();
  H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, &begin, nullptr, &count, nullptr);
  if (H5Dwrite(data.get(), type.get(), source.get(), target.get(), H5P_DEFAULT, values.data()) < 0)
    fail(path, "cannot be written");
}

template <class T>
void Hdf5File::overwrite(const std::string& path, std::span<const T> values) {
  const QuietHdf5 quiet;
  const Handle data(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (data.get() < 0) fail(path, "dataset not found");
  const std::size_t size = product(shape_of(Storage{data.get()}.space()));
  if (size != values.size()) fail(path, fmt::format("{} values, expected {} as in the dataset", values.size(), size));
  if (!detail::write_values(Storage{data.get()}, values.data(), values.size())) fail(path, "cannot be written");
}

template <class T>
Hdf5Array<T> Hdf5File::read(const std::string& path) const {
  if (id_ < 0)
    return detail::read_elsewhere<Hdf5Array<T>>(path_, [&](const Hdf5File& file) { return file.read<T>(path); });
  const QuietHdf5 quiet;
  const Handle access = detail::access_within_file(H5P_DATASET_ACCESS);
  const Handle data(H5Dopen2(id_, path.c_str(), access.get()), H5Dclose);
  if (data.get() < 0) fail(path, "dataset not found");
  if (const std::string reason = detail::why_not_within_file(data.get()); !reason.empty()) fail(path, reason);
  const Storage storage{data.get()};
  const Handle type = storage.type();
  if (const std::string reason = detail::why_unreadable<T>(type.get()); !reason.empty())
    fail(path, "contains " + reason);
  const std::vector<hsize_t> sizes = shape_of(storage.space());
  const std::size_t stored = H5Tget_size(type.get());
  std::size_t bytes = std::max(sizeof(T), stored);
  for (const hsize_t size : sizes)
    if (__builtin_mul_overflow(bytes, size, &bytes)) fail(path, "has more elements than the address space can hold");
  const std::size_t count = product(sizes);
  const double most = double(detail::most_bytes(size())), chunk = detail::chunk_bytes(data.get(), stored);
  if (double(count) * double(stored) > most)
    fail(path, detail::too_large_for_file(fmt::format("{} values of {} bytes", count, stored), size()));
  if (count > 0 && chunk > most)
    fail(path, detail::too_large_for_file(fmt::format("chunks of {:.0f} bytes", chunk), size()));
  require_memory(fmt::format("{}: {}", path_.string(), path), 2 * double(bytes));  // here and where it is sent to
  Hdf5Array<T> array{{sizes.begin(), sizes.end()}, std::vector<T>(count)};
  if constexpr (std::is_same_v<T, std::string>)  // which is not compressed
    if (const double text = detail::text_bytes(storage); count > 0 && !(text <= double(size())))
      fail(path, fmt::format("claims {:.0f} bytes of text in a file of {}", text, size()));
  if (!array.values.empty() && !detail::read_values(storage, array.values)) fail(path, "cannot be read");
  return array;
}

template <class T>
void Hdf5File::create_series(const std::string& path, const std::vector<std::size_t>& row_shape,
                             std::size_t rows_per_chunk) {
  const QuietHdf5 quiet;
  std::vector<hsize_t> chunk{std::max<hsize_t>(rows_per_chunk, 1)};
  std::vector<hsize_t> none{0};
  std::vector<hsize_t> limit{H5S_UNLIMITED};
  for (const std::size_t size : row_shape) {
    chunk.push_back(std::max<hsize_t>(size, 1));  // HDF5 does not allow empty chunks
    none.push_back(size);
    limit.push_back(size);
  }
  const Handle space(H5Screate_simple(static_cast<int>(none.size()), none.data(), limit.data()), H5Sclose);
  const Handle properties = dataset_properties();
  reserve(0);
  H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
  const Handle type = detail::element_type<T>();
  const Handle links = link_properties();
  const Handle data(H5Dcreate2(id_, path.c_str(), type.get(), space.get(), links.get(), properties.get(), H5P_DEFAULT),
                    H5Dclose);
  if (data.get() < 0) fail(path, "dataset cannot be created");
}

template <class T>
void Hdf5File::append(const std::string& path, std::span<const T> rows) {
  const QuietHdf5 quiet;
  Handle data(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (data.get() < 0) fail(path, "dataset not found");
  std::vector<hsize_t> shape = shape_of(Storage{data.get()}.space());
  std::vector<hsize_t> count = shape;
  std::vector<hsize_t> first(shape.size(), 0);
  if (shape.empty()) fail(path, "is a scalar and cannot grow");
  count[0] = 1;
  const std::size_t row = product(count);
  if (rows.empty()) return;
  if (row == 0 || rows.size() % row != 0)
    fail(path, fmt::format("{} values: must be a multiple of the row size {}", rows.size(), row));
  reserve(rows.size_bytes() + static_cast<std::size_t>(detail::chunk_bytes(data.get(), sizeof(T))));
  first[0] = shape[0];
  count[0] = rows.size() / row;
  shape[0] += count[0];
  if (H5Dset_extent(data.get(), shape.data()) < 0) fail(path, "cannot grow");
  const Handle target = Storage{data.get()}.space();
  const Handle source = make_space(count);
  const Handle type = detail::element_type<T>();
  H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr);
  const herr_t status = H5Dwrite(data.get(), type.get(), source.get(), target.get(), H5P_DEFAULT, rows.data());
  if (status < 0 || !data.finish()) fail(path, "cannot be written");
}

#define TRIPARTITE_INSTANTIATE(T)                                                                         \
  template void Hdf5File::write(const std::string&, const std::vector<std::size_t>&, std::span<const T>); \
  template void Hdf5File::overwrite(const std::string&, std::span<const T>);                              \
  template Hdf5Array<T> Hdf5File::read(const std::string&) const;
#define TRIPARTITE_INSTANTIATE_SERIES(T)                                                                      \
  TRIPARTITE_INSTANTIATE(T)                                                                                   \
  template void Hdf5File::create<T>(const std::string&, const std::vector<std::size_t>&);                     \
  template void Hdf5File::write_part(const std::string&, std::size_t, std::span<const T>);                    \
  template void Hdf5File::create_series<T>(const std::string&, const std::vector<std::size_t>&, std::size_t); \
  template void Hdf5File::append(const std::string&, std::span<const T>);
TRIPARTITE_INSTANTIATE(std::string)
TRIPARTITE_INSTANTIATE_SERIES(float)
TRIPARTITE_INSTANTIATE_SERIES(double)
TRIPARTITE_INSTANTIATE_SERIES(std::int32_t)
TRIPARTITE_INSTANTIATE_SERIES(std::uint32_t)
TRIPARTITE_INSTANTIATE_SERIES(std::int64_t)
TRIPARTITE_INSTANTIATE_SERIES(std::uint64_t)
TRIPARTITE_INSTANTIATE_SERIES(std::uint8_t)
#undef TRIPARTITE_INSTANTIATE
#undef TRIPARTITE_INSTANTIATE_SERIES

}  // namespace tripartite::io
