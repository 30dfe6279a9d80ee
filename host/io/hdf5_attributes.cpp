#include <fmt/format.h>

#include <type_traits>

#include "host/io/hdf5_elsewhere.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/hdf5_guard.hpp"
#include "host/io/hdf5_handle.hpp"
#include "host/io/hdf5_values.hpp"

namespace tripartite::io {

using detail::Handle;
using detail::QuietHdf5;
using detail::Storage;

namespace {

/// Each may be as long as the file.
constexpr hssize_t most_texts = 1024;

Handle open_object(std::int64_t file, const std::string& path) {
  const Handle access = detail::access_within_file(H5P_LINK_ACCESS);
  return {H5Oopen(file, path.c_str(), access.get()), H5Oclose};
}

/// Reads the values of an attribute; returns an error message, empty on success.
template <class T>
std::string read_into(std::int64_t file, const std::string& path, const std::string& name, std::vector<T>& values) {
  const Handle object = open_object(file, path);
  const Handle attribute(object.get() < 0 ? object.get() : H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), H5Aclose);
  if (attribute.get() < 0) return "not found";
  const Storage storage{attribute.get(), true};
  const Handle type = storage.type();
  if (const std::string reason = detail::why_unreadable<T>(type.get()); !reason.empty()) return "contains " + reason;
  const hssize_t count = H5Sget_simple_extent_npoints(storage.space().get());
  hsize_t most = 0;  // attributes are not compressed
  if (count < 0 || H5Fget_filesize(file, &most) < 0) return "cannot be read";
  if (double(count) * double(H5Tget_size(type.get())) > double(most) ||
      (H5Tis_variable_str(type.get()) > 0 && count > most_texts))
    return fmt::format("claims {} values of {} bytes; expected at most the {} bytes of the file, and {} texts", count,
                       H5Tget_size(type.get()), most, most_texts);
  values.resize(static_cast<std::size_t>(count));
  return values.empty() || detail::read_values(storage, values) ? std::string() : "cannot be read";
}

std::string name_of(const std::string& path, const std::string& name) { return path + " attribute " + name; }

/// False if HDF5 reports an error.
template <class T>
bool write_new(std::int64_t file, const std::string& path, const std::string& name, const Handle& space,
               const T* values, std::size_t count) {
  const Handle object = open_object(file, path);
  if (object.get() < 0) return false;
  const Handle type = detail::element_type<T>();
  const Handle attribute(H5Acreate2(object.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  return attribute.get() >= 0 && detail::write_values(Storage{attribute.get(), true}, values, count);
}

}  // namespace

template <class T>
void Hdf5File::write_attribute(const std::string& path, const std::string& name, const T& value) {
  const QuietHdf5 quiet;
  reserve(0);
  if (!write_new(id_, path, name, {H5Screate(H5S_SCALAR), H5Sclose}, &value, 1))
    fail(name_of(path, name), "cannot be written");
}

void Hdf5File::write_attribute(const std::string& path, const std::string& name, const char* text) {
  write_attribute(path, name, std::string(text));
}

template <class T>
void Hdf5File::write_attribute(const std::string& path, const std::string& name, std::span<const T> values) {
  const QuietHdf5 quiet;
  reserve(values.size_bytes());
  const hsize_t count = values.size();
  if (!write_new(id_, path, name, {H5Screate_simple(1, &count, nullptr), H5Sclose}, values.data(), values.size()))
    fail(name_of(path, name), "cannot be written");
}

void Hdf5File::write_attribute(const std::string& path, const std::string& name, std::uint8_t value,
                               std::span<const std::pair<const char*, std::uint8_t>> enumeration) {
  const QuietHdf5 quiet;
  reserve(0);
  const Handle type(H5Tenum_create(H5T_NATIVE_UINT8), H5Tclose);
  for (const auto& [text, number] : enumeration) H5Tenum_insert(type.get(), text, &number);
  const Handle object = open_object(id_, path);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(
      object.get() < 0 ? object.get()
                       : H5Acreate2(object.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  if (attribute.get() < 0 || H5Awrite(attribute.get(), type.get(), &value) < 0)
    fail(name_of(path, name), "cannot be written");
}

bool Hdf5File::contains_attribute(const std::string& path, const std::string& name) const {
  if (id_ < 0)
    return detail::read_elsewhere<bool>(path_,
                                        [&](const Hdf5File& file) { return file.contains_attribute(path, name); });
  const QuietHdf5 quiet;
  const Handle object = open_object(id_, path);
  return object.get() >= 0 && H5Aexists(object.get(), name.c_str()) > 0;
}

template <class T>
T Hdf5File::read_attribute(const std::string& path, const std::string& name) const {
  if (id_ < 0)
    return detail::read_elsewhere<T>(path_, [&](const Hdf5File& file) { return file.read_attribute<T>(path, name); });
  const QuietHdf5 quiet;
  std::vector<T> values;
  if (const std::string reason = read_into(id_, path, name, values); !reason.empty()) fail(name_of(path, name), reason);
  if (values.size() != 1) fail(name_of(path, name), fmt::format("has {} values, expected 1", values.size()));
  return values.front();
}

template <class T>
std::vector<T> Hdf5File::read_attribute_list(const std::string& path, const std::string& name) const {
  if (id_ < 0)
    return detail::read_elsewhere<std::vector<T>>(
        path_, [&](const Hdf5File& file) { return file.read_attribute_list<T>(path, name); });
  const QuietHdf5 quiet;
  std::vector<T> values;
  if (const std::string reason = read_into(id_, path, name, values); !reason.empty()) fail(name_of(path, name), reason);
  return values;
}

#define TRIPARTITE_INSTANTIATE(T)                                                                      \
  template void Hdf5File::write_attribute(const std::string&, const std::string&, const T&);           \
  template void Hdf5File::write_attribute(const std::string&, const std::string&, std::span<const T>); \
  template T Hdf5File::read_attribute(const std::string&, const std::string&) const;                   \
  template std::vector<T> Hdf5File::read_attribute_list(const std::string&, const std::string&) const;
TRIPARTITE_INSTANTIATE(float)
TRIPARTITE_INSTANTIATE(double)
TRIPARTITE_INSTANTIATE(std::int32_t)
TRIPARTITE_INSTANTIATE(std::uint32_t)
TRIPARTITE_INSTANTIATE(std::int64_t)
TRIPARTITE_INSTANTIATE(std::uint64_t)
TRIPARTITE_INSTANTIATE(std::uint8_t)
TRIPARTITE_INSTANTIATE(std::string)
#undef TRIPARTITE_INSTANTIATE

}  // namespace tripartite::io
