#include "host/report/hdf5_reader.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <array>

#include "tripartite/error.hpp"

namespace tripartite::report {
namespace {

/// Closes an HDF5 identifier.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  bool valid() const { return id_ >= 0; }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

[[noreturn]] void refuse(const std::string& file, const std::string& object, const char* why) {
  throw FileError(fmt::format("{}: {}: {}", file, object, why));
}

std::size_t points(hid_t space, const std::string& file, const std::string& object) {
  const auto size = H5Sget_simple_extent_npoints(space);
  if (size < 0) refuse(file, object, "has no simple extent");
  return static_cast<std::size_t>(size);
}

/// Texts of a dataset or attribute, of whatever kind; `read(type, destination)` fetches them all.
template <class Read>
std::vector<std::string> read_texts(hid_t type, hid_t space, std::size_t size, Read read) {
  std::vector<std::string> texts;
  if (H5Tget_class(type) != H5T_STRING) return texts;
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_cset(memory, H5Tget_cset(type));
  if (H5Tis_variable_str(type) > 0) {
    H5Tset_size(memory, H5T_VARIABLE);
    std::vector<char*> lines(size, nullptr);
    if (read(memory, lines.data()) < 0) return texts;
    for (const char* line : lines) texts.emplace_back(line == nullptr ? "" : line);
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, lines.data());
    return texts;
  }
  const std::size_t width = H5Tget_size(type);
  H5Tset_size(memory, width);
  H5Tset_strpad(memory, H5T_STR_NULLPAD);
  std::string all(size * width, '\0');
  if (read(memory, all.data()) < 0) return texts;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string line = all.substr(i * width, width);
    texts.push_back(line.substr(0, line.find('\0')));
  }
  return texts;
}

}  // namespace

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path) : path_(path.string()), file_(-1) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // the library never prints
  file_ = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file_ < 0) throw FileError(path_ + ": expected an HDF5 file");
}

Hdf5Reader::~Hdf5Reader() { H5Fclose(file_); }

bool Hdf5Reader::has(const std::string& path) const {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    if (H5Lexists(file_, path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    if (slash == std::string::npos) return true;
  }
}

std::vector<std::string> Hdf5Reader::children(const std::string& group) const {
  std::vector<std::string> names;
  if (!has(group)) return names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
    static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  hsize_t from = 0;
  if (H5Literate_by_name(file_, group.c_str(), H5_INDEX_NAME, H5_ITER_INC, &from, collect, &names, H5P_DEFAULT) < 0)
    refuse(path_, group, "cannot be read as a group");
  return names;
}

std::vector<std::size_t> Hdf5Reader::shape(const std::string& dataset) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.valid()) refuse(path_, dataset, "no such dataset");
  const Handle space(H5Dget_space(data), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) refuse(path_, dataset, "has no simple extent");
  std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, extent.data(), nullptr);
  return {extent.begin(), extent.end()};
}

std::vector<double> Hdf5Reader::numbers(const std::string& dataset) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.valid()) refuse(path_, dataset, "no such dataset");
  const Handle space(H5Dget_space(data), H5Sclose);
  std::vector<double> values(points(space, path_, dataset));
  if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    refuse(path_, dataset, "cannot be read as numbers");
  return values;
}

std::vector<double> Hdf5Reader::column(const std::string& dataset, std::size_t column, std::size_t first,
                                       std::size_t rows) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.valid()) refuse(path_, dataset, "no such dataset");
  const Handle space(H5Dget_space(data), H5Sclose);
  if (H5Sget_simple_extent_ndims(space) != 2) refuse(path_, dataset, "expected a matrix");
  const std::array<hsize_t, 2> start{first, column}, size{rows, 1};
  std::vector<double> values(rows);
  const Handle memory(H5Screate_simple(1, size.data(), nullptr), H5Sclose);
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0 ||
      H5Dread(data, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()) < 0)
    refuse(path_, dataset, "cannot be read as numbers");
  return values;
}

std::vector<std::string> Hdf5Reader::strings(const std::string& dataset) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.valid()) refuse(path_, dataset, "no such dataset");
  const Handle space(H5Dget_space(data), H5Sclose);
  const Handle type(H5Dget_type(data), H5Tclose);
  const std::size_t size = points(space, path_, dataset);
  auto texts = read_texts(type, space, size, [&](hid_t memory, void* destination) {
    return H5Dread(data, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, destination);
  });
  if (texts.size() != size) refuse(path_, dataset, "cannot be read as texts");
  return texts;
}

std::optional<double> Hdf5Reader::number_attribute(const std::string& object, const std::string& name) const {
  const Handle attribute(H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) return std::nullopt;
  const Handle space(H5Aget_space(attribute), H5Sclose);
  double value = 0;
  if (points(space, path_, object) != 1 || H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0) return std::nullopt;
  return value;
}

std::optional<std::string> Hdf5Reader::text_attribute(const std::string& object, const std::string& name) const {
  const Handle attribute(H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) return std::nullopt;
  const Handle space(H5Aget_space(attribute), H5Sclose);
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const auto texts = read_texts(type, space, points(space, path_, object), [&](hid_t memory, void* destination) {
    return H5Aread(attribute, memory, destination);
  });
  if (texts.size() != 1) return std::nullopt;
  return texts.front();
}

}  // namespace tripartite::report
