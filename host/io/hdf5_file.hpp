#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/io/atomic_file.hpp"

namespace tripartite::io {

/// Elements of a dataset in C order.
template <class T>
struct Hdf5Array {
  std::vector<std::size_t> shape;  // empty for a scalar
  std::vector<T> values;
};

/// Whether a file is to be read as HDF5: by its name (.h5, .hdf5) or by how it begins. False if there is none.
bool is_hdf5(const std::filesystem::path& path);

/// HDF5 writes, when a program exits, what it could not write before, and crashes where that fails again. A program
/// that calls this before its first Hdf5File exits without that: every Hdf5File closes itself.
void skip_hdf5_at_exit();

/// An HDF5 file: datasets and attributes by their path ("/report/synapses/data"). The element type T is float, double,
/// std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, std::uint8_t or std::string. Every function throws
/// FileError with the file, the path inside it, and HDF5's message; nothing is printed. Space on the disk is allocated
/// before HDF5 writes, so that a full disk is an error of the call that needs more of it, and the file with all that
/// was written before can still be committed. Files may come from strangers: links to other files are not followed,
/// values in other files and filters from plug-ins are refused, and so are sizes that a file cannot hold. Not
/// thread-safe.
class Hdf5File {
 public:
  /// Creates a file under a temporary name; `commit()` renames it to `path`, and without `commit()` it is removed.
  static Hdf5File create(const std::filesystem::path& path);
  /// Opens an existing file for reading. A child process reads, and opens the file anew for each call: damage in a file
  /// from a stranger can make HDF5 crash and worse.
  static Hdf5File open(const std::filesystem::path& path);
  /// The same in this process, for a file that this program wrote itself.
  static Hdf5File open_here(const std::filesystem::path& path);
  Hdf5File(Hdf5File&& other) noexcept;
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;
  Hdf5File& operator=(Hdf5File&&) = delete;
  ~Hdf5File();

  /// Allocates space on the disk for `bytes` more: calls that write no more than that do not fail for want of space.
  void reserve(std::size_t bytes);
  /// Flushes all data written so far to the file, which can then be read even if the program crashes.
  void flush();
  /// The same down to the disk, so that `commit` has less to wait for.
  void synchronise();
  /// Closes the file and renames it to its final path. No other member may be called afterwards.
  void commit();
  /// The current path of the file: a temporary one until `commit()`.
  std::filesystem::path current_path() const;

  bool contains(const std::string& path) const;
  /// Groups and datasets of a group, in alphabetical order.
  std::vector<std::string> names(const std::string& group) const;
  /// Creates a group and its missing parents.
  void create_group(const std::string& path);

  /// Creates a dataset and its missing parent groups.
  template <class T>
  void write(const std::string& path, const std::vector<std::size_t>& shape, std::span<const T> values);
  /// Creates a dataset whose values `write_part` gives, for one too large to be written at once.
  template <class T>
  void create(const std::string& path, const std::vector<std::size_t>& shape);
  /// Writes values [first, first + values.size()) of a dataset of one dimension.
  template <class T>
  void write_part(const std::string& path, std::size_t first, std::span<const T> values);
  /// Overwrites an existing dataset of the same size.
  template <class T>
  void overwrite(const std::string& path, std::span<const T> values);
  /// Converts between numbers of any size, but neither from floating point to integers nor between numbers and text.
  /// Throws MemoryError if the dataset is larger than the available memory, FileError if it claims more than 1032 times
  /// (the most that gzip compresses) what the file holds, and 16 MiB.
  template <class T>
  Hdf5Array<T> read(const std::string& path) const;

  /// Creates a dataset with no rows; each row has `row_shape`, and `append` adds rows at the end.
  template <class T>
  void create_series(const std::string& path, const std::vector<std::size_t>& row_shape, std::size_t rows_per_chunk);
  template <class T>
  void append(const std::string& path, std::span<const T> rows);

  /// Attributes of a group or dataset: one value or a list of them.
  template <class T>
  void write_attribute(const std::string& path, const std::string& name, const T& value);
  void write_attribute(const std::string& path, const std::string& name, const char* text);
  template <class T>
  void write_attribute(const std::string& path, const std::string& name, std::span<const T> values);
  /// One of the values of an enumeration, of which HDF5 stores the names.
  void write_attribute(const std::string& path, const std::string& name, std::uint8_t value,
                       std::span<const std::pair<const char*, std::uint8_t>> enumeration);
  bool contains_attribute(const std::string& path, const std::string& name) const;
  template <class T>
  T read_attribute(const std::string& path, const std::string& name) const;
  template <class T>
  std::vector<T> read_attribute_list(const std::string& path, const std::string& name) const;

 private:
  Hdf5File(std::filesystem::path path, std::int64_t id, std::optional<AtomicFile> target);
  [[noreturn]] void fail(const std::string& path, std::string_view what) const;
  std::uint64_t size() const;
  void close();

  std::filesystem::path path_;
  std::int64_t id_;             // HDF5's hid_t; negative in a file that a child process reads
  std::uint64_t reserved_ = 0;  // end of what is allocated on the disk
  std::optional<AtomicFile> target_;
};

}  // namespace tripartite::io
