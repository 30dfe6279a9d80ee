#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace tripartite {

/// Writes HDF5 files for tests through HDF5's C interface, so that a reader under test shares only the format with the
/// writer.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& path)
      : file_(check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT))),
        link_(check(H5Pcreate(H5P_LINK_CREATE))) {
    H5Pset_create_intermediate_group(link_, 1);
  }
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;
  ~Hdf5Writer() {
    H5Pclose(link_);
    H5Fclose(file_);
  }

  void numbers(const std::string& path, const std::vector<hsize_t>& shape, const std::vector<double>& values) {
    write(path, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
  }
  void numbers(const std::string& path, const std::vector<double>& values) { numbers(path, {values.size()}, values); }
  void integers(const std::string& path, const std::vector<std::int64_t>& values) {
    write(path, {values.size()}, H5T_STD_U64LE, H5T_NATIVE_INT64, values.data());
  }

  void strings(const std::string& path, const std::vector<std::string>& values) {
    std::vector<const char*> lines;
    for (const auto& value : values) lines.push_back(value.c_str());
    const hsize_t size = lines.size();
    const hid_t space = check(H5Screate_simple(1, &size, nullptr));
    const hid_t type = text_type();
    const hid_t data = check(H5Dcreate2(file_, path.c_str(), type, space, link_, H5P_DEFAULT, H5P_DEFAULT));
    check(H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, lines.data()));
    H5Dclose(data);
    H5Tclose(type);
    H5Sclose(space);
  }

  void group(const std::string& path) {
    H5Gclose(check(H5Gcreate2(file_, path.c_str(), link_, H5P_DEFAULT, H5P_DEFAULT)));
  }

  void attribute(const std::string& object, const std::string& name, const std::string& value) {
    const hid_t type = text_type();
    const char* line = value.c_str();
    write_attribute(object, name, type, &line);
    H5Tclose(type);
  }
  void attribute(const std::string& object, const std::string& name, double value) {
    write_attribute(object, name, H5T_NATIVE_DOUBLE, &value);
  }

  void attribute(const std::string& object, const std::string& name, int value) {
    write_attribute(object, name, H5T_NATIVE_INT, &value);
  }

 private:
  void write(const std::string& path, const std::vector<hsize_t>& shape, hid_t stored, hid_t type, const void* values) {
    const hid_t space = check(H5Screate_simple(int(shape.size()), shape.data(), nullptr));
    const hid_t data = check(H5Dcreate2(file_, path.c_str(), stored, space, link_, H5P_DEFAULT, H5P_DEFAULT));
    check(H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    H5Dclose(data);
    H5Sclose(space);
  }
  static hid_t check(hid_t status) {
    if (status < 0) throw std::runtime_error("HDF5 refused to write a test file");
    return status;
  }
  static hid_t text_type() {
    const hid_t type = check(H5Tcopy(H5T_C_S1));
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
  }
  void write_attribute(const std::string& object, const std::string& name, hid_t type, const void* value) {
    const hid_t space = check(H5Screate(H5S_SCALAR));
    const hid_t attribute = check(
        H5Acreate_by_name(file_, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    check(H5Awrite(attribute, type, value));
    H5Aclose(attribute);
    H5Sclose(space);
  }

  hid_t file_;
  hid_t link_;
};

}  // namespace tripartite
