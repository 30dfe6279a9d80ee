#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace tripartite::io::detail {

/// Keeps HDF5 from printing errors of this thread during its lifetime; they are thrown instead. Must be declared before
/// any Handle.
class QuietHdf5 {
 public:
  QuietHdf5() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;
  ~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// Closes an identifier of HDF5.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() { finish(); }
  hid_t get() const { return id_; }
  /// False if HDF5 reports an error: closing a dataset writes what was held back.
  bool finish() {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 || close_(id) >= 0;
  }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Throws FileError: "FILE: WHAT: HDF5's message".
[[noreturn]] void throw_hdf5_error(const std::string& file, const std::string& what);

}  // namespace tripartite::io::detail
