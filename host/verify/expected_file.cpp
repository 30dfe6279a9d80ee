#include "host/verify/expected_file.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>

#include "tripartite/error.hpp"

namespace tripartite::verify {
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

template <class T>
std::vector<T> read(hid_t file, const std::string& path, const std::string& dataset, hid_t type) {
  Handle data(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.valid()) throw FileError(fmt::format("{}: dataset {} is missing", path, dataset));
  Handle space(H5Dget_space(data), H5Sclose);
  const auto size = H5Sget_simple_extent_npoints(space);
  if (size < 0) throw FileError(fmt::format("{}: dataset {} has no simple extent", path, dataset));
  std::vector<T> values(static_cast<std::size_t>(size));
  if (H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    throw FileError(fmt::format("{}: dataset {} cannot be read as numbers", path, dataset));
  return values;
}

herr_t collect(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

ExpectedFile::ExpectedFile(const std::filesystem::path& path) : path_(path.string()), file_(H5I_INVALID_HID) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // the library never prints
  if (!std::filesystem::exists(path)) throw FileError(path_ + ": missing");
  file_ = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file_ < 0) throw FileError(path_ + ": is not an HDF5 file");
}

ExpectedFile::~ExpectedFile() { H5Fclose(file_); }

std::vector<std::string> ExpectedFile::names(const std::string& group) const {
  std::vector<std::string> names;
  Handle opened(H5Gopen2(file_, group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!opened.valid() || H5Literate(opened, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collect, &names) < 0)
    throw FileError(fmt::format("{}: group {} is missing", path_, group));
  std::sort(names.begin(), names.end());
  return names;
}

bool ExpectedFile::contains(const std::string& group, const std::string& name) const {
  const auto all = names(group);
  return std::find(all.begin(), all.end(), name) != all.end();
}

std::vector<double> ExpectedFile::numbers(const std::string& dataset) const {
  return read<double>(file_, path_, dataset, H5T_NATIVE_DOUBLE);
}

std::vector<int> ExpectedFile::integers(const std::string& dataset) const {
  return read<int>(file_, path_, dataset, H5T_NATIVE_INT);
}

}  // namespace tripartite::verify
